"""One Twilio account, with the clients of its APIs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from twilio_senders_mcp.twilio.account_credentials import AccountCredentials
from twilio_senders_mcp.twilio.accounts import AccountsClient
from twilio_senders_mcp.twilio.api import TwilioApi
from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.hosts import Product
from twilio_senders_mcp.twilio.monitor import MonitorClient
from twilio_senders_mcp.twilio.webhooks import WebhooksClient

ApiOf = Callable[[Product], TwilioApi]


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account that calls can be about.

    ``name`` is what callers write. ``sid`` is empty if no credentials are configured. Writes to a
    ``read_only`` account are never sent, because its APIs refuse them.
    """

    name: str
    sid: str
    credentials: AccountCredentials
    api: ApiOf
    description: str = ""
    read_only: bool = False

    def renamed(self, name: str) -> "Account":
        """Return the account under another name."""
        return replace(self, name=name)

    @property
    def senders(self) -> SendersClient:
        """The client of the Senders API."""
        return self._senders

    @cached_property
    def _senders(self) -> SendersClient:
        return SendersClient(self.api("messaging"))

    @cached_property
    def accounts(self) -> AccountsClient:
        """The client of the Accounts API."""
        return AccountsClient(self.api("api"))

    @cached_property
    def monitor(self) -> MonitorClient:
        """The client of the Monitor API."""
        return MonitorClient(self.api("monitor"))

    @cached_property
    def webhooks(self) -> WebhooksClient:
        """The client of the Webhooks configuration API."""
        return WebhooksClient(self.api("webhooks"))
