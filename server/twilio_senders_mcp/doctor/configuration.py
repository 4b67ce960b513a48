"""The settings and the accounts, as this process has read them."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from twilio_senders_mcp.accounts.configured import ConfiguredAccount
from twilio_senders_mcp.settings import SETTINGS, Settings, SettingSource
from twilio_senders_mcp.twilio.credentials import IncompleteCredentials

from .diagnosis import Diagnosis

ACCOUNTS_MAX: Final = 20
"""How many accounts are looked at; a server may have thousands."""

_FOR_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_WRITABLE_BY_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH


def check_settings(sources: Sequence[SettingSource], problems: Sequence[str]) -> list[Diagnosis]:
    """Tell where the settings come from, and what is wrong with them."""
    found = [
        Diagnosis("settings", "problem", f"{problem}.", "Correct it where this server is started.")
        for problem in problems
    ]
    found += [
        Diagnosis(
            "settings",
            "warning",
            f"{source.variable} counts as unset: ${{…}} was not expanded.",
            "The client that starts the server must replace it; set the variable there.",
        )
        for source in sources
        if source.origin == "not expanded"
    ]
    parts = [
        f"{origin}: {', '.join(shown)}"
        for origin in ("flag", "environment")
        if (shown := [_shown(each) for each in sources if each.origin == origin])
    ]
    defaults = len(SETTINGS) - sum(source.origin != "not expanded" for source in sources)
    parts.append(f"default or unset: {defaults}")
    return [*found, Diagnosis("settings", "ok", f"{'; '.join(parts)}.")]


def _shown(source: SettingSource) -> str:
    is_set = source.shown == "set"
    return f"{source.variable} (set)" if is_set else f"{source.variable}={source.shown}"


def check_accounts(settings: Settings) -> list[Diagnosis]:
    """Tell which accounts there are, and whether others may read or change what belongs to them."""
    return [*_accounts_file(settings), *_accounts(settings.accounts)]


def _accounts_file(settings: Settings) -> Iterator[Diagnosis]:
    if settings.twilio_senders_accounts_file is None:
        return
    path = Path(settings.twilio_senders_accounts_file).expanduser()
    count = len(settings.accounts)
    yield Diagnosis("accounts file", "ok", f"It has {count} account{'' if count == 1 else 's'}.")
    if _mode(path) & _WRITABLE_BY_OTHERS:
        yield Diagnosis(
            "accounts file",
            "warning",
            "Other users of this machine may change it, and so where credentials are sent.",
            "Take the permission from them: chmod go-w FILE",
        )


def _accounts(accounts: Sequence[ConfiguredAccount]) -> Iterator[Diagnosis]:
    for account in accounts[:ACCOUNTS_MAX]:
        yield _account(account)
        if account.secret_file and _mode(Path(account.secret_file)) & _FOR_OTHERS:
            yield Diagnosis(
                f"account {account.name}",
                "warning",
                "Other users of this machine may read the file of its secret.",
                "Take the permission from them: chmod 600 FILE",
            )
    if left_out := len(accounts[ACCOUNTS_MAX:]):
        yield Diagnosis("accounts", "ok", f"{left_out} more are not looked at here.")


def _account(account: ConfiguredAccount) -> Diagnosis:
    credentials, check = account.credentials, f"account {account.name}"
    if isinstance(credentials, IncompleteCredentials):
        return Diagnosis(
            check,
            "warning",
            "There is no Twilio account; the sandbox is checked in its place.",
            credentials.remedy,
        )
    kind = f"API key {credentials.api_key}" if credentials.api_key else "the auth token"
    limits = ", read-only" if account.read_only else ""
    found = f"{credentials.account_sid} with {kind}, at {account.address.url('messaging')}{limits}."
    return Diagnosis(check, "ok", found)


def _mode(path: Path) -> int:
    """Return the permissions of a file, none if it is gone or the system has others."""
    try:
        return path.stat().st_mode if os.name == "posix" else 0
    except OSError:
        return 0
