"""The tool `list_senders`: find senders by number, name or status."""

from typing import Annotated, Any, Final, Literal

from pydantic import MISSING, Field

from twilio_senders_mcp.senders.fields import field, name_field
from twilio_senders_mcp.senders.paging import FoundSenders, find_senders
from twilio_senders_mcp.senders.search import has_status, matches
from twilio_senders_mcp.senders.status import KNOWN_STATUSES
from twilio_senders_mcp.twilio.requests import Channel, StrictModel, Text
from twilio_senders_mcp.twilio.responses import Sender

from .outside_text import identifier, one_line
from .sender_result import AnyResult
from .sender_text import offline_reasons
from .tool import Call, Result, Tool

SEARCH_PAGE_SIZE: Final = 100
"""Senders per page while searching; Twilio allows up to 1,000."""

FULL_PAGE_SIZE_MAX: Final = 20
"""Senders per page with all their details: each has about 2 kB."""

_REASON_MAX: Final = 60
_REASONS_MAX: Final = 1


class ListSendersArguments(StrictModel):
    """Which senders to show, and how much of each."""

    channel: Channel
    query: Annotated[
        Text | None | MISSING,
        Field(
            max_length=100,
            description="A number in any spelling, or part of a name: searches all pages.",
        ),
    ] = MISSING
    status: Annotated[
        Text | None | MISSING,
        Field(description="Only this status, such as OFFLINE: searches all pages."),
    ] = MISSING
    page_size: Annotated[int, Field(ge=1, le=200, description="50 by default.")] = 50
    page_token: Annotated[
        Text | None | MISSING, Field(description="next_page_token of the result before.")
    ] = MISSING
    detail: Annotated[
        Literal["summary", "full"],
        Field(description="full: all of each sender, 20 at most; many tokens."),
    ] = "summary"


class ListedSenders(AnyResult):
    """Senders as asked for; ``complete`` says that none is left to look at."""

    senders: list[dict[str, Any]]
    looked_at: int
    complete: bool
    next_page_token: str


async def list_senders(call: Call, arguments: ListSendersArguments) -> Result:
    """List or find the account's WhatsApp or RCS senders, and so learn a sender's SID.

    Use it first: people know the number or the name, other tools want the SID (XE…).
    """
    query, status = _given(arguments.query), _given(arguments.status)

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
        page_token=_given(arguments.page_token),
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
        summary=_sentence(arguments, found),
        content=content,
        next=_next_page(found),
        request_id=found.request_id,
    )


def _given(text: str | MISSING | None) -> str | None:
    return text.strip() or None if isinstance(text, str) else None


def summary(sender: Sender) -> dict[str, Any]:
    """Return the few facts by which a person tells senders apart."""
    return {
        "sid": sender.get("sid"),
        "sender_id": sender.get("sender_id"),
        "name": field(sender, "profile", "name"),
        "status": sender.get("status"),
        "offline_reasons": _short(offline_reasons(sender)) or None,
        "pending_name": name_field(sender, "pending_display_name"),
    }


def _short(reasons: list[str]) -> list[str]:
    lines = [one_line(reason, _REASON_MAX) for reason in reasons[:_REASONS_MAX]]
    more = len(reasons) - _REASONS_MAX
    return [*lines, f"and {more} more"] if more > 0 else lines


def _sentence(arguments: ListSendersArguments, found: FoundSenders) -> str:
    count = len(found.senders)
    of = f" of {found.looked_at} looked at" if count != found.looked_at else ""
    said = f"{count} {arguments.channel} sender{'' if count == 1 else 's'}{of}"
    if found.dead_end:
        said += "; Twilio's next-page link is unusable, so there may be more."
    elif found.interrupted:
        said += "; then a page could not be read."
    elif found.next_token is not None:
        said += "; there are more."
    else:
        said += f"; that is all{' from here on' if _given(arguments.page_token) else ''}."
    status = _given(arguments.status)
    if status and not count and status.upper() not in KNOWN_STATUSES:
        said += f" {identifier(status)} is no known status: {', '.join(KNOWN_STATUSES)}."
    return said


def _next_page(found: FoundSenders) -> str:
    if found.next_token is None:
        return "Call list_senders again." if found.interrupted else ""
    return f"Call list_senders again with page_token {identifier(found.next_token)}."


LIST_SENDERS = Tool(
    name="list_senders",
    title="List senders",
    effect="reads",
    arguments=ListSendersArguments,
    result=ListedSenders,
    run=list_senders,
    page="operations/list-senders",
    instruction="People know a number or a name: find the SID with list_senders.",
)
