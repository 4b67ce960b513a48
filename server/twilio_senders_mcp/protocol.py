"""What the MCP specification asks for and SDK 2.3 leaves open, closed by one middleware.

The SDK answers a call of an unknown tool with a result; the specification (2026-07-28, tools)
wants the protocol error -32602. The middleware API is provisional in SDK 2.x, so this stays small.
"""

from typing import Any

from mcp import MCPError
from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.types import INVALID_PARAMS

_NAME_MAX = 60


def refuse_unknown_tools(names: frozenset[str]) -> ServerMiddleware[Any]:
    """Return the middleware that refuses to call a tool whose name is not in ``names``."""

    async def middleware(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        if ctx.method == "tools/call":
            name = (ctx.params or {}).get("name")
            if isinstance(name, str) and name not in names:
                raise MCPError(INVALID_PARAMS, f"Unknown tool: {name[:_NAME_MAX]!r}")
        return await call_next(ctx)

    return middleware
