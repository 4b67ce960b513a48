"""The composition root: settings in, a complete MCP server out. Nothing else wires."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from mcp.server import CacheHint, MCPServer
from pydantic import SecretStr

from twilio_senders_mcp import __version__

from .protocol import refuse_unknown_tools
from .settings import Settings
from .tools.update_sender import update_sender_tool
from .twilio.client import Credentials, SendersClient, messaging_url

if TYPE_CHECKING:
    from starlette.types import ASGIApp

INSTRUCTIONS: Final = (
    "Manages Twilio's WhatsApp and RCS senders, each known by its SID (XE…). "
    "An update sends only the fields you give; what you omit stays. "
    "Twilio answers 202 and applies changes later: the status in the answer tells how far it is. "
    "A failed call says whether anything changed; where that is unknown, read before you repeat. "
    "Work on one sender at a time: Twilio wants minutes between changes of the same sender."
)
_UNCHANGING: Final = CacheHint(ttl_ms=3_600_000, scope="public")


def create_server(
    settings: Settings, *, sandbox: bool = False, app: "ASGIApp | None" = None
) -> MCPServer[None]:
    """Return the MCP server for ``settings``.

    With ``sandbox`` an embedded Twilio answers in this process and the credentials are its own.
    ``app`` is any other ASGI app that answers in Twilio's place.
    """
    client = _sandbox_client(settings) if sandbox else _client(settings, app)

    @asynccontextmanager
    async def lifespan(_: MCPServer[None]) -> AsyncGenerator[None]:
        yield
        await client.aclose()

    tools = [update_sender_tool(client)]
    return MCPServer(
        "twilio-senders-mcp",
        title="Twilio senders",
        version=__version__,
        instructions=INSTRUCTIONS,
        tools=[*tools],
        lifespan=lifespan,
        log_level="WARNING",
        subscriptions=False,
        cache_hints={"tools/list": _UNCHANGING, "server/discover": _UNCHANGING},
        middleware=[refuse_unknown_tools(frozenset(tool.name for tool in tools))],
    )


def _client(settings: Settings, app: "ASGIApp | None") -> SendersClient:
    return SendersClient(
        settings.missing_credentials() or _credentials(settings),
        base_url=settings.twilio_base_url
        or messaging_url(settings.twilio_region, settings.twilio_edge),
        app=app,
        **_times(settings),
    )


def _sandbox_client(settings: Settings) -> SendersClient:
    from .sandbox import ACCOUNT_SID, AUTH_TOKEN, Sandbox  # noqa: PLC0415 - only where it is used

    return SendersClient(
        Credentials(ACCOUNT_SID, AUTH_TOKEN),
        base_url=messaging_url(),
        app=Sandbox(step_seconds=settings.twilio_senders_sandbox_step),
        **_times(settings),
    )


def _times(settings: Settings) -> dict[str, Any]:
    return {
        "timeout": settings.twilio_senders_timeout,
        "total_timeout": settings.twilio_senders_total_timeout,
    }


def _credentials(settings: Settings) -> Credentials:
    """Prefer the API key: it can be revoked by itself."""
    if settings.twilio_api_key and settings.twilio_api_secret:
        return Credentials(settings.twilio_api_key, settings.twilio_api_secret.get_secret_value())
    token = settings.twilio_auth_token or SecretStr("")
    return Credentials(settings.twilio_account_sid or "", token.get_secret_value())
