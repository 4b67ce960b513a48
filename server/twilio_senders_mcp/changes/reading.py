"""Reading the senders that a plan is about: by SID, or from the pages of the list.

A listed sender lacks the name under review, so a sender whose name would change is fetched. So is
one on which the list does not show every field that would change: null and absent differ.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import anyio

from twilio_senders_mcp.senders.diff import shows_fields
from twilio_senders_mcp.senders.display_name import is_reviewed
from twilio_senders_mcp.senders.paging import FoundSenders, find_senders
from twilio_senders_mcp.senders.search import has_status, matches
from twilio_senders_mcp.twilio.errors import Refused, TwilioError
from twilio_senders_mcp.twilio.responses import Sender
from twilio_senders_mcp.twilio.values import CHANNELS

from .accounts import Account, Accounts
from .errors import NamedTwice, NothingSelected, TooManySenders
from .failures import failure_of
from .planning import Body, Found
from .plans import SENDERS_MAX, SendersByQuery, SendersBySid, Skipped

Progress = Callable[[int, int], Awaitable[None]]

FETCHED_AT_ONCE: Final = 10
FETCHED_ONE_BY_ONE: Final = 20
"""Up to this many senders of one account are fetched; more are first looked up in the list."""

_PAGE_SIZE: Final = 1000
_NOT_FOUND: Final = 404


class SenderReader:
    """Reads the senders of one selection; what it could not read is in ``skipped``.

    ``body`` returns what would be set on a sender. ``incomplete`` is true if a list was cut off.
    """

    def __init__(
        self, accounts: Accounts, body: Callable[[Sender], Body], progress: Progress | None
    ) -> None:
        self.skipped: list[Skipped] = []
        self.incomplete = False
        self._accounts = accounts
        self._body = body
        self._progress = progress
        self._found: dict[str, Found] = {}
        self._failures: list[TwilioError] = []
        self._total = 0

    async def read(self, selection: SendersBySid | SendersByQuery) -> list[Found]:
        """Return the selected senders, in the order in which they were named or are listed.

        Raises:
            NothingSelected, NamedTwice, TooManySenders: see `.errors`.
            TwilioError: if a list cannot be read, or no sender can.

        """
        if isinstance(selection, SendersByQuery):
            return await self._read_query(selection)
        sids = [sid for _, sid in selection.senders]
        _check_named(sids)
        self._total = len(sids)
        await self._report()
        for account, wanted in (await self._by_account(selection.senders)).values():
            await self._read_named(account, wanted)
        if not self._found and self._failures:
            raise self._failures[0]
        return [self._found[sid] for sid in sids if sid in self._found]

    async def _read_query(self, selection: SendersByQuery) -> list[Found]:
        listed: list[Found] = []
        for account in selection.accounts:
            for channel in CHANNELS if selection.channel is None else (selection.channel,):
                page = await find_senders(
                    account.senders,
                    channel,
                    wanted=lambda sender: _is_selected(selection, sender),
                    page_size=_PAGE_SIZE,
                )
                self.incomplete = self.incomplete or not page.complete
                listed += [Found(account, sender) for sender in page.senders]
        if not listed:
            raise NothingSelected
        if len(listed) > SENDERS_MAX:
            raise TooManySenders(len(listed), SENDERS_MAX)
        for each in listed:
            if each.account.read_only:
                self.skipped.append(Skipped(each.sid, "read_only", each.account.name))
        writable = [each for each in listed if not each.account.read_only]
        self._total = len(writable)
        for account in selection.accounts:
            await self._keep_or_fetch([each for each in writable if each.account is account])
        return [self._found[each.sid] for each in writable if each.sid in self._found]

    async def _by_account(
        self, senders: Sequence[tuple[str, str]]
    ) -> Mapping[str, tuple[Account, list[str]]]:
        """Return each account with the SIDs that were named with it."""
        names: dict[str, Account | None] = {}
        groups: dict[str, tuple[Account, list[str]]] = {}
        for name, sid in senders:
            if name not in names:
                names[name] = await self._account(name)
            account = names[name]
            if account is None:
                self.skipped.append(Skipped(sid, "unknown_account", name))
            elif account.read_only:
                self.skipped.append(Skipped(sid, "read_only", account.name))
            else:
                groups.setdefault(account.sid, (account, []))[1].append(sid)
        return groups

    async def _account(self, name: str) -> Account | None:
        try:
            return await self._accounts.find(name)
        except TwilioError:  # pragma: no cover - the accounts report theirs in another way
            raise
        except Exception:  # noqa: BLE001 - whatever it is, there is no such account
            return None

    async def _read_named(self, account: Account, sids: list[str]) -> None:
        listed: dict[str, Sender] = {}
        if len(sids) > FETCHED_ONE_BY_ONE:
            listed = await _listed(account, set(sids))
        await self._keep_or_fetch([Found(account, sender) for sender in listed.values()])
        await self._fetch(account, [sid for sid in sids if sid not in listed])

    async def _keep_or_fetch(self, listed: Sequence[Found]) -> None:
        """Keep each listed sender that shows what is needed, and fetch the others."""
        incomplete: list[str] = []
        for each in listed:
            if _shows_what_is_needed(each.sender, self._body(each.sender)):
                self._found[each.sid] = each
            else:
                incomplete.append(each.sid)
        await self._report()
        if incomplete:
            await self._fetch(listed[0].account, incomplete)

    async def _fetch(self, account: Account, sids: Sequence[str]) -> None:
        limit = anyio.Semaphore(FETCHED_AT_ONCE)
        async with anyio.create_task_group() as tasks:
            for sid in sids:
                await limit.acquire()
                tasks.start_soon(self._fetch_one, account, sid, limit)

    async def _fetch_one(self, account: Account, sid: str, limit: anyio.Semaphore) -> None:
        try:
            response = await account.senders.fetch(sid)
        except TwilioError as error:
            self._skip(account, sid, error)
        else:
            self._found[sid] = Found(account, {**response.sender, "sid": sid})
        finally:
            limit.release()
        await self._report()

    def _skip(self, account: Account, sid: str, error: TwilioError) -> None:
        if isinstance(error, Refused) and error.problem.http_status == _NOT_FOUND:
            self.skipped.append(Skipped(sid, "not_found", account.name))
            return
        self._failures.append(error)
        self.skipped.append(
            Skipped(sid, "read_failed", account.name, failure=failure_of(error)),
        )

    async def _report(self) -> None:
        if self._progress is not None:
            await self._progress(len(self._found) + len(self.skipped), self._total)


def _check_named(sids: Sequence[str]) -> None:
    if not sids:
        raise NothingSelected
    if len(sids) > SENDERS_MAX:
        raise TooManySenders(len(sids), SENDERS_MAX)
    if twice := [sid for sid, count in Counter(sids).items() if count > 1]:
        raise NamedTwice(twice)


def _is_selected(selection: SendersByQuery, sender: Sender) -> bool:
    return matches(selection.query, sender) and (
        not selection.status or has_status(selection.status, sender)
    )


async def _listed(account: Account, wanted: set[str]) -> dict[str, Sender]:
    """Return those of the wanted senders that the account's lists contain."""
    found: dict[str, Sender] = {}
    for channel in CHANNELS:
        try:
            page: FoundSenders = await find_senders(
                account.senders,
                channel,
                wanted=lambda sender: sender.get("sid") in wanted,
                count=len(wanted) - len(found),
                page_size=_PAGE_SIZE,
            )
        except TwilioError:
            continue  # each sender is fetched instead, and says what is wrong
        found |= {str(sender.get("sid")): sender for sender in page.senders}
        if len(found) == len(wanted):
            break
    return found


def _shows_what_is_needed(sender: Sender, body: Body) -> bool:
    profile = body.get("profile")
    name = profile.get("name") if isinstance(profile, dict) else None
    reviewed = isinstance(name, str) and is_reviewed(name, sender)
    return not reviewed and shows_fields(sender, body)
