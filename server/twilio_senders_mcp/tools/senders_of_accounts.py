"""A search for senders in all accounts, with limits on time and on concurrency.

The result is in the order of the accounts, so that a search can be continued where it ended.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import anyio

from twilio_senders_mcp.accounts.account import Account
from twilio_senders_mcp.senders.paging import FoundSenders
from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.errors import TwilioError
from twilio_senders_mcp.twilio.responses import Sender

from .errors import InvalidArguments, Issue
from .twilio_failure import describe_cause

SECONDS_MAX: Final = 55.0
CONCURRENCY: Final = 10
_REPORTS: Final = 20

SearchOne = Callable[[SendersClient, str | None], Awaitable[FoundSenders]]
"""Searches one account, from a page token on."""


@dataclass
class FoundInAccounts:
    """The senders that were found, each with the name of its account.

    ``searched`` is the number of accounts that were searched. ``failed`` are those that could not
    be read, at least not completely, and why. ``next_token`` is where the search can be continued.
    """

    senders: list[tuple[str, Sender]] = field(default_factory=list[tuple[str, Sender]])
    looked_at: int = 0
    searched: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    next_token: str | None = None


async def find_in_accounts(
    accounts: list[Account],
    search: SearchOne,
    *,
    count: int,
    page_token: str | None,
    progress: Callable[[int, int], Awaitable[None]],
) -> FoundInAccounts:
    """Search the accounts until ``count`` senders are found or the time is over.

    ``progress`` is called with the number of accounts that were searched, and of all.

    Raises:
        InvalidArguments: if the page token names none of the accounts.

    """
    start, token = _start(accounts, page_token)
    searching = _Searching(accounts[start:], search, token, count, progress)
    with anyio.move_on_after(SECONDS_MAX):
        async with anyio.create_task_group() as workers:
            for _ in range(CONCURRENCY):
                workers.start_soon(searching.work)
    return searching.found()


def _start(accounts: list[Account], page_token: str | None) -> tuple[int, str | None]:
    if page_token is None:
        return 0, None
    sid, _, token = page_token.partition(":")
    return account_position(accounts, sid), token or None


def account_position(accounts: list[Account], sid: str) -> int:
    """Return the position of the account that a page token names.

    Raises:
        InvalidArguments: if there is no such account.

    """
    for position, account in enumerate(accounts):
        if account.sid == sid:
            return position
    raise InvalidArguments(
        [Issue("page_token", "expected the next_page_token of a previous result")], 1
    )


class _Searching:
    """The state of a search that several workers share."""

    def __init__(
        self,
        accounts: list[Account],
        search: SearchOne,
        token: str | None,
        count: int,
        progress: Callable[[int, int], Awaitable[None]],
    ) -> None:
        self._accounts = accounts
        self._search = search
        self._token = token
        self._count = count
        self._progress = progress
        self._pending = iter(enumerate(accounts))
        self._outcomes: dict[int, FoundSenders | TwilioError] = {}
        self._finished = 0
        self._found_in_finished = 0

    async def work(self) -> None:
        """Search one account after the other, until the first ones have enough senders."""
        while self._found_in_finished < self._count:
            position, account = next(self._pending, (None, None))
            if position is None or account is None:
                return
            try:
                token = None if position else self._token
                self._outcomes[position] = await self._search(account.senders, token)
            except TwilioError as error:
                self._outcomes[position] = error
            while (outcome := self._outcomes.get(self._finished)) is not None:
                self._finished += 1
                if isinstance(outcome, FoundSenders):
                    self._found_in_finished += len(outcome.senders)
            done, total = len(self._outcomes), len(self._accounts)
            if done % max(1, total // _REPORTS) == 0:
                await self._progress(done, total)

    def found(self) -> FoundInAccounts:
        """Return what was found in the accounts up to the first one that is not finished."""
        found = FoundInAccounts()
        for position, account in enumerate(self._accounts):
            outcome = self._outcomes.get(position)
            if outcome is None or len(found.senders) >= self._count:
                found.next_token = f"{account.sid}:"
                break
            found.searched += 1
            if isinstance(outcome, TwilioError):
                found.failed.append((account.name, describe_cause(outcome)))
                continue
            found.senders += [(account.name, sender) for sender in outcome.senders]
            found.looked_at += outcome.looked_at
            if outcome.interrupted:
                found.failed.append((account.name, "Its next page could not be read."))
            elif outcome.next_link_unusable:
                found.failed.append((account.name, "Twilio's next-page link is unusable."))
            elif outcome.next_token is not None:
                found.next_token = f"{account.sid}:{outcome.next_token}"
                break
        return found
