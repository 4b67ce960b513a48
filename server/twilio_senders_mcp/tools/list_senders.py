"""The tool `list_senders`: find senders by number, name or status."""

from functools import partial
from typing import Annotated, Any, Final, Literal

from pydantic import MISSING, Field

from twilio_senders_mcp.senders.fields import field, name_field
from twilio_senders_mcp.senders.paging import PAGES_MAX, FoundSenders, find_senders
from twilio_senders_mcp.senders.search import has_status, matches
from twilio_senders_mcp.senders.status import KNOWN_STATUSES
from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.requests import StrictModel
from twilio_senders_mcp.twilio.responses import Sender
from twilio_senders_mcp.twilio.values import AnyText, Channel

from .failure import describe_unavailable
from .optional_text import text_of
from .outside_text import identifier, one_line
from .sender_result import AnyResult
from .sender_text import CHECK, offline_reasons
from .senders_of_accounts import FoundInAccounts, find_in_accounts
from .tool import Call, Result, Tool

SEARCH_PAGE_SIZE: Final = 100
"""Senders per page while searching; Twilio allows up to 1,000."""

FULL_PAGE_SIZE_MAX: Final = 20
"""Maximum page size with all details; one sender has about 2 kB."""

_AGAIN: Final = "Call list_senders again with this next_page_token as page_token."
_FAILED_MAX: Final = 10
_FAILURE_MAX: Final = 200
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


class ListedSendersOfAccounts(ListedSenders):
    """The same where there are several accounts: how many were searched, and which failed."""

    accounts_searched: int
    failed: list[dict[str, Any]]


async def list_senders(call: Call, arguments: ListSendersArguments) -> Result:
    """List or search the account's WhatsApp or RCS senders, for example to find a SID.

    Use it first: people know a number or a name, the other tools need the SID (XE…).
    """
    if call.accounts.several and not call.account:
        return await _list_in_all_accounts(call, arguments)
    found = await _search(arguments, call.twilio, _stripped(arguments.page_token))
    content = {
        "senders": [_shown(arguments, sender, call.account) for sender in found.senders],
        "looked_at": found.looked_at,
        "complete": found.complete,
        "next_page_token": found.next_token,
    }
    return Result(
        summary=_summary_sentence(arguments, found),
        content=content,
        next=_next_call(found) or _check_offline(found),
        request_id=found.request_id,
    )


async def _list_in_all_accounts(call: Call, arguments: ListSendersArguments) -> Result:
    async def progress(done: int, total: int) -> None:
        await call.progress(done, total, f"{done} of {total} accounts")

    known = await call.accounts.all()
    found = await find_in_accounts(
        known.accounts,
        partial(_search, arguments),
        count=_page_size(arguments),
        page_token=_stripped(arguments.page_token),
        progress=progress,
    )
    failed = [*found.failed, *((e.parent, describe_unavailable(e)) for e in known.unavailable)]
    content = {
        "senders": [_shown(arguments, sender, account) for account, sender in found.senders],
        "looked_at": found.looked_at,
        "accounts_searched": found.searched,
        "failed": [
            {"account": account, "reason": one_line(reason, _FAILURE_MAX)}
            for account, reason in failed[:_FAILED_MAX]
        ]
        or None,
        "complete": found.next_token is None and not failed,
        "next_page_token": found.next_token,
    }
    return Result(
        summary=_summary_of_all(arguments, found, len(failed)),
        content=content,
        next=_AGAIN if found.next_token else "",
    )


async def _search(
    arguments: ListSendersArguments, client: SendersClient, page_token: str | None
) -> FoundSenders:
    """Search one account from ``page_token`` on, or read one page if nothing is searched for."""
    query, status = _stripped(arguments.query), _stripped(arguments.status)

    def wanted(sender: Sender) -> bool:
        if status is not None and not has_status(status, sender):
            return False
        return query is None or matches(query, sender)

    searching, size = bool(query or status), _page_size(arguments)
    return await find_senders(
        client,
        arguments.channel,
        wanted=wanted,
        count=size,
        page_size=min(size, SEARCH_PAGE_SIZE) if searching else size,
        page_token=page_token,
        pages_max=PAGES_MAX if searching else 1,
    )


def _page_size(arguments: ListSendersArguments) -> int:
    size = arguments.page_size
    return min(size, FULL_PAGE_SIZE_MAX) if arguments.detail == "full" else size


def _shown(arguments: ListSendersArguments, sender: Sender, account: str) -> dict[str, Any]:
    """Return a sender for the result, with the name of its account where there are several."""
    shown = dict(sender) if arguments.detail == "full" else summary(sender)
    return {"account": account, **shown} if account else shown


def _stripped(text: str | MISSING | None) -> str | None:
    """Return a given text without surrounding space, None if nothing is left."""
    return text_of(text) or None


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
    return text + ("" if count else _unknown_status(arguments))


def _unknown_status(arguments: ListSendersArguments) -> str:
    status = _stripped(arguments.status)
    if not status or status.upper() in KNOWN_STATUSES:
        return ""
    return f" {identifier(status)} is not a known status: {', '.join(KNOWN_STATUSES)}."


def _summary_of_all(arguments: ListSendersArguments, found: FoundInAccounts, failed: int) -> str:
    count, accounts = len(found.senders), found.searched
    text = (
        f"{count} {arguments.channel} sender{'' if count == 1 else 's'} found among "
        f"{found.looked_at} in {accounts} account{'' if accounts == 1 else 's'}"
    )
    text += "; there are more to search." if found.next_token else "; all accounts were searched."
    if failed:
        text += f" {failed} account{'' if failed == 1 else 's'} could not be read completely."
    return text + ("" if count else _unknown_status(arguments))


def _next_call(found: FoundSenders) -> str:
    if found.next_token is None:
        return "Call list_senders again." if found.interrupted else ""
    return _AGAIN


def _check_offline(found: FoundSenders) -> str:
    """Return how to find out why a sender is offline, if it is the only one that was found."""
    alone = len(found.senders) == 1
    return CHECK if alone and found.senders[0].get("offline_reasons") else ""


LIST_SENDERS = Tool(
    name="list_senders",
    title="List senders",
    effect="reads",
    arguments=ListSendersArguments,
    accounts="all",
    result=ListedSenders,
    result_of_accounts=ListedSendersOfAccounts,
    run=list_senders,
    page="operations/list-senders",
    instruction="Find the SID by a number or a name with list_senders.",
)
