"""What plans and runs need to know of the accounts whose senders they change."""

from typing import Protocol

from twilio_senders_mcp.twilio.client import SendersClient


class Account(Protocol):
    """One Twilio account and the client of its senders."""

    @property
    def name(self) -> str:
        """The name under which the caller knows the account."""
        ...

    @property
    def sid(self) -> str:
        """The account's SID (AC…)."""
        ...

    @property
    def read_only(self) -> bool:
        """Whether nothing of this account may be changed."""
        ...

    @property
    def senders(self) -> SendersClient:
        """The client of the account's senders."""
        ...


class Accounts(Protocol):
    """The accounts of this server."""

    async def find(self, name: str, /) -> Account:
        """Return the account with this name or SID; any exception means that there is none."""
        ...
