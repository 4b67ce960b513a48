"""Pydantic AI: `MCPToolset`, as an agent uses it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from client_loop import ARGUMENTS, COMMAND, ENVIRONMENT, serve
from fastmcp.client.transports import StdioTransport
from pydantic_ai import RunContext, RunUsage
from pydantic_ai.mcp import MCPToolset
from pydantic_ai.models.test import TestModel


async def main() -> None:
    """Connect and serve the runner."""
    context = RunContext(deps=None, model=TestModel(), usage=RunUsage())
    async with MCPToolset(StdioTransport(COMMAND, ARGUMENTS, env=ENVIRONMENT)) as toolset:
        tools = await toolset.get_tools(context)

        async def call(name: str, arguments: Mapping[str, Any]) -> Any:
            return await toolset.call_tool(name, dict(arguments), context, tools[name])

        await serve(call, tools=list(tools))


asyncio.run(main())
