"""The tool `create_sender`: register a WhatsApp or RCS sender."""

from typing import Any, Final, cast

from twilio_senders_mcp.twilio.models import CreateSender, Sender

from .sender_text import status_clause
from .tool import Call, Result, Tool

_NEXT: Final = {
    "PENDING_VERIFICATION": "Send the code that the number receives with update_sender, as "
    "configuration.verification_code.",
    "DRAFT": "Complete the registration in the Twilio Console.",
}
_WAIT: Final = (
    "Wait with wait_for_sender until it settles; if it then is PENDING_VERIFICATION, send the code "
    "with update_sender. Register one number at a time."
)


async def create_sender(call: Call, arguments: CreateSender) -> Result:
    """Register a new WhatsApp or RCS sender; WhatsApp needs profile.name.

    The first WhatsApp sender of an account is registered in the Twilio Console instead.
    Not for changing one that exists (update_sender).
    """
    created = await call.twilio.create(arguments)
    return Result(
        summary=_sentence(arguments.sender_id, created.sender),
        content=cast("dict[str, Any]", created.sender),
        request_id=created.request_id,
    )


def _sentence(sender_id: str, sender: Sender) -> str:
    following = _NEXT.get(str(sender.get("status")), _WAIT)
    sid = f" as {sender.get('sid')}" if sender.get("sid") else ""
    status = f"; status is now {status_clause(sender)}" if sender.get("status") else ""
    return f"Twilio accepted the registration of {sender_id}{sid}{status}. Next: {following}"


CREATE_SENDER = Tool(
    name="create_sender",
    title="Create sender",
    effect="creates",
    arguments=CreateSender,
    result=Sender,
    run=create_sender,
    page="operations/create-sender",
    check="look for its sender_id with list_senders before trying again",
    instruction="Register one number at a time and leave minutes between changes of the same "
    "sender.",
)
