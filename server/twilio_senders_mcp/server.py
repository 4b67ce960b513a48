"""The composition root: settings in, a complete MCP server out. Nothing else wires."""

from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from mcp.server import CacheHint, MCPServer
from mcp.server.caching import CacheableMethod
from mcp.types import Completion, CompletionArgument
from pydantic import SecretStr

from twilio_senders_mcp import __version__

from .guides.completions import complete
from .guides.directory import Directory
from .guides.docs_resource import DOCS_URI, add_docs_resource
from .guides.prompts import make_prompts
from .guides.sender_resource import SENDER_URI, add_sender_resource
from .protocol import refuse_unknown
from .settings import Settings
from .tools.catalog import make_tools
from .tools.names import WRITING, available_names
from .twilio.client import SendersClient, messaging_url
from .twilio.errors import MissingCredentials
from .twilio.exchange import Credentials

if TYPE_CHECKING:
    from starlette.types import ASGIApp

SANDBOX_NOTICE: Final = "[Sandbox: nothing real happens.]"
_INSTRUCTIONS: Final = (
    ((), "Manages Twilio's WhatsApp and RCS senders. Each has a SID (XE…)."),
    (("list_senders",), "People know its number or name: find the SID with list_senders."),
    (("update_sender",), "An update sends only the fields you give and keeps the rest."),
    (WRITING, "Twilio answers 202: queued, applied later."),
    (
        ("wait_for_sender",),
        "Use wait_for_sender, which looks at Twilio's pace, instead of asking again and again.",
    ),
    (
        WRITING,
        "Register one number at a time and leave minutes between changes of the same sender.",
    ),
    (
        ("update_sender",),
        "A new WhatsApp name is reviewed by Meta and costs one of ten changes in thirty days.",
    ),
    (
        ("update_sender",),
        "A code that a number receives goes into configuration.verification_code of update_sender.",
    ),
    (("update_sender",), "Never ask for a code before it was sent."),
    (
        ("search_docs",),
        "When unsure of a field, a status or an error, look it up with search_docs.",
    ),
    ((), "A failed call says whether anything changed; where that is unknown, look first."),
)
"""Each sentence with the tools of which one must be there for it, none for always."""


def instructions(names: Collection[str]) -> str:
    """Return the facts that hold across the tools of these names."""
    return " ".join(
        sentence for needs, sentence in _INSTRUCTIONS if not needs or set(needs) & set(names)
    )


# The same for every caller, and until the process ends.
_UNCHANGING: Final[tuple[CacheableMethod, ...]] = (
    "server/discover",
    "tools/list",
    "prompts/list",
    "resources/list",
    "resources/templates/list",
)


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

    names = available_names(
        read_only=settings.twilio_senders_read_only, only=settings.twilio_senders_tools
    )
    tools = make_tools(client, poll_seconds=_poll_seconds(settings, sandbox=sandbox), names=names)
    for tool in tools:
        tool.notice = SANDBOX_NOTICE if sandbox else ""
        tool.has_docs = "get_docs" in names
    told = instructions(names)
    prompts = make_prompts(names)
    server = MCPServer[None](
        "twilio-senders-mcp",
        title="Twilio senders (sandbox)" if sandbox else "Twilio senders",
        version=__version__,
        instructions=f"{SANDBOX_NOTICE} {told}" if sandbox else told,
        tools=[*tools],
        lifespan=lifespan,
        log_level="WARNING",
        subscriptions=False,
        cache_hints=dict.fromkeys(_UNCHANGING, CacheHint(ttl_ms=3_600_000, scope="public")),
        middleware=[
            refuse_unknown(
                tools=names,
                prompts={
                    prompt.name: [a.name for a in prompt.arguments or () if a.required]
                    for prompt in prompts
                },
                templates=[SENDER_URI, DOCS_URI],
            )
        ],
    )
    for prompt in prompts:
        server.add_prompt(prompt)
    add_sender_resource(server, client)
    add_docs_resource(server)
    _add_completions(server, Directory(client))
    return server


def _add_completions(server: MCPServer[None], directory: Directory) -> None:
    @server.completion()
    async def completion(  # pyright: ignore[reportUnusedFunction] - registered by the decorator
        _: object, argument: CompletionArgument, __: object
    ) -> Completion:
        return await complete(argument, directory)


def _client(settings: Settings, app: "ASGIApp | None") -> SendersClient:
    def credentials() -> Credentials:
        if remedy := settings.missing_credentials():
            raise MissingCredentials(remedy)
        return _credentials(settings)

    return SendersClient(
        credentials,
        base_url=settings.twilio_base_url
        or messaging_url(settings.twilio_region, settings.twilio_edge),
        app=app,
        timeout=settings.twilio_senders_timeout,
        total_timeout=settings.twilio_senders_total_timeout,
    )


def _sandbox_client(settings: Settings) -> SendersClient:
    from .sandbox import ACCOUNT_SID, AUTH_TOKEN, Sandbox  # noqa: PLC0415 - only where it is used

    return SendersClient(
        lambda: Credentials(ACCOUNT_SID, AUTH_TOKEN),
        base_url=messaging_url(),
        app=Sandbox(step_seconds=settings.twilio_senders_sandbox_step),
        timeout=settings.twilio_senders_timeout,
        total_timeout=settings.twilio_senders_total_timeout,
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
