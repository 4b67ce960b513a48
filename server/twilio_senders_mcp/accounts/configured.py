"""An account as the settings describe it.

It needs nothing but the standard library, because the settings must load fast.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from twilio_senders_mcp.twilio.credentials import Credentials, IncompleteCredentials
from twilio_senders_mcp.twilio.hosts import TwilioAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredAccount:
    """One account of the settings.

    ``read_again`` reads the credentials once more from the file that they came from and returns
    None if that fails; it is None where they came from no file, as is ``secret_file``, the path of
    that file. With ``subaccounts``, the account's active subaccounts can be used too, with
    ``read_only`` as it is here.
    """

    credentials: Credentials | IncompleteCredentials
    name: str = "main"
    read_again: Callable[[], Credentials | None] | None = None
    secret_file: str | None = None
    address: TwilioAddress = field(default_factory=TwilioAddress)
    description: str = ""
    subaccounts: bool = False
    read_only: bool = False

    @property
    def sid(self) -> str:
        """The account's SID, empty if it is not known."""
        known = self.credentials
        return known.account_sid if isinstance(known, Credentials) else ""
