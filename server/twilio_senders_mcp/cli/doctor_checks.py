"""The checks of the command ``doctor``, put together from the settings and the words given."""

import argparse
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from twilio_senders_mcp.accounts.configured import ConfiguredAccount
from twilio_senders_mcp.clients.command_line import server_command
from twilio_senders_mcp.clients.machine import this_machine
from twilio_senders_mcp.doctor.checking import Check, carry_out
from twilio_senders_mcp.doctor.configuration import check_accounts, check_settings
from twilio_senders_mcp.doctor.configured_clients import CLIENTS_SECONDS, check_clients
from twilio_senders_mcp.doctor.diagnosis import Diagnosis
from twilio_senders_mcp.doctor.handshake import HANDSHAKE_SECONDS
from twilio_senders_mcp.doctor.own_server import check_own_server
from twilio_senders_mcp.doctor.state import check_state
from twilio_senders_mcp.doctor.twilio import TWILIO_SECONDS, check_twilio
from twilio_senders_mcp.doctor.versions import check_versions
from twilio_senders_mcp.server import configured_accounts, create_accounts, state_settings
from twilio_senders_mcp.settings import (
    SETTINGS,
    Settings,
    SettingsError,
    load_settings,
    setting_sources,
    shell_environment,
)
from twilio_senders_mcp.twilio.credentials import IncompleteCredentials

from .parser import given_settings


async def diagnose(
    options: argparse.Namespace,
    settings: Settings,
    problems: Sequence[str],
    tell: Callable[[Diagnosis], None],
) -> list[Diagnosis]:
    """Carry out every check and tell each diagnosis; return all of them.

    ``problems`` are those of the settings that were given, if they cannot be used.
    """
    given = given_settings(options)
    sources = setting_sources(given, account=not options.sandbox)
    sandbox = options.sandbox or not _has_account(settings)
    accounts = create_accounts(settings, sandbox=sandbox)
    configured = configured_accounts(settings, sandbox=sandbox)

    async def configuration() -> list[Diagnosis]:
        found = check_settings(sources, problems)
        return found if options.sandbox or problems else [*found, *check_accounts(settings)]

    checks = [
        Check("versions", _later(check_versions)),
        Check("settings", configuration),
        Check(
            "Twilio",
            lambda: check_twilio(accounts, configured, in_process=sandbox),
            TWILIO_SECONDS,
        ),
        Check("state", lambda: check_state(state_settings(settings, sandbox=options.sandbox))),
        Check(
            "stdio",
            lambda: check_own_server(_own_command(options), shell_environment()),
            HANDSHAKE_SECONDS + 5,
        ),
        Check("clients", lambda: check_clients(this_machine()), CLIENTS_SECONDS),
    ]
    try:
        return await carry_out(checks, tell)
    finally:
        await accounts.aclose()


def settings_to_go_on_with(options: argparse.Namespace) -> Settings:
    """Return settings without an account, as far as the others can be used."""
    remedy = IncompleteCredentials("Correct the settings first.")
    accounts = (ConfiguredAccount(credentials=remedy),)
    try:
        return replace(load_settings(account=False, **given_settings(options)), accounts=accounts)
    except SettingsError:
        return Settings(accounts=accounts)


def _has_account(settings: Settings) -> bool:
    return not isinstance(settings.accounts[0].credentials, IncompleteCredentials)


def _later(check: Callable[[], list[Diagnosis]]) -> Callable[[], Awaitable[list[Diagnosis]]]:
    """Return a check that does not wait as one that may."""

    async def run() -> list[Diagnosis]:
        return check()

    return run


def _own_command(options: argparse.Namespace) -> list[str]:
    """Return the command of the server with the flags that were given to this one."""
    words = ["--sandbox"] if options.sandbox else []
    for name, text in given_settings(options).items():
        flag, takes_value, _ = SETTINGS[name].flag.partition(" ")
        words += [flag, text] if takes_value else [flag]
    return [*server_command(sys.argv[0], sys.executable), *words]
