"""The tool `delete_sender`: remove a sender, certain that it is the right one."""

from typing import Annotated, Any

from mcp.server.mcpserver import Context, Elicit, ElicitationResult, Resolve
from mcp.types import CallToolResult, ToolAnnotations
from pydantic import Field
from typing_extensions import TypedDict

from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.models import Sender, SenderId

from .arguments import InvalidArguments, Issue
from .confirmation import NOT_ASKED, Confirmation, can_ask, require_consent
from .sender_answer import field, result
from .sender_reference import SenderReference
from .strict_tool import StrictTool, strict_tool


class DeleteSenderArguments(SenderReference):
    """The SID, and the sender's own ID as proof that it is the right one."""

    sender_id: Annotated[
        SenderId, Field(description="This sender's own sender_id, as get_sender shows it.")
    ]


class DeletedSender(TypedDict):
    """What was deleted."""

    sid: str
    sender_id: str
    deleted: bool


def delete_sender_tool(client: SendersClient) -> StrictTool:
    """Return the tool `delete_sender`, calling Twilio through ``client``."""

    async def ask_about_deletion(
        arguments: DeleteSenderArguments, context: Context[Any, Any]
    ) -> Confirmation | Elicit[Confirmation]:
        sender = (await client.fetch(arguments.sid)).sender
        if sender.get("sender_id") != arguments.sender_id:
            issue = Issue("sender_id", f"expected the sender_id of {arguments.sid}, not another's")
            raise InvalidArguments([issue], 1, compared=True)
        return Elicit(_question(sender), Confirmation) if can_ask(context) else NOT_ASKED

    async def delete_sender(
        arguments: DeleteSenderArguments,
        consent: Annotated[ElicitationResult[Confirmation], Resolve(ask_about_deletion)],
    ) -> CallToolResult:
        """Delete a sender for good: it stops receiving and sending at once.

        Give its own sender_id as proof; a mistaken SID then deletes nothing. To register a WhatsApp
        number again, two-factor authentication must first be off in WhatsApp Manager.
        """
        require_consent(consent, f"deleting {arguments.sender_id}")
        request_id = await client.delete(arguments.sid)
        deleted = {"sid": arguments.sid, "sender_id": arguments.sender_id, "deleted": True}
        return result(f"Twilio deleted {arguments.sender_id}.", deleted, request_id)

    return strict_tool(
        delete_sender,
        arguments=DeleteSenderArguments,
        answer=DeletedSender,
        title="Delete sender",
        page="operations/delete-sender",
        annotations=ToolAnnotations(
            read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=True
        ),
    )


def _question(sender: Sender) -> str:
    name = field(sender, "profile", "name")
    facts = ", ".join(str(fact) for fact in (name, sender.get("status")) if fact)
    known = f" ({facts})" if facts else ""
    question = (
        f"Delete the sender {sender.get('sender_id')}{known}? "
        "It stops receiving and sending at once; its profile and webhooks are lost."
    )
    if str(sender.get("sender_id")).startswith("whatsapp:"):
        question += (
            " To register the number again, two-factor authentication must first be turned off in "
            "WhatsApp Manager."
        )
    return question
