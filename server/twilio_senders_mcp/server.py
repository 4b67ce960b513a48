"""The composition root: settings in, a complete MCP server out. Nothing else wires."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from mcp.server.lowlevel import Server

from .accounts.accounts import Accounts
from .accounts.configured import ConfiguredAccount
from .changes import Changes, Owner, StateSettings
from .probing.prober import Prober
from .protocol.server import create_mcp_server
from .settings import Settings, SettingsError
from .settings.problems import did_you_mean
from .tools.account_argument import ALL_ACCOUNTS
from .tools.catalog import ALL_TOOL_NAMES, available_tools
from .tools.tool import Call
from .twilio.credentials import Credentials
from .twilio.transports import Transports

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_PRINTABLE_NAME: Final = re.compile(r"[a-z_]{1,60}")


def create_server(
    settings: Settings,
    *,
    sandbox: bool = False,
    app: "ASGIApp | None" = None,
    over_http: bool = False,
) -> Server[None]:
    """Return the MCP server for ``settings``.

    With ``sandbox`` an embedded Twilio answers in this process and the credentials are its own.
    ``app`` is that sandbox, or any other ASGI app that answers in Twilio's place. Over HTTP,
    addresses that others wrote are opened only if the settings turn that on.

    Raises:
        SettingsError: if a tool is named that does not exist.

    """
    only = settings.twilio_senders_tools
    if unknown := [name for name in only if name not in ALL_TOOL_NAMES]:
        raise SettingsError([f"TWILIO_SENDERS_TOOLS: {_unknown_tool(name)}" for name in unknown])
    accounts = create_accounts(settings, app, sandbox=sandbox)
    return create_mcp_server(
        available_tools(
            read_only=settings.twilio_senders_read_only or accounts.read_only,
            only=only,
            several_accounts=accounts.several,
        ),
        accounts,
        create_changes(settings, accounts, sandbox=sandbox),
        poll_seconds=_poll_seconds(settings, sandbox=sandbox),
        sandbox=sandbox,
        confirm=settings.twilio_senders_confirm,
        prober=_prober(settings, sandbox=sandbox, over_http=over_http),
        read_only=settings.twilio_senders_read_only or accounts.read_only,
    )


@asynccontextmanager
async def create_call(
    settings: Settings, *, sandbox: bool = False, offered: Collection[str] = ()
) -> AsyncGenerator[Callable[[str], Awaitable[Call]]]:
    """Yield a function that returns a tool's call about an account, for a command of a terminal.

    An empty name stands for the default account, ``*`` for all. Nobody is asked anything.
    """
    accounts = create_accounts(settings, sandbox=sandbox)

    async def nothing(*_: object) -> None:
        return None

    async def about(name: str) -> Call:
        found = await accounts.find(name) if name not in ("", ALL_ACCOUNTS) else accounts.default
        return Call(
            twilio=found.senders,
            accounts=accounts,
            changes=create_changes(settings, accounts, sandbox=sandbox),
            account="" if name == ALL_ACCOUNTS or not accounts.several else found.name,
            asks=False,
            confirm=nothing,
            progress=nothing,
            poll_seconds=_poll_seconds(settings, sandbox=sandbox),
            offered=offered,
            prober=_prober(settings, sandbox=sandbox, over_http=False),
            sandbox=sandbox,
            read_only=True,
        )

    try:
        yield about
    finally:
        await accounts.aclose()


def _prober(settings: Settings, *, sandbox: bool, over_http: bool) -> Prober | None:
    wanted = settings.twilio_senders_probe
    if wanted is False or (wanted is None and over_http):
        return None
    return Prober(allow_loopback=sandbox)


def _unknown_tool(name: str) -> str:
    shown = name if _PRINTABLE_NAME.fullmatch(name) else "(odd name)"
    return f"unknown tool {shown}{did_you_mean(name, ALL_TOOL_NAMES)}"


def create_accounts(
    settings: Settings, app: "ASGIApp | None" = None, *, sandbox: bool = False
) -> Accounts:
    """Return the accounts of the settings, or those of the sandbox."""
    configured = configured_accounts(settings, sandbox=sandbox)
    if sandbox and app is None:
        from .sandbox import Sandbox  # noqa: PLC0415 - only where used

        app = Sandbox(step_seconds=settings.twilio_senders_sandbox_step)
    transports = Transports(
        timeout=settings.twilio_senders_timeout,
        connections=settings.twilio_senders_connections,
        app=app,
    )
    return Accounts(configured, transports, total_timeout=settings.twilio_senders_total_timeout)


def configured_accounts(settings: Settings, *, sandbox: bool) -> tuple[ConfiguredAccount, ...]:
    """Return the accounts of the settings, or the one of the sandbox."""
    if not sandbox:
        return settings.accounts
    from .sandbox import ACCOUNT_SID, AUTH_TOKEN  # noqa: PLC0415 - only where used

    several = settings.twilio_senders_sandbox_accounts
    credentials = Credentials(ACCOUNT_SID, AUTH_TOKEN)
    return (ConfiguredAccount(credentials=credentials, subaccounts=several),)


def create_changes(settings: Settings, accounts: Accounts, *, sandbox: bool) -> Changes:
    """Return the plans and runs of these accounts; those of the sandbox are temporary."""
    return Changes(
        state_settings(settings, sandbox=sandbox),
        accounts,
        pace=settings.twilio_senders_pace,
        poll_seconds=_poll_seconds(settings, sandbox=sandbox),
        retention_days=settings.twilio_senders_keep_days,
    )


def state_settings(settings: Settings, *, sandbox: bool) -> StateSettings:
    """Return where the state of these accounts is; that of the sandbox is temporary."""
    configured = settings.accounts
    urls = sorted({account.address.url("messaging") for account in configured})
    owner = Owner(" ".join(urls), tuple(account.sid for account in configured))
    place = None if sandbox else settings.twilio_senders_state
    return StateSettings(owner, place, temporary=sandbox)


def _poll_seconds(settings: Settings, *, sandbox: bool) -> float:
    """Twilio's pace; the sandbox lives faster, so it is looked at twice in each of its steps."""
    pace = settings.twilio_senders_poll
    return min(pace, settings.twilio_senders_sandbox_step / 2) if sandbox else pace
