"""A short-lived cache of the accounts' senders, so that completions cost few requests."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import anyio

from twilio_senders_mcp.accounts.account import Account
from twilio_senders_mcp.accounts.accounts import Accounts
from twilio_senders_mcp.accounts.errors import UnknownAccount
from twilio_senders_mcp.senders.paging import find_senders
from twilio_senders_mcp.senders.search import matches
from twilio_senders_mcp.twilio.errors import TwilioError
from twilio_senders_mcp.twilio.responses import Sender
from twilio_senders_mcp.twilio.values import CHANNELS, Channel

FRESH_SECONDS: Final = 30.0
READ_SECONDS: Final = 5.0
PAGE_SIZE: Final = 100
PAGES_MAX: Final = 5
ACCOUNTS_MAX: Final = 20
"""Accounts that are searched if the person has not chosen one."""


class Directory:
    """Finds SIDs by what a person types; on a failure it finds none instead of raising."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._cached: dict[str, _CachedSenders] = {}

    async def account_names(self) -> tuple[str, ...]:
        """Return the names of all accounts, none where there is only one."""
        if not self._accounts.several:
            return ()
        with anyio.move_on_after(READ_SECONDS):
            return tuple(account.name for account in (await self._accounts.all()).accounts)
        return ()

    async def sids(self, typed: str, account: str) -> list[str]:
        """Return the SIDs that match ``typed``: the start of a SID, a number or a name.

        They are those of the account called ``account``, or of the first accounts if it is empty.
        """
        searched: list[Account] = []
        with anyio.move_on_after(READ_SECONDS):
            searched = await self._searched(account)
        cached = [self._cache_of(account) for account in searched]
        async with anyio.create_task_group() as reading:
            for senders in cached:
                reading.start_soon(senders.refresh)
        return [
            sid
            for senders in cached
            for sender in senders.all()
            if isinstance(sid := sender.get("sid"), str)
            and (not typed or sid.casefold().startswith(typed.casefold()) or matches(typed, sender))
        ]

    async def _searched(self, name: str) -> list[Account]:
        if name and self._accounts.several:
            with suppress(UnknownAccount):
                return [await self._accounts.find(name)]
            return []
        if not self._accounts.several:
            return [self._accounts.default]
        return (await self._accounts.all()).accounts[:ACCOUNTS_MAX]

    def _cache_of(self, account: Account) -> "_CachedSenders":
        return self._cached.setdefault(account.sid, _CachedSenders(account))


@dataclass
class _CachedSenders:
    """The senders of one account, by channel, as last read."""

    account: Account
    by_channel: dict[Channel, list[Sender]] = field(default_factory=dict[Channel, list[Sender]])
    fresh_until: float = -1.0
    reading: anyio.Lock = field(default_factory=anyio.Lock)

    def all(self) -> list[Sender]:
        return [sender for senders in self.by_channel.values() for sender in senders]

    async def refresh(self) -> None:
        """Read the senders of each channel unless they are fresh; keep those that fail."""
        async with self.reading:
            if anyio.current_time() < self.fresh_until:
                return
            with anyio.move_on_after(READ_SECONDS):
                for channel in CHANNELS:
                    with suppress(TwilioError):
                        found = await find_senders(
                            self.account.senders, channel, page_size=PAGE_SIZE, pages_max=PAGES_MAX
                        )
                        self.by_channel[channel] = found.senders
            # Set last, so that a cancelled read does not count.
            self.fresh_until = anyio.current_time() + FRESH_SECONDS
