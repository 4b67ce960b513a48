"""The credentials of the sandbox: one made-up account with an auth token and an API key.

These values are public; they are valid only for the sandbox.
"""

from base64 import b64encode

ACCOUNT_SID = "AC" + "5" * 32
AUTH_TOKEN = "5a" * 16
API_KEY = "SK" + "5" * 32
API_SECRET = "5b" * 16


def is_authorized(authorization: str | None) -> bool:
    """Tell whether an ``Authorization`` header carries one of the two accepted pairs."""
    scheme, _, token = (authorization or "").partition(" ")
    return scheme.lower() == "basic" and token.strip() in _TOKENS


_TOKENS = frozenset(
    b64encode(f"{user}:{password}".encode()).decode()
    for user, password in ((ACCOUNT_SID, AUTH_TOKEN), (API_KEY, API_SECRET))
)
