"""The tool `list_senders`: find senders by number, name or status."""

from typing import Annotated, Any, Final, Literal

from pydantic import MISSING, Field

from twilio_senders_mcp.senders.fields import field, name_field
from twilio_senders_mcp.senders.paging import FoundSenders, find_senders
from twilio_senders_mcp.senders.search import has_status, matches
from twilio_senders_mcp.senders.status import KNOWN_STATUSES
from twilio_senders_mcp.twilio.requests import StrictModel
from twilio_senders_mcp.twilio.responses import Sender
from twilio_senders_mcp.twilio.values import AnyText, Channel

from .outside_text import identifier, one_line
from .sender_result import AnyResult
from .sender_text import offline_reasons
from .tool import Call, Result, Tool

SEARCH_PAGE_SIZE: Final = 100
"""Senders per page while searching; Twilio allows up to 1,000."""

FULL_PAGE_SIZE_MAX: Final = 20
"""Maximum page size with all details; one sender has about 2 kB."""

_REASON_MAX: Final = 60
_REASONS_MAX: Final = 1


class ListSendersArguments(StrictModel):
    """Which senders to list, and how much of each."""

    channel: Channel
    query: Annotated[
        AnyText | None | MISSING,
        Field(
            max_length=100,
            description="A number in any format, or part of a name: searches all pages.",
        ),
    ] = MISSING
    status: Annotated[
        AnyText | None | MISSING,
        Field(description="Only this status, such as OFFLINE: searches all pages."),
    ] = MISSING
    page_size: Annotated[int, Field(ge=1, le=200, description="50 by default.")] = 50
    page_token: Annotated[
        AnyText | None | MISSING,
        Field(max_length=4096, description="next_page_token of the previous result."),
    ] = MISSING
    detail: Annotated[
        Literal["summary", "full"],
        Field(description="full: whole senders, 20 at most; many tokens."),
    ] = "summary"


class ListedSenders(AnyResult):
    """The requested senders; ``complete`` is true if every sender has been read."""

    senders: list[dict[str, Any]]
    looked_at: int
    complete: bool
    next_page_token: str


async def list_senders(call: Call, arguments: ListSendersArguments) -> Result:
    """List or search the account's WhatsApp or RCS senders, for example to find a SID.

    Use it first: people know a number or a name, the other tools need the SID (XE…).
    """
    query, status = _stripped(arguments.query), _stripped(arguments.status)

    def wanted(sender: Sender) -> bool:
        if status is not None and not has_status(status, sender):
            return False
        return query is None or matches(query, sender)

    searching = bool(query or status)
    size = arguments.page_size
    if arguments.detail == "full":
        size = min(size, FULL_PAGE_SIZE_MAX)
    found = await find_senders(
        call.twilio,
        arguments.channel,
        wanted=wanted,
        count=size,
        page_size=min(size, SEARCH_PAGE_SIZE) if searching else size,
        page_token=_stripped(arguments.page_token),
        **({} if searching else {"pages_max": 1}),
    )
    full = arguments.detail == "full"
    content = {
        "senders": [sender if full else summary(sender) for sender in found.senders],
        "looked_at": found.looked_at,
        "complete": found.complete,
        "next_page_token": found.next_token,
    }
    return Result(
        summary=_summary_sentence(arguments, found),
        content=content,
        next=_next_call(found),
        request_id=found.request_id,
    )


def _stripped(text: str | MISSING | None) -> str | None:
    """Return a given text without surrounding space, None if nothing is left."""
    return text.strip() or None if isinstance(text, str) else None


def summary(sender: Sender) -> dict[str, Any]:
    """Return the facts that identify a sender to a person."""
    return {
        "sid": sender.get("sid"),
        "sender_id": sender.get("sender_id"),
        "name": field(sender, "profile", "name"),
        "status": sender.get("status"),
        "offline_reasons": _shorten(offline_reasons(sender)) or None,
        "pending_name": name_field(sender, "pending_display_name"),
    }


def _shorten(reasons: list[str]) -> list[str]:
    lines = [one_line(reason, _REASON_MAX) for reason in reasons[:_REASONS_MAX]]
    more = len(reasons) - _REASONS_MAX
    return [*lines, f"and {more} more"] if more > 0 else lines


def _summary_sentence(arguments: ListSendersArguments, found: FoundSenders) -> str:
    count = len(found.senders)
    total = f" found among {found.looked_at}" if count != found.looked_at else ""
    text = f"{count} {arguments.channel} sender{'' if count == 1 else 's'}{total}"
    if found.next_link_unusable:
        text += "; Twilio's next-page link is unusable, so there may be more."
    elif found.interrupted:
        text += "; the next page could not be read."
    elif found.next_token is not None:
        text += "; there are more."
    else:
        text += f"; there are no more{' after these' if _stripped(arguments.page_token) else ''}."
    status = _stripped(arguments.status)
    if status and not count and status.upper() not in KNOWN_STATUSES:
        text += f" {identifier(status)} is not a known status: {', '.join(KNOWN_STATUSES)}."
    return text


def _next_call(found: FoundSenders) -> str:
    if found.next_token is None:
        return "Call list_senders again." if found.interrupted else ""
    return "Call list_senders again with this next_page_token as page_token."


LIST_SENDERS = Tool(
    name="list_senders",
    title="List senders",
    effect="reads",
    arguments=ListSendersArguments,
    result=ListedSenders,
    run=list_senders,
    page="operations/list-senders",
    instruction="Find the SID by a number or a name with list_senders.",
)
