"""The tool `list_senders`: find senders by number, name or status."""

import re
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, cast

import anyio
from mcp.types import CallToolResult, ToolAnnotations
from pydantic import MISSING, Field
from typing_extensions import TypedDict

from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.errors import TwilioError
from twilio_senders_mcp.twilio.models import Channel, Sender, StrictModel, Text

from .sender_answer import field as field_of
from .sender_answer import name_field, result, without_nulls
from .status import offline_reasons
from .strict_tool import StrictTool, strict_tool

WALK_PAGE: Final = 100
"""Senders per page while searching; Twilio allows up to 1,000."""

WALK_PAGES_MAX: Final = 50
WALK_SECONDS: Final = 60.0
_REASON_MAX: Final = 60
_REASONS_MAX: Final = 1
_PHONE: Final = frozenset("0123456789 ()+./-\t\u00a0\u2010\u2011\u2012\u2013\u2014\u2015")


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


class SendersAnswer(TypedDict):
    """Senders as asked for; ``complete`` says that none is left to look at."""

    senders: list[dict[str, Any]]
    looked_at: int
    complete: bool
    next_page_token: str | None


@dataclass
class _Found:
    senders: list[Sender] = field(default_factory=list[Sender])
    looked_at: int = 0
    next_token: str | None = None
    dead_end: bool = False
    broke_off: bool = False
    request_id: str | None = None


def list_senders_tool(client: SendersClient) -> StrictTool:
    """Return the tool `list_senders`, calling Twilio through ``client``."""

    async def list_senders(arguments: ListSendersArguments) -> CallToolResult:
        """List or find the account's WhatsApp or RCS senders, and so learn a sender's SID.

        Use it first: people know the number or the name, other tools want the SID (XE…).
        """
        found = await _find(client, arguments)
        return _result(arguments, found)

    return strict_tool(
        list_senders,
        arguments=ListSendersArguments,
        answer=SendersAnswer,
        title="List senders",
        page="operations/list-senders",
        annotations=ToolAnnotations(read_only_hint=True, open_world_hint=True),
    )


async def _find(client: SendersClient, arguments: ListSendersArguments) -> _Found:
    """Read one page, or as many as a search needs; bounded in pages and in time."""
    query, status = _given(arguments.query), _given(arguments.status)
    searching = bool(query or status)
    # A search takes whole pages, so that the token leads to what it has not seen.
    page_size = min(arguments.page_size, WALK_PAGE) if searching else arguments.page_size
    found = _Found(next_token=_given(arguments.page_token))
    deadline = anyio.current_time() + WALK_SECONDS
    seen = {found.next_token}
    for _ in range(WALK_PAGES_MAX if searching else 1):
        try:
            page = await client.list_page(
                arguments.channel, page_size=page_size, page_token=found.next_token
            )
        except TwilioError:
            if not found.looked_at:
                raise
            found.broke_off = True
            break
        found.looked_at += len(page.senders)
        found.senders += [sender for sender in page.senders if _is_wanted(sender, query, status)]
        found.next_token, found.request_id = page.next_token, page.request_id
        found.dead_end = page.cut or (page.next_token is not None and page.next_token in seen)
        if found.dead_end:
            found.next_token = None
        enough = len(found.senders) >= arguments.page_size or anyio.current_time() >= deadline
        if found.next_token is None or enough:
            break
        seen.add(found.next_token)
    return found


def _given(text: str | MISSING | None) -> str | None:
    return text.strip() or None if isinstance(text, str) else None


def _is_wanted(sender: Sender, query: str | None, status: str | None) -> bool:
    if status is not None and str(sender.get("status")).casefold() != status.casefold():
        return False
    return query is None or matches(query, sender)


def matches(query: str, sender: Sender) -> bool:
    """Tell whether a number in any spelling, or part of a name, means this sender."""
    sender_id = str(sender.get("sender_id") or "")
    text = query.strip().casefold()
    names = [
        sender_id,
        field_of(sender, "profile", "name"),
        sender.get("friendly_name"),
        name_field(sender, "pending_display_name"),
    ]
    if any(text in str(name).casefold() for name in names if name):
        return True
    digits = _digits(text)
    return bool(digits) and digits in re.sub(r"\D", "", sender_id)


def _digits(text: str) -> str:
    """Return the digits of a phone number as it stands in a sender ID, empty if it is none."""
    number = text.removeprefix("whatsapp:").removeprefix("tel:")
    if not _PHONE.issuperset(number):
        return ""
    # (0) is dialled only inside the country; 00 and 011 stand for "+", a single 0 for the country.
    digits = re.sub(r"\D", "", number.replace("(0)", ""))
    for prefix in ("011", "00", "0"):
        if digits.startswith(prefix):
            return digits.removeprefix(prefix)
    return digits


def _result(arguments: ListSendersArguments, found: _Found) -> CallToolResult:
    full = arguments.detail == "full"
    content: SendersAnswer = {
        "senders": [
            cast("dict[str, Any]", sender) if full else summary(sender) for sender in found.senders
        ],
        "looked_at": found.looked_at,
        "complete": found.next_token is None and not found.dead_end,
        "next_page_token": found.next_token,
    }
    return result(_sentence(arguments, found), cast("dict[str, Any]", content), found.request_id)


def summary(sender: Sender) -> dict[str, Any]:
    """Return the few facts by which a person tells senders apart."""
    pending = name_field(sender, "pending_display_name")
    facts = {
        "sid": sender.get("sid"),
        "sender_id": sender.get("sender_id"),
        "name": field_of(sender, "profile", "name"),
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


def _sentence(arguments: ListSendersArguments, found: _Found) -> str:
    count = len(found.senders)
    of = f" of {found.looked_at} looked at" if count != found.looked_at else ""
    said = f"{count} {arguments.channel} sender{'' if count == 1 else 's'}{of}"
    if found.dead_end:
        return f"{said}; Twilio's pages lead nowhere new from here, so there may be more."
    if found.broke_off:
        token = f" with page_token {found.next_token}" if found.next_token else ""
        return f"{said}; then Twilio did not answer: call again{token} to go on."
    if found.next_token is not None:
        return f"{said}; there are more: call again with page_token {found.next_token}."
    return f"{said}; that is all{' from here on' if _given(arguments.page_token) else ''}."
