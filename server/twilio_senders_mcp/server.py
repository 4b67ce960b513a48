"""The composition root: settings in, a complete MCP server out. Nothing else wires."""

from typing import TYPE_CHECKING

from mcp.server.lowlevel import Server
from pydantic import SecretStr

from .protocol.server import create_mcp_server
from .settings import Settings
from .tools.catalog import available_tools
from .twilio.api import TwilioApi
from .twilio.client import SendersClient, messaging_url
from .twilio.errors import MissingCredentials
from .twilio.transport import Credentials

if TYPE_CHECKING:
    from starlette.types import ASGIApp


def create_server(
    settings: Settings, *, sandbox: bool = False, app: "ASGIApp | None" = None
) -> Server[None]:
    """Return the MCP server for ``settings``.

    With ``sandbox`` an embedded Twilio answers in this process and the credentials are its own.
    ``app`` is any other ASGI app that answers in Twilio's place.

    Raises:
        SettingsError: if a tool is named that does not exist.

    """
    tools = available_tools(
        read_only=settings.twilio_senders_read_only, only=settings.twilio_senders_tools
    )
    return create_mcp_server(
        tools,
        _sandbox_client(settings) if sandbox else _client(settings, app),
        poll_seconds=_poll_seconds(settings, sandbox=sandbox),
        sandbox=sandbox,
        confirm=settings.twilio_senders_confirm,
    )


def _client(settings: Settings, app: "ASGIApp | None") -> SendersClient:
    def credentials() -> Credentials:
        if remedy := settings.missing_credentials():
            raise MissingCredentials(remedy)
        return _credentials(settings)

    return SendersClient(
        TwilioApi(
            credentials,
            base_url=settings.twilio_base_url
            or messaging_url(settings.twilio_region, settings.twilio_edge),
            app=app,
            timeout=settings.twilio_senders_timeout,
            total_timeout=settings.twilio_senders_total_timeout,
        )
    )


def _sandbox_client(settings: Settings) -> SendersClient:
    from .sandbox import ACCOUNT_SID, AUTH_TOKEN, Sandbox  # noqa: PLC0415 - only where it is used

    return SendersClient(
        TwilioApi(
            lambda: Credentials(ACCOUNT_SID, AUTH_TOKEN),
            base_url=messaging_url(),
            app=Sandbox(step_seconds=settings.twilio_senders_sandbox_step),
            timeout=settings.twilio_senders_timeout,
            total_timeout=settings.twilio_senders_total_timeout,
        )
    )


def _poll_seconds(settings: Settings, *, sandbox: bool) -> float:
    """Twilio's pace; the sandbox lives faster, so it is looked at twice in each of its steps."""
    pace = settings.twilio_senders_poll
    return min(pace, settings.twilio_senders_sandbox_step / 2) if sandbox else pace


def _credentials(settings: Settings) -> Credentials:
    """Prefer the API key: it can be revoked by itself."""
    if settings.twilio_api_key and settings.twilio_api_secret:
        return Credentials(settings.twilio_api_key, settings.twilio_api_secret.get_secret_value())
    token = settings.twilio_auth_token or SecretStr("")
    return Credentials(settings.twilio_account_sid or "", token.get_secret_value())
