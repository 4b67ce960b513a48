"""The active subaccounts of one account, read from Twilio when they are first needed.

Their auth tokens come from Twilio, too. They are kept in memory only.
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import Final

import anyio

from twilio_senders_mcp.twilio.account_credentials import AccountCredentials
from twilio_senders_mcp.twilio.accounts import AccountRecord
from twilio_senders_mcp.twilio.credentials import Credentials
from twilio_senders_mcp.twilio.errors import TwilioError
from twilio_senders_mcp.twilio.redaction import KnownSecrets

from .account import Account
from .errors import SubaccountsUnavailable

FRESH_SECONDS: Final = 600.0
"""How long the list counts as current."""

_REFRESH_SECONDS: Final = 10.0
"""A list that is younger is not read again for a name that it does not have."""

_SID: Final = re.compile(r"AC[0-9a-fA-F]{32}")
_NAME: Final = re.compile(r"[\w.,&'()+/-](?:[\w .,&'()+/-]{0,62}[\w.,&'()+/-])?")

NewAccount = Callable[[str, str, AccountCredentials], Account]
"""Returns an account with this name, this SID and these credentials."""


class Subaccounts:
    """The subaccounts of ``parent``. ``new`` creates an account; ``secrets`` learns the tokens."""

    def __init__(self, parent: Account, new: NewAccount, secrets: KnownSecrets) -> None:
        self.parent = parent
        self._new = new
        self._secrets = secrets
        self._accounts: dict[str, Account] = {}
        self._read_at = float("-inf")
        self._reading = anyio.Lock()

    async def known(self, *, refresh: bool = False) -> list[Account]:
        """Return the subaccounts; with ``refresh``, the list is read again unless it is very new.

        Raises:
            SubaccountsUnavailable: if Twilio does not tell them.

        """
        async with self._reading:
            await self._read_unless_newer_than(_REFRESH_SECONDS if refresh else FRESH_SECONDS)
        return list(self._accounts.values())

    async def _read_unless_newer_than(self, seconds: float) -> None:
        if anyio.current_time() - self._read_at < seconds:
            return
        try:
            records = await self.parent.accounts.active()
        except TwilioError as error:
            raise SubaccountsUnavailable(self.parent.name, error) from None
        self._update([record for record in records if self._is_subaccount(record)])
        self._read_at = anyio.current_time()

    def _is_subaccount(self, record: AccountRecord) -> bool:
        usable = bool(_SID.fullmatch(record.sid) and record.auth_token)
        return usable and record.sid != self.parent.sid

    def _update(self, records: list[AccountRecord]) -> None:
        """Replace the list; an account that was known keeps its connections."""
        named = Counter(record.friendly_name for record in records)
        accounts: dict[str, Account] = {}
        for record in records:
            unique = named[record.friendly_name] == 1 and is_usable_name(record.friendly_name)
            name = record.friendly_name if unique else record.sid
            current = Credentials(record.sid, record.auth_token)
            self._secrets.add(current.secrets)
            known = self._accounts.get(record.sid)
            if known is not None:
                known.credentials.current = current
            if known is None or known.name != name:
                credentials = known.credentials if known else self._credentials(current)
                known = self._new(name, record.sid, credentials)
            accounts[record.sid] = known
        self._accounts = accounts

    def _credentials(self, current: Credentials) -> AccountCredentials:
        async def renewed() -> Credentials | None:
            try:
                await self.known(refresh=True)
            except SubaccountsUnavailable:
                return None
            account = self._accounts.get(current.account_sid)
            found = account.credentials.current if account else None
            return found if isinstance(found, Credentials) else None

        return AccountCredentials(current, renewed)


def is_usable_name(text: str) -> bool:
    """Tell whether a friendly name can name an account: short, printable, and like no SID."""
    return bool(_NAME.fullmatch(text)) and not _SID.fullmatch(text)
