"""The MCP server: the SDK's low-level server with a handler for each method."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import anyio
from mcp.server import CacheHint
from mcp.server.caching import CacheableMethod
from mcp.server.lowlevel import Server
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity

from twilio_senders_mcp import __version__
from twilio_senders_mcp.accounts.accounts import Accounts
from twilio_senders_mcp.changes import Changes
from twilio_senders_mcp.probing.prober import Prober
from twilio_senders_mcp.tools.catalog import instructions
from twilio_senders_mcp.tools.follow_run import FOLLOW_RUN
from twilio_senders_mcp.tools.tool import AnyTool

from .calls import SANDBOX_NOTICE, ToolCalls
from .completions import Completions
from .confirmation import STATE_SECONDS, ConfirmMode
from .directory import Directory
from .jobs import available_jobs
from .prompts import Prompts
from .resources import Resources
from .skills import Skills
from .tasks import TaskHandlers

NAME: Final = "twilio-senders-mcp"

# The results are the same for every caller and do not change while the process runs.
_UNCHANGING: Final[tuple[CacheableMethod, ...]] = (
    "server/discover",
    "tools/list",
    "prompts/list",
    "resources/list",
    "resources/templates/list",
)


def create_mcp_server(
    tools: Sequence[AnyTool],
    accounts: Accounts,
    changes: Changes,
    *,
    poll_seconds: float,
    sandbox: bool,
    confirm: ConfirmMode,
    prober: Prober | None = None,
    read_only: bool = False,
) -> Server[None]:
    """Return a server that offers ``tools`` for ``accounts`` and closes these when it ends.

    ``sandbox`` is true if the embedded Twilio replaces the real one; results then say so.
    ``prober`` and ``read_only`` are those of `ToolCalls`.
    """

    @asynccontextmanager
    async def lifespan(_: Server[None]) -> AsyncGenerator[None]:
        try:
            async with changes.executing():
                yield
        finally:
            # A write in progress may finish even if everything else is cancelled.
            with anyio.CancelScope(shield=True):
                await accounts.aclose()

    calls = ToolCalls(
        tools,
        accounts,
        changes,
        poll_seconds=poll_seconds,
        sandbox=sandbox,
        confirm=confirm,
        prober=prober,
        read_only=read_only,
    )
    names = [tool.name for tool in tools]
    prompts = Prompts(names, several_accounts=accounts.several)
    skills = Skills(available_jobs(names), several_accounts=accounts.several)
    resources = Resources(accounts, skills, changes if FOLLOW_RUN.name in names else None)
    completions = Completions(Directory(accounts), changes, prompts, resources.templates)
    server = Server[None](
        NAME,
        title="Twilio senders (sandbox)" if sandbox else "Twilio senders",
        version=__version__,
        instructions=f"{SANDBOX_NOTICE} {instructions(tools)}" if sandbox else instructions(tools),
        lifespan=lifespan,
        cache_hints=dict.fromkeys(_UNCHANGING, CacheHint(ttl_ms=3_600_000, scope="public")),
        # No tool declares an argument that a client repeats as an HTTP header (`x-mcp-header`).
        # Without this answer the SDK lists all tools on each call over HTTP, to look for one.
        get_tool_input_schema=lambda _: None,
        on_list_tools=calls.list,
        on_call_tool=calls.call,
        on_list_prompts=prompts.list,
        on_get_prompt=prompts.get,
        on_list_resources=resources.list,
        on_list_resource_templates=resources.list_templates,
        on_read_resource=resources.read,
        on_completion=completions.complete,
    )
    skills.register(server)
    if any(tool.deferral for tool in tools):
        notice = SANDBOX_NOTICE if sandbox else ""
        TaskHandlers(calls, changes.tasks, notice=notice).register(server)
    state = RequestStateSecurity.ephemeral(ttl=STATE_SECONDS)
    server.middleware.append(RequestStateBoundary(state, default_audience=NAME))
    return server
