"""What signs a request to Twilio, or what is missing for it."""

from base64 import b64encode
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account's SID with its auth token, or with an API key and the key's secret.

    ``password`` is the auth token, or the secret where there is an ``api_key``.
    """

    account_sid: str
    password: str = field(repr=False)
    api_key: str | None = None

    @property
    def username(self) -> str:
        """The user name of HTTP's Basic authentication."""
        return self.api_key or self.account_sid

    @property
    def secrets(self) -> tuple[str, str]:
        """Every text that gives the secret away: the password, and the token of a Basic header."""
        basic = b64encode(f"{self.username}:{self.password}".encode()).decode()
        return self.password, basic


@dataclass(frozen=True, slots=True)
class IncompleteCredentials:
    """Credentials that cannot sign a request; ``remedy`` tells a person what to set."""

    remedy: str
