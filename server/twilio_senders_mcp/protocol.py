"""What the MCP specification asks for and SDK 2.3 leaves open, closed by one middleware.

The specification (2026-07-28) wants the protocol error -32602 for an unknown tool, an unknown
prompt, a prompt's missing argument, and a completion for something unknown. The SDK answers with a
result, with an internal error, or with nothing. The middleware API is provisional in SDK 2.x, so
this stays small.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final, cast

from mcp import MCPError
from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.types import INVALID_PARAMS

_NAME_MAX: Final = 60


def refuse_unknown(
    *, tools: Collection[str], prompts: Mapping[str, Collection[str]], templates: Collection[str]
) -> ServerMiddleware[Any]:
    """Return the middleware that refuses what is not offered.

    ``prompts`` gives the required arguments of each; ``templates`` are resource templates.
    """

    async def middleware(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        params = ctx.params or {}
        match ctx.method:
            case "tools/call":
                _require("tool", params.get("name"), tools)
            case "prompts/get":
                name = params.get("name")
                _require("prompt", name, prompts)
                _require_arguments(prompts[str(name)], params.get("arguments"))
            case "completion/complete":
                given = params.get("ref")
                reference = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
                if reference.get("type") == "ref/prompt":
                    _require("prompt", reference.get("name"), prompts)
                else:
                    _require("resource template", reference.get("uri"), templates)
            case _:
                pass
        return await call_next(ctx)

    return middleware


def _require(kind: str, name: object, known: Collection[str]) -> None:
    if not isinstance(name, str) or name not in known:
        raise MCPError(INVALID_PARAMS, f"Unknown {kind}: {str(name)[:_NAME_MAX]!r}")


def _require_arguments(required: Collection[str], given: object) -> None:
    arguments = cast("dict[str, object]", given) if isinstance(given, dict) else {}
    missing = [name for name in required if not arguments.get(name)]
    if missing:
        raise MCPError(INVALID_PARAMS, f"Missing arguments: {', '.join(missing)}")
