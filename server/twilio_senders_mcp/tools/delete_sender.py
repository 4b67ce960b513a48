"""The tool `delete_sender`: delete a sender after checking that it is the right one."""

from typing import Annotated

from pydantic import Field

from twilio_senders_mcp.senders.fields import channel_of, field
from twilio_senders_mcp.twilio.responses import Sender
from twilio_senders_mcp.twilio.values import SenderId

from .errors import InvalidArguments, Issue
from .json_text import to_json
from .outside_text import identifier
from .sender_reference import SenderReference
from .sender_result import AnyResult
from .sender_text import live_name
from .tool import Call, Question, Result, Tool


class DeleteSenderArguments(SenderReference):
    """The sender's SID, and its ``sender_id`` as proof that it is the right sender."""

    sender_id: Annotated[
        SenderId, Field(description="This sender's own sender_id, as get_sender shows it.")
    ]


class DeletedSender(AnyResult):
    """The sender that was deleted."""

    sid: str
    sender_id: str
    deleted: bool


async def delete_sender(call: Call, arguments: DeleteSenderArguments) -> Result:
    """Delete a sender permanently: it stops receiving and sending at once.

    Its sender_id is required as proof, so that a wrong SID deletes nothing. To register a WhatsApp
    number again, two-factor authentication must first be off in WhatsApp Manager.
    """

    async def question() -> Question:
        return _question(await _read_and_compare(call, arguments))

    await call.confirm(await question(), question)
    request_id = await call.twilio.delete(arguments.sid)
    return Result(
        summary=f"Twilio deleted {identifier(arguments.sender_id)}.",
        content={"sid": arguments.sid, "sender_id": arguments.sender_id, "deleted": True},
        request_id=request_id,
    )


async def _read_and_compare(call: Call, arguments: DeleteSenderArguments) -> Sender:
    """Read the sender and return it.

    Raises:
        InvalidArguments: if its ``sender_id`` differs from the given one.

    """
    sender = (await call.twilio.fetch(arguments.sid)).sender
    if sender.get("sender_id") != arguments.sender_id:
        expected = f"expected the sender_id of {arguments.sid}, not of another sender"
        issue = Issue("sender_id", expected, on_page=True)
        raise InvalidArguments([issue], 1, compared=True)
    return sender


def _question(sender: Sender) -> Question:
    sender_id = str(sender.get("sender_id"))
    status = sender.get("status")
    facts = ", ".join(
        fact for fact in (live_name(sender), identifier(status) if status else "") if fact
    )
    known = f" ({facts})" if facts else ""
    is_number = channel_of(sender) == "whatsapp"
    text = (
        f"Delete the sender {identifier(sender_id)}{known}? "
        "It stops receiving and sending at once; its profile and webhooks are lost."
    )
    if is_number:
        text += (
            " To register the number again, two-factor authentication must first be turned off in "
            "WhatsApp Manager."
        )
    return Question(
        text=text,
        what=f"deleting {identifier(sender_id)}",
        seen=to_json([sender_id, field(sender, "profile", "name")]),
        label="Type the last four digits of the number"
        if is_number
        else "Type the agent's name, which follows rcs:",
        expected=sender_id[-4:] if is_number else sender_id.removeprefix("rcs:"),
    )


DELETE_SENDER = Tool(
    name="delete_sender",
    title="Delete sender",
    effect="destroys",
    arguments=DeleteSenderArguments,
    result=DeletedSender,
    run=delete_sender,
    page="operations/delete-sender",
)
