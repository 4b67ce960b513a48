"""The accounts of the sandbox and their credentials.

A main account has two active subaccounts and a suspended one, each with senders and credentials of
its own. These values are public; they are valid only for the sandbox.

Twilio documents no status for a suspended account's request; the sandbox chooses 401 / 20005.
"""

from base64 import b64encode
from dataclasses import dataclass
from typing import Final

from twilio_senders_mcp.sandbox.errors import ACCOUNT_NOT_ACTIVE, AUTHENTICATION, ApiError

ACCOUNT_SID: Final = "AC" + "5" * 32
AUTH_TOKEN: Final = "5a" * 16
API_KEY: Final = "SK" + "5" * 32
API_SECRET: Final = "5b" * 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxAccount:
    """An account with its auth token and a standard API key, and the SID of its main account."""

    sid: str
    friendly_name: str
    auth_token: str
    api_key: str
    api_secret: str
    owner_sid: str = ACCOUNT_SID
    status: str = "active"

    def tokens(self) -> dict[str, bool]:
        """Return the token of each accepted Basic header, and whether it is that of an API key."""
        return {
            _token(self.sid, self.auth_token): False,
            _token(self.api_key, self.api_secret): True,
        }


MAIN: Final = SandboxAccount(
    sid=ACCOUNT_SID,
    friendly_name="Sandbox",
    auth_token=AUTH_TOKEN,
    api_key=API_KEY,
    api_secret=API_SECRET,
)
BAKERY: Final = SandboxAccount(
    sid="AC" + "6" * 32,
    friendly_name="Bakery",
    auth_token="6a" * 16,
    api_key="SK" + "6" * 32,
    api_secret="6b" * 16,
)
FLORIST: Final = SandboxAccount(
    sid="AC" + "7" * 32,
    friendly_name="Florist",
    auth_token="7a" * 16,
    api_key="SK" + "7" * 32,
    api_secret="7b" * 16,
)
SUSPENDED: Final = SandboxAccount(
    sid="AC" + "8" * 32,
    friendly_name="Garage",
    auth_token="8a" * 16,
    api_key="SK" + "8" * 32,
    api_secret="8b" * 16,
    status="suspended",
)
ACCOUNTS: Final = (MAIN, BAKERY, FLORIST, SUSPENDED)


@dataclass(frozen=True, slots=True)
class Caller:
    """The account that signed a request, and whether it did so with an API key."""

    account: SandboxAccount
    by_key: bool


def authenticate(authorization: str | None) -> Caller:
    """Return the caller that an ``Authorization`` header identifies.

    Raises:
        ApiError: 401 if the header carries none of the accepted pairs.

    """
    scheme, _, token = (authorization or "").partition(" ")
    caller = _CALLERS.get(token.strip()) if scheme.lower() == "basic" else None
    if caller is None:
        raise ApiError(401, AUTHENTICATION, "Authenticate")
    if caller.account.status != "active":
        raise ApiError(401, ACCOUNT_NOT_ACTIVE, "Account not active")
    return caller


def _token(user: str, password: str) -> str:
    return b64encode(f"{user}:{password}".encode()).decode()


_CALLERS: Final = {
    token: Caller(account, by_key)
    for account in ACCOUNTS
    for token, by_key in account.tokens().items()
}
