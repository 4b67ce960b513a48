"""The composition root: settings in, a complete MCP server out. Nothing else wires."""

import re
from typing import TYPE_CHECKING, Final

from mcp.server.lowlevel import Server

from .protocol.server import create_mcp_server
from .settings import Settings, SettingsError
from .settings.problems import did_you_mean
from .tools.catalog import TOOL_NAMES, available_tools
from .twilio.api import TwilioApi
from .twilio.client import SendersClient
from .twilio.credentials import Credentials
from .twilio.hosts import messaging_url

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_PRINTABLE_NAME: Final = re.compile(r"[a-z_]{1,60}")


def create_server(
    settings: Settings, *, sandbox: bool = False, app: "ASGIApp | None" = None
) -> Server[None]:
    """Return the MCP server for ``settings``.

    With ``sandbox`` an embedded Twilio answers in this process and the credentials are its own.
    ``app`` is any other ASGI app that answers in Twilio's place.

    Raises:
        SettingsError: if a tool is named that does not exist.

    """
    only = settings.twilio_senders_tools
    if unknown := [name for name in only if name not in TOOL_NAMES]:
        raise SettingsError([f"TWILIO_SENDERS_TOOLS: {_unknown_tool(name)}" for name in unknown])
    return create_mcp_server(
        available_tools(read_only=settings.twilio_senders_read_only, only=only),
        _client(settings, app, sandbox=sandbox),
        poll_seconds=_poll_seconds(settings, sandbox=sandbox),
        sandbox=sandbox,
        confirm=settings.twilio_senders_confirm,
    )


def _unknown_tool(name: str) -> str:
    shown = name if _PRINTABLE_NAME.fullmatch(name) else "(odd name)"
    return f"unknown tool {shown}{did_you_mean(name, TOOL_NAMES)}"


def _client(settings: Settings, app: "ASGIApp | None", *, sandbox: bool) -> SendersClient:
    credentials, base_url = settings.credentials, settings.base_url
    if sandbox:
        from .sandbox import ACCOUNT_SID, AUTH_TOKEN, Sandbox  # noqa: PLC0415 - only where used

        credentials, base_url = Credentials(ACCOUNT_SID, AUTH_TOKEN), messaging_url()
        app = Sandbox(step_seconds=settings.twilio_senders_sandbox_step)
    return SendersClient(
        TwilioApi(
            credentials,
            base_url=base_url,
            app=app,
            timeout=settings.twilio_senders_timeout,
            total_timeout=settings.twilio_senders_total_timeout,
            connections=settings.twilio_senders_connections,
        )
    )


def _poll_seconds(settings: Settings, *, sandbox: bool) -> float:
    """Twilio's pace; the sandbox lives faster, so it is looked at twice in each of its steps."""
    pace = settings.twilio_senders_poll
    return min(pace, settings.twilio_senders_sandbox_step / 2) if sandbox else pace
