"""Talking MCP with a server that is started for it, as an AI client would."""

import logging
import os
from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

Era = Literal["legacy", "modern"]
"""``legacy``: with the request ``initialize``. ``modern``: with ``server/discover``."""

HANDSHAKE_SECONDS: Final = 15.0
"""How long a server may take to start and respond."""


class Responded(NamedTuple):
    """How a server responded: the number of its tools, and the revision of MCP."""

    tools: int
    revision: str


class HandshakeFailed(Exception):  # noqa: N818 - an outcome, worded for a person
    """The server did not respond as it should; the text says how to a person."""


async def shake_hands(
    command: Sequence[str], environment: Mapping[str, str], era: Era
) -> Responded:
    """Start ``command`` with this environment, and return how it responded.

    A server that knows no ``server/discover`` is asked with ``initialize`` after all.

    Raises:
        HandshakeFailed: if it cannot be started, or does not respond as an MCP server, or not in
            time.

    """
    # What the SDK logs of a server that is no MCP server has its output.
    logging.getLogger("mcp.client").setLevel(logging.CRITICAL)
    program, *arguments = command
    server = StdioServerParameters(command=program, args=arguments, env=dict(environment))
    mode = "legacy" if era == "legacy" else "auto"
    try:
        with (
            open(os.devnull, "w", encoding="utf-8") as silence,  # noqa: PTH123, ASYNC230 - a device
            anyio.move_on_after(HANDSHAKE_SECONDS),
        ):
            async with Client(stdio_client(server, errlog=silence), mode=mode) as client:
                return Responded(len((await client.list_tools()).tools), client.protocol_version)
    except OSError:
        raise HandshakeFailed("it cannot be started") from None
    except Exception:  # noqa: BLE001 - of the SDK, or a group of them; its text is not for a person
        raise HandshakeFailed("it ends, or does not respond as an MCP server") from None
    raise HandshakeFailed(f"it does not respond within {HANDSHAKE_SECONDS:.0f} seconds")
