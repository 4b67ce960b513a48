"""Where each setting comes from, for a person who looks for the one that is wrong."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from .declaration import ACCOUNT_SETTINGS, ACCOUNTS_FILE, SETTINGS
from .parsing import is_placeholder, names, secret_in_file, state_place
from .problems import UnusableValueError

Origin = Literal["flag", "environment", "not expanded"]
"""``not expanded``: a ``${…}`` that the client left as it is, and that counts as unset."""

_NOT_SHOWN: Final = (str, names, secret_in_file, state_place)
"""Parsers of texts that may be anything, a secret in the wrong place included."""


@dataclass(frozen=True, slots=True)
class SettingSource:
    """A setting that is not left at its default. ``shown`` is its value, or that it is set."""

    variable: str
    origin: Origin
    shown: str


def setting_sources(given: Mapping[str, str], *, account: bool = True) -> list[SettingSource]:
    """Return the source of every setting that is set; ``given`` are the flags by setting.

    Without ``account``, as in `.load_settings`, the settings of a Twilio account are left out.
    """
    lowered = {name.lower(): value.strip() for name, value in os.environ.items()}
    ignored = set[str]() if account else {*ACCOUNT_SETTINGS, ACCOUNTS_FILE}
    return [
        _source(name, given.get(name), lowered.get(name, ""))
        for name in SETTINGS
        if name not in ignored and (name in given or lowered.get(name))
    ]


def _source(name: str, flag: str | None, variable: str) -> SettingSource:
    text = variable if flag is None else flag.strip()
    if is_placeholder(text):
        return SettingSource(name.upper(), "not expanded", "")
    origin: Origin = "environment" if flag is None else "flag"
    return SettingSource(name.upper(), origin, _shown(name, text))


def _shown(name: str, text: str) -> str:
    parse = SETTINGS[name].parse
    if parse in _NOT_SHOWN:
        return "set"
    try:
        parse(text)
    except UnusableValueError:
        return "set"
    return text
