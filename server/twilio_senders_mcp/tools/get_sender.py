"""The tool `get_sender`: everything Twilio knows about one sender."""

from .sender_reference import SenderReference
from .sender_result import SenderResult
from .sender_text import describe, next_step
from .tool import Call, Result, Tool


async def get_sender(call: Call, arguments: SenderReference) -> Result:
    """Read one WhatsApp or RCS sender: status, profile, webhooks, name review.

    Says why a sender is offline and what to do about it. To find a SID, use list_senders.
    """
    read = await call.twilio.fetch(arguments.sid)
    return Result(
        summary=describe(read.sender),
        content={"sender": read.sender},
        next=next_step(read.sender),
        request_id=read.request_id,
    )


GET_SENDER = Tool(
    name="get_sender",
    title="Get sender",
    effect="reads",
    arguments=SenderReference,
    result=SenderResult,
    run=get_sender,
    page="operations/fetch-sender",
)
