"""What all extensions of the protocol have in common."""

from typing import Any, Final

from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.types import METHOD_NOT_FOUND

FIRST_REVISION: Final = "2026-07-28"
"""The first revision of the protocol with extensions."""


def require_extensions(context: ServerRequestContext[Any, Any]) -> None:
    """Return if the connection's revision of the protocol has extensions.

    Raises:
        MCPError: -32601, as for a method that does not exist.

    """
    if context.protocol_version < FIRST_REVISION:
        raise MCPError(METHOD_NOT_FOUND, "Method not found")
