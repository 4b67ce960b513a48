"""The tool `create_sender`: register a WhatsApp or RCS sender."""

from typing import Final

from mcp.types import CallToolResult, ToolAnnotations

from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.models import CreateSender, Sender

from .sender_answer import sender_result
from .status import status_clause
from .strict_tool import StrictTool, strict_tool

_CHECK: Final = "look for its sender_id with list_senders before trying again"
_NEXT: Final = {
    "PENDING_VERIFICATION": "Send the code that the number receives with update_sender, as "
    "configuration.verification_code.",
    "DRAFT": "Complete the registration in the Twilio Console.",
}
_WAIT: Final = (
    "Wait with wait_for_sender until it settles; if it then is PENDING_VERIFICATION, send the code "
    "with update_sender. Register one number at a time."
)


def create_sender_tool(client: SendersClient) -> StrictTool:
    """Return the tool `create_sender`, calling Twilio through ``client``."""

    async def create_sender(arguments: CreateSender) -> CallToolResult:
        """Register a new WhatsApp or RCS sender; WhatsApp needs profile.name.

        The first WhatsApp sender of an account is registered in the Twilio Console instead.
        Not for changing one that exists (update_sender).
        """
        answer = await client.create(arguments)
        return sender_result(_sentence(arguments.sender_id, answer.sender), answer)

    return strict_tool(
        create_sender,
        arguments=CreateSender,
        answer=Sender,
        title="Create sender",
        page="operations/create-sender",
        annotations=ToolAnnotations(
            read_only_hint=False,
            destructive_hint=False,
            idempotent_hint=False,
            open_world_hint=True,
        ),
        check=_CHECK,
    )


def _sentence(sender_id: str, sender: Sender) -> str:
    following = _NEXT.get(str(sender.get("status")), _WAIT)
    sid = f" as {sender.get('sid')}" if sender.get("sid") else ""
    status = f"; status is now {status_clause(sender)}" if sender.get("status") else ""
    return f"Twilio accepted the registration of {sender_id}{sid}{status}. Next: {following}"
