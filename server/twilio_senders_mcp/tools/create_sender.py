"""The tool `create_sender`: register a WhatsApp or RCS sender."""

from contextlib import suppress
from typing import Final

from twilio_senders_mcp.senders.fields import channel_of
from twilio_senders_mcp.senders.paging import find_senders
from twilio_senders_mcp.twilio.errors import OutcomeUnknown, Refused
from twilio_senders_mcp.twilio.requests import CreateSender
from twilio_senders_mcp.twilio.responses import Sender

from .errors import AlreadyRegistered
from .outside_text import identifier
from .sender_result import SenderResult
from .sender_text import next_step, status_clause
from .tool import Call, Result, Tool

_PAGE_SIZE: Final = 1000
_WAIT: Final = (
    "Wait with wait_for_sender until it settles; if it is then PENDING_VERIFICATION, send the code "
    "with update_sender. Register one number at a time."
)


async def create_sender(call: Call, arguments: CreateSender) -> Result:
    """Register a new WhatsApp or RCS sender; WhatsApp needs profile.name.

    The first WhatsApp sender of an account is registered in the Twilio Console instead.
    To change an existing sender, use update_sender.
    """
    await _require_new(call, arguments.sender_id)
    created = await call.twilio.create(arguments)
    sender = created.sender
    needs_action = sender.get("status") in ("PENDING_VERIFICATION", "DRAFT")
    return Result(
        summary=_summary(arguments.sender_id, sender),
        content={"sender": sender},
        next=next_step(sender) if needs_action else _WAIT,
        request_id=created.request_id,
    )


async def _require_new(call: Call, sender_id: str) -> None:
    """Check that the account does not have the sender yet.

    Otherwise Twilio would refuse a repeated create as if the request were wrong. If the senders
    cannot be read, the registration continues.

    Raises:
        AlreadyRegistered: if the account has this sender.

    """
    channel = channel_of({"sender_id": sender_id})
    with suppress(Refused, OutcomeUnknown):
        found = await find_senders(
            call.twilio,
            "rcs" if channel == "rcs" else "whatsapp",
            wanted=lambda sender: sender.get("sender_id") == sender_id,
            count=1,
            page_size=_PAGE_SIZE,
        )
        if found.senders:
            raise AlreadyRegistered(found.senders[0])


def _summary(sender_id: str, sender: Sender) -> str:
    sid = f" as {identifier(sender.get('sid'))}" if sender.get("sid") else ""
    status = f"; status is now {status_clause(sender)}" if sender.get("status") else ""
    return f"Twilio accepted the registration of {identifier(sender_id)}{sid}{status}."


CREATE_SENDER = Tool(
    name="create_sender",
    title="Create sender",
    effect="creates",
    arguments=CreateSender,
    result=SenderResult,
    run=create_sender,
    page="operations/create-sender",
    check="search for its sender_id with list_senders before trying again",
    instruction="Register one number at a time and leave minutes between changes of the same "
    "sender.",
)
