"""Clients of the Senders API with connections of their own."""

from typing import Any

from twilio_senders_mcp.accounts.accounts import Accounts
from twilio_senders_mcp.accounts.configured import ConfiguredAccount
from twilio_senders_mcp.changes import Changes, Owner, StateSettings
from twilio_senders_mcp.twilio.account_credentials import AccountCredentials
from twilio_senders_mcp.twilio.api import TwilioApi
from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.credentials import Credentials, IncompleteCredentials
from twilio_senders_mcp.twilio.transports import Transports

MESSAGING_URL = "https://messaging.twilio.com"
SOMEBODY = Credentials("AC" + "0" * 32, "token")


class OwnClient(SendersClient):
    """A client whose connections are closed with it. The options are those of `Transports`."""

    def __init__(
        self,
        app: Any = None,
        *,
        credentials: Credentials | IncompleteCredentials = SOMEBODY,
        base_url: str = MESSAGING_URL,
        total_timeout: float = 45.0,
        **options: Any,
    ) -> None:
        self._transports = Transports(app=app, **options)
        super().__init__(
            TwilioApi(
                AccountCredentials(credentials),
                self._transports,
                base_url,
                total_timeout=total_timeout,
            )
        )

    async def aclose(self) -> None:
        await self._transports.aclose()


def no_changes(accounts: Accounts) -> Changes:
    """Plans and runs of these accounts, for a call that makes none."""
    return Changes(StateSettings(Owner("", ()), temporary=True), accounts)


def one_account(app: Any, credentials: Credentials) -> Accounts:
    """The accounts of a server that has one, which `app` serves in Twilio's place."""
    return Accounts([ConfiguredAccount(credentials=credentials)], Transports(app=app))
