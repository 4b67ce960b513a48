"""The tool `list_senders`: find senders by number, name or status."""

from typing import Annotated, Any, Final, Literal, cast

from pydantic import MISSING, Field
from typing_extensions import TypedDict

from twilio_senders_mcp.senders.fields import field, name_field
from twilio_senders_mcp.senders.paging import FoundSenders, find_senders
from twilio_senders_mcp.senders.search import has_status, matches
from twilio_senders_mcp.twilio.models import Channel, Sender, StrictModel, Text

from .json_text import without_nulls
from .sender_text import offline_reasons
from .tool import Call, Result, Tool

SEARCH_PAGE_SIZE: Final = 100
"""Senders per page while searching; Twilio allows up to 1,000."""

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
    page_size: Annotated[int, Field(ge=1, le=1000)] = 50
    page_token: Annotated[
        Text | None | MISSING, Field(description="next_page_token of the answer before.")
    ] = MISSING
    detail: Annotated[
        Literal["summary", "full"], Field(description="full: all of each sender; many tokens.")
    ] = "summary"


class ListedSenders(TypedDict):
    """Senders as asked for; ``complete`` says that none is left to look at."""

    senders: list[dict[str, Any]]
    looked_at: int
    complete: bool
    next_page_token: str | None


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
    content: ListedSenders = {
        "senders": [
            cast("dict[str, Any]", sender) if full else summary(sender) for sender in found.senders
        ],
        "looked_at": found.looked_at,
        "complete": found.complete,
        "next_page_token": found.next_token,
    }
    return Result(
        summary=_sentence(arguments, found),
        content=cast("dict[str, Any]", content),
        request_id=found.request_id,
    )


def _given(text: str | MISSING | None) -> str | None:
    return text.strip() or None if isinstance(text, str) else None


def summary(sender: Sender) -> dict[str, Any]:
    """Return the few facts by which a person tells senders apart."""
    pending = name_field(sender, "pending_display_name")
    facts = {
        "sid": sender.get("sid"),
        "sender_id": sender.get("sender_id"),
        "name": field(sender, "profile", "name"),
        "status": sender.get("status"),
        "offline_reasons": _short(offline_reasons(sender)) or None,
        "pending_name": pending,
    }
    return cast("dict[str, Any]", without_nulls(facts))


def _short(reasons: list[str]) -> list[str]:
    lines = [
        reason if len(reason) <= _REASON_MAX else reason[: _REASON_MAX - 1] + "…"
        for reason in reasons[:_REASONS_MAX]
    ]
    more = len(reasons) - _REASONS_MAX
    return [*lines, f"and {more} more"] if more > 0 else lines


def _sentence(arguments: ListSendersArguments, found: FoundSenders) -> str:
    count = len(found.senders)
    of = f" of {found.looked_at} looked at" if count != found.looked_at else ""
    said = f"{count} {arguments.channel} sender{'' if count == 1 else 's'}{of}"
    if found.dead_end:
        return f"{said}; Twilio's pages lead nowhere new from here, so there may be more."
    if found.interrupted:
        token = f" with page_token {found.next_token}" if found.next_token else ""
        return f"{said}; then Twilio did not answer: call again{token} to go on."
    if found.next_token is not None:
        return f"{said}; there are more: call again with page_token {found.next_token}."
    return f"{said}; that is all{' from here on' if _given(arguments.page_token) else ''}."


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
