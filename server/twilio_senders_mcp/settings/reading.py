"""The environment, the flags and the files they name, into `Settings`."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from .accounts_file import read_accounts_file
from .credentials import single_account
from .declaration import ACCOUNT_SETTINGS, ACCOUNTS_FILE, SETTINGS, AccountSettings, Settings
from .parsing import is_placeholder
from .problems import SettingsError, UnusableValueError, did_you_mean

_OWN_PREFIX: Final = "TWILIO_SENDERS_"
_LIMITS: Final = (
    "twilio_senders_read_only",
    "twilio_senders_tools",
    "twilio_senders_confirm",
    "twilio_senders_probe",
)


def load_settings(*, account: bool = True, **given: str | float | None) -> Settings:
    """Return the settings: those ``given`` by name, then the environment, then the defaults.

    Without ``account`` all that concerns a Twilio account is ignored, right or wrong: the sandbox
    needs none of it.

    Raises:
        SettingsError: naming each setting that cannot be used, and each mistyped one of ours.

    """
    environment = dict(os.environ)
    texts = _texts(environment, given)
    if not account:
        ignored = {*ACCOUNT_SETTINGS, ACCOUNTS_FILE}
        texts = {name: text for name, text in texts.items() if name not in ignored}
    problems = _unknown_names(environment)
    problems += _unexpanded_limits(environment)
    values: dict[str, Any] = {}
    for name, text in texts.items():
        if name.endswith("_file") and name.removesuffix("_file") in texts:
            problems.append(f"set {name.removesuffix('_file').upper()} or {name.upper()}, not both")
            continue
        try:
            values[name] = SETTINGS[name].parse(text)
        except UnusableValueError as error:
            problems.append(f"{name.upper()}: {error}")
    file = values.get(ACCOUNTS_FILE)
    if file and (also := [name.upper() for name in ACCOUNT_SETTINGS if name in texts]):
        problems.append(
            f"set {ACCOUNTS_FILE.upper()} or {also[0]}, not both: with an accounts file, "
            "everything about an account stands in the file"
        )
    if problems:
        raise SettingsError(problems)
    of_account = AccountSettings(
        **{name: values.pop(name) for name in ACCOUNT_SETTINGS if name in values}
    )
    if file:
        return Settings(accounts=read_accounts_file(Path(file).expanduser(), environment), **values)
    return Settings(accounts=(single_account(of_account, texts, environment),), **values)


def _texts(
    environment: Mapping[str, str], given: Mapping[str, str | float | None]
) -> dict[str, str]:
    """Return what is set, by the settings' names and in their order.

    An empty variable counts as unset, and so does a placeholder, wherever it stands.
    """
    lowered = {name.lower(): value.strip() for name, value in environment.items()}
    found = {name: text for name in SETTINGS if (text := lowered.get(name))}
    flags = {name: str(value).strip() for name, value in given.items() if value is not None}
    return _without_placeholders(found) | _without_placeholders(flags)


def _without_placeholders(texts: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if not is_placeholder(text)}


def _unexpanded_limits(environment: Mapping[str, str]) -> list[str]:
    """Name the settings that limit what can be done and were not expanded.

    To treat them as unset, like other placeholders, would permit more than was meant.
    """
    return [
        f"{name}: the client that started this server did not expand ${{…}}"
        for name, value in environment.items()
        if name.lower() in _LIMITS and is_placeholder(value)
    ]


def _unknown_names(environment: Mapping[str, str]) -> list[str]:
    known = [name.upper() for name in SETTINGS]
    return [
        f"{name}: unknown setting{did_you_mean(name.upper(), known)}"
        for name in environment
        if name.upper().startswith(_OWN_PREFIX) and name.upper() not in known
    ]
