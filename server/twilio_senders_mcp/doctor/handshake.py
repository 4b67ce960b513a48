"""Talking MCP with a server that is started for it, as an AI client would."""

import logging
import os
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

Era = Literal["legacy", "modern"]
"""``legacy``: with the request ``initialize``. ``modern``: with ``server/discover``."""

HANDSHAKE_SECONDS: Final = 20.0
MODERN_REVISION: Final = "2026-07-28"


class HandshakeFailed(Exception):  # noqa: N818 - an outcome, worded for a person
    """The server did not respond as it should; the text says how to a person."""


async def count_tools(command: Sequence[str], environment: Mapping[str, str], era: Era) -> int:
    """Start ``command`` with this environment, shake hands, and return how many tools it has.

    Raises:
        HandshakeFailed: if it cannot be started, or does not respond as an MCP server.

    """
    # What the SDK logs of a server that is no MCP server has its output.
    logging.getLogger("mcp").setLevel(logging.CRITICAL)
    program, *arguments = command
    server = StdioServerParameters(command=program, args=arguments, env=dict(environment))
    tools, revision = 0, ""
    try:
        with open(os.devnull, "w", encoding="utf-8") as silence:  # noqa: PTH123, ASYNC230 - a device
            mode = "legacy" if era == "legacy" else "auto"
            async with Client(stdio_client(server, errlog=silence), mode=mode) as client:
                tools, revision = len((await client.list_tools()).tools), client.protocol_version
    except OSError:
        raise HandshakeFailed("it cannot be started") from None
    except Exception:  # noqa: BLE001 - of the SDK, or a group of them; its text is not for a person
        raise HandshakeFailed("it ends, or does not respond as an MCP server") from None
    if era == "modern" and revision != MODERN_REVISION:
        raise HandshakeFailed(f"it does not speak the revision {MODERN_REVISION}")
    return tools


async def shake_hands(command: Sequence[str], environment: Mapping[str, str], era: Era) -> int:
    """Do as `count_tools`, within a time limit.

    Raises:
        HandshakeFailed: as there, or if it takes too long.

    """
    with anyio.move_on_after(HANDSHAKE_SECONDS):
        return await count_tools(command, environment, era)
    raise HandshakeFailed(f"it does not respond within {HANDSHAKE_SECONDS:.0f} seconds")
