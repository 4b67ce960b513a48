"""All accounts that calls can be about: those of the settings, and their subaccounts."""

import difflib
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

import anyio
import anyio.to_thread

from twilio_senders_mcp.twilio.account_credentials import AccountCredentials
from twilio_senders_mcp.twilio.api import TOTAL_TIMEOUT, TwilioApi
from twilio_senders_mcp.twilio.credentials import Credentials
from twilio_senders_mcp.twilio.errors import TwilioError
from twilio_senders_mcp.twilio.hosts import Product, TwilioAddress
from twilio_senders_mcp.twilio.transports import Transports

from .account import Account
from .configured import ConfiguredAccount
from .errors import SubaccountsUnavailable, UnknownAccount
from .subaccounts import FRESH_SECONDS, Subaccounts


@dataclass(frozen=True, slots=True)
class KnownAccounts:
    """Every account, the configured ones first, and whose subaccounts could not be read."""

    accounts: list[Account]
    unavailable: list[SubaccountsUnavailable]


class Accounts:
    """The accounts of the settings, of which the first is the default, and their subaccounts.

    ``total_timeout`` bounds one call to Twilio, in seconds.
    """

    def __init__(
        self,
        configured: Sequence[ConfiguredAccount],
        transports: Transports,
        *,
        total_timeout: float = TOTAL_TIMEOUT,
    ) -> None:
        self._transports = transports
        self._total_timeout = total_timeout
        self._configured = [self._create(account) for account in configured]
        self._subaccounts = [
            Subaccounts(parent, self._subaccount_of(parent, account.address), transports.secrets)
            for parent, account in zip(self._configured, configured, strict=True)
            if account.subaccounts
        ]
        self._statuses: dict[str, tuple[str, float]] = {}
        self.default = self._configured[0]
        self.several = len(configured) > 1 or bool(self._subaccounts)

    @property
    def read_only(self) -> bool:
        """Whether every account may only be read."""
        return all(account.read_only for account in self._configured)

    async def find(self, name: str) -> Account:
        """Return the account with this name or this SID.

        Raises:
            UnknownAccount: if there is none, also after the subaccounts were read again.

        """
        for account in self._configured:
            if name in (account.name, account.sid):
                return account
        known = await self.all()
        by_name = _by_name(known.accounts)
        if name not in by_name and self._subaccounts:
            known = await self.all(refresh=True)
            by_name = _by_name(known.accounts)
        if name in by_name:
            return by_name[name]
        names = {account.name.casefold(): account.name for account in known.accounts}
        near = difflib.get_close_matches(name.casefold(), names, n=1)
        raise UnknownAccount(names[near[0]] if near else None, known.unavailable)

    async def all(self, *, refresh: bool = False) -> KnownAccounts:
        """Return every account; with ``refresh``, subaccounts are read again unless very new.

        A name belongs to one account only: a subaccount whose name another one has goes by its
        SID. A subaccount that is configured itself is only listed as configured.
        """
        unavailable: list[SubaccountsUnavailable] = []
        lists: list[list[Account]] = [[] for _ in self._subaccounts]

        async def read(position: int, subaccounts: Subaccounts) -> None:
            try:
                lists[position] = await subaccounts.known(refresh=refresh)
            except SubaccountsUnavailable as error:
                unavailable.append(error)

        async with anyio.create_task_group() as reading:
            for position, subaccounts in enumerate(self._subaccounts):
                reading.start_soon(read, position, subaccounts)
        by_sid = {account.sid: account for accounts in lists for account in accounts}
        for account in self._configured:
            by_sid.pop(account.sid, None)
        found = [*self._configured, *by_sid.values()]
        names = Counter(account.name for account in found)
        unique = [
            account.renamed(account.sid)
            if names[account.name] > 1 and account.sid in by_sid
            else account
            for account in found
        ]
        return KnownAccounts(unique, unavailable)

    async def status_of(self, account: Account) -> str:
        """Return Twilio's status of an account, such as ``active``; empty if it cannot be read.

        Subaccounts are listed only while they are active. The status of another account is kept
        for as long as such a list.
        """
        if account.sid not in (configured.sid for configured in self._configured):
            return "active"
        known = self._statuses.get(account.sid)
        now = anyio.current_time()
        if known is None or now - known[1] >= FRESH_SECONDS:
            try:
                status = (await account.accounts.fetch(account.sid)).status
            except TwilioError:
                status = ""
            known = self._statuses[account.sid] = (status, now)
        return known[0]

    async def aclose(self) -> None:
        """Let the writes in progress finish, then close all connections."""
        await self._transports.aclose()

    def _create(self, configured: ConfiguredAccount) -> Account:
        current = configured.credentials
        if isinstance(current, Credentials):
            self._transports.secrets.add(current.secrets)
        credentials = AccountCredentials(current, _in_thread(configured.read_again))
        return Account(
            name=configured.name,
            sid=configured.sid,
            credentials=credentials,
            api=self._api_of(credentials, configured.address, read_only=configured.read_only),
            description=configured.description,
            read_only=configured.read_only,
        )

    def _subaccount_of(
        self, parent: Account, address: TwilioAddress
    ) -> Callable[[str, str, AccountCredentials], Account]:
        def create(name: str, sid: str, credentials: AccountCredentials) -> Account:
            api = self._api_of(credentials, address, read_only=parent.read_only)
            return Account(
                name=name, sid=sid, credentials=credentials, api=api, read_only=parent.read_only
            )

        return create

    def _api_of(
        self, credentials: AccountCredentials, address: TwilioAddress, *, read_only: bool
    ) -> Callable[[Product], TwilioApi]:
        def api(product: Product) -> TwilioApi:
            return TwilioApi(
                credentials,
                self._transports,
                address.url(product),
                total_timeout=self._total_timeout,
                read_only=read_only,
            )

        return api


def _by_name(accounts: list[Account]) -> dict[str, Account]:
    by_sid = {account.sid: account for account in accounts}
    return by_sid | {account.name: account for account in accounts}


def _in_thread(
    read_again: Callable[[], Credentials | None] | None,
) -> Callable[[], Awaitable[Credentials | None]] | None:
    """Return ``read_again`` for a thread, because reading a file may block."""
    return partial(anyio.to_thread.run_sync, read_again) if read_again else None
