"""The official Python SDK, 1.x: `ClientSession` with an elicitation callback."""

import asyncio
from collections.abc import Mapping
from typing import Any

from client_loop import ARGUMENTS, COMMAND, CONFIRMATION, ENVIRONMENT, serve
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult, ElicitResult


async def main() -> None:
    """Connect and serve the runner."""
    parameters = StdioServerParameters(command=COMMAND, args=ARGUMENTS, env=ENVIRONMENT)
    async with (
        stdio_client(parameters) as streams,
        ClientSession(*streams, elicitation_callback=accept) as session,
    ):
        await session.initialize()
        tools = (await session.list_tools()).tools

        async def call(name: str, arguments: Mapping[str, Any]) -> CallToolResult:
            return await session.call_tool(name, dict(arguments))

        await serve(call, tools=[tool.name for tool in tools])


async def accept(_: object, __: object) -> ElicitResult:
    """Fill in the form as a person would."""
    return ElicitResult(action="accept", content=dict(CONFIRMATION))


asyncio.run(main())
