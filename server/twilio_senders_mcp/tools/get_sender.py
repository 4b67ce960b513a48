"""The tool `get_sender`: everything Twilio knows about one sender."""

from mcp.types import CallToolResult, ToolAnnotations

from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.models import Sender

from .sender_answer import sender_result
from .sender_reference import SenderReference
from .status import name_clause, offline_reasons, status_clause
from .strict_tool import StrictTool, strict_tool


def get_sender_tool(client: SendersClient) -> StrictTool:
    """Return the tool `get_sender`, calling Twilio through ``client``."""

    async def get_sender(arguments: SenderReference) -> CallToolResult:
        """Read all about one WhatsApp or RCS sender: status, profile, webhooks, name review.

        Says why a sender is offline and what to do about it. To find a SID use list_senders.
        """
        answer = await client.fetch(arguments.sid)
        return sender_result(describe(answer.sender), answer)

    return strict_tool(
        get_sender,
        arguments=SenderReference,
        answer=Sender,
        title="Get sender",
        page="operations/fetch-sender",
        annotations=ToolAnnotations(read_only_hint=True, open_world_hint=True),
    )


def describe(sender: Sender) -> str:
    """Say how a sender is: its status, a pending name, and why it is offline."""
    who = sender.get("sender_id") or sender.get("sid") or "The sender"
    clauses = [f"{who} is {status_clause(sender)}"]
    if pending := name_clause(sender):
        clauses.append(pending)
    lines = [f"- {reason}" for reason in offline_reasons(sender)]
    return "\n".join(["; ".join(clauses) + ".", *lines])
