"""fastmcp: its `Client` over `StdioTransport`, with an elicitation handler."""

import asyncio
from collections.abc import Mapping
from typing import Any

from client_loop import ARGUMENTS, COMMAND, CONFIRMATION, ENVIRONMENT, serve
from fastmcp import Client
from fastmcp.client.transports import StdioTransport


async def main() -> None:
    """Connect and serve the runner."""
    transport = StdioTransport(COMMAND, ARGUMENTS, env=ENVIRONMENT)
    async with Client(transport, elicitation_handler=accept) as client:
        tools = await client.list_tools()

        async def call(name: str, arguments: Mapping[str, Any]) -> Any:
            result = await client.call_tool(name, dict(arguments))
            return {"content": result.content, "structured_content": result.structured_content}

        await serve(call, tools=[tool.name for tool in tools])


async def accept(*_: object) -> dict[str, str]:
    """Fill in the form as a person would."""
    return CONFIRMATION


asyncio.run(main())
