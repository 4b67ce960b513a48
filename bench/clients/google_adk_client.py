"""Google ADK: `McpToolset`, its tools' declarations for Gemini, and `run_async`."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

from client_loop import ARGUMENTS, COMMAND, ENVIRONMENT, serve
from google.adk.tools.mcp_tool import McpToolset, StdioConnectionParams
from google.adk.tools.tool_context import ToolContext
from mcp import StdioServerParameters

# A tool without credentials or confirmation never uses its context.
NO_CONTEXT = cast("ToolContext", None)


async def main() -> None:
    """Connect and serve the runner."""
    parameters = StdioServerParameters(command=COMMAND, args=ARGUMENTS, env=ENVIRONMENT)
    # Its default limit of 5 seconds for a response is shorter than a wait for Twilio.
    connection = StdioConnectionParams(server_params=parameters, timeout=60)
    toolset = McpToolset(connection_params=connection)
    try:
        by_name = {tool.name: tool for tool in await toolset.get_tools()}
        converted: list[str] = []
        problems: dict[str, str] = {}
        for name, tool in by_name.items():
            try:
                tool._get_declaration()  # noqa: SLF001 - what ADK puts into a request to Gemini
            except Exception as error:  # noqa: BLE001 - any failure means that Gemini gets no tool
                problems[name] = f"{type(error).__name__}: {error}"
            else:
                converted.append(name)

        async def call(name: str, arguments: Mapping[str, Any]) -> Any:
            return await by_name[name].run_async(args=dict(arguments), tool_context=NO_CONTEXT)

        await serve(call, tools=converted, problems=problems)
    finally:
        await toolset.close()


asyncio.run(main())
