"""The single account of the environment: its credentials and its address."""

import difflib
from collections.abc import Callable, Mapping
from functools import partial

from twilio_senders_mcp.accounts.configured import ConfiguredAccount
from twilio_senders_mcp.twilio.credentials import Credentials, IncompleteCredentials
from twilio_senders_mcp.twilio.hosts import TwilioAddress

from .declaration import SETTINGS, AccountSettings
from .parsing import is_placeholder, secret_in_file
from .problems import UnusableValueError


def single_account(
    given: AccountSettings, texts: Mapping[str, str], environment: Mapping[str, str]
) -> ConfiguredAccount:
    """Return the account of the environment; ``texts`` are the settings before they were parsed."""
    credentials = _credentials(given, environment)
    secret_file = _secret_file(credentials, texts)
    known = isinstance(credentials, Credentials)
    return ConfiguredAccount(
        credentials=credentials,
        read_again=reader(credentials, secret_file) if known and secret_file else None,
        secret_file=secret_file,
        address=TwilioAddress(
            region=given.twilio_region, edge=given.twilio_edge, base_url=given.twilio_base_url
        ),
    )


def _secret_file(
    credentials: Credentials | IncompleteCredentials, texts: Mapping[str, str]
) -> str | None:
    if isinstance(credentials, IncompleteCredentials):
        return None
    return texts.get("twilio_api_secret_file" if credentials.api_key else "twilio_auth_token_file")


def reader(credentials: Credentials, path: str) -> Callable[[], Credentials | None]:
    """Return the function that reads the secret of ``credentials`` again from its file."""
    return partial(_read_again, credentials, path)


def _read_again(credentials: Credentials, path: str) -> Credentials | None:
    try:
        secret = secret_in_file(path)
    except UnusableValueError:
        return None
    return Credentials(credentials.account_sid, secret, credentials.api_key)


def _credentials(
    given: AccountSettings, environment: Mapping[str, str]
) -> Credentials | IncompleteCredentials:
    """Return the credentials to use, or what to set in ``environment`` to complete them.

    An API key goes before the auth token: it can be revoked by itself. One without its secret, or
    a secret without its key, is not passed over in favour of the token.
    """
    sid, key = given.twilio_account_sid, given.twilio_api_key
    secret = given.twilio_api_secret or given.twilio_api_secret_file
    token = given.twilio_auth_token or given.twilio_auth_token_file
    if sid and key and secret:
        return Credentials(sid, secret, api_key=key)
    if sid and token and not (key or secret):
        return Credentials(sid, token)
    missing = [] if sid else ["TWILIO_ACCOUNT_SID"]
    if key or secret:
        missing += [] if key else ["TWILIO_API_KEY"]
        missing += [] if secret else ["TWILIO_API_SECRET"]
    elif not token:
        missing += ["TWILIO_AUTH_TOKEN (or TWILIO_API_KEY and TWILIO_API_SECRET)"]
    remedy = f"Set {' and '.join(missing)} in the environment of this server."
    return IncompleteCredentials(
        " ".join([remedy, *_unexpanded(environment), *_mistyped(environment)])
    )


def _unexpanded(environment: Mapping[str, str]) -> list[str]:
    found = [
        name
        for name, value in environment.items()
        if name.lower() in SETTINGS and is_placeholder(value)
    ]
    if not found:
        return []
    return [f"The client that started it did not expand ${{…}} in {' and '.join(found)}."]


def _mistyped(environment: Mapping[str, str]) -> list[str]:
    """Name variables that look like a setting's name misspelt."""
    known = [name.upper() for name in SETTINGS]
    nearest = {
        name: difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.85)
        for name in environment
        if name.upper().startswith("TWILIO_") and name.upper() not in known
    }
    return [f"{name} is set; did you mean {near[0]}?" for name, near in nearest.items() if near]
