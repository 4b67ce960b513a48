"""CrewAI: `MCPServerAdapter` of crewai-tools, whose tools are run with keyword arguments."""

import asyncio
from collections.abc import Mapping
from typing import Any

from client_loop import ARGUMENTS, COMMAND, ENVIRONMENT, serve
from crewai_tools import MCPServerAdapter
from mcp import StdioServerParameters


def main() -> None:
    """Connect and serve the runner."""
    parameters = StdioServerParameters(command=COMMAND, args=ARGUMENTS, env=ENVIRONMENT)
    with MCPServerAdapter(parameters) as tools:
        by_name = {tool.name: tool for tool in tools}

        async def call(name: str, arguments: Mapping[str, Any]) -> Any:
            return by_name[name].run(**arguments)

        asyncio.run(serve(call, tools=list(by_name)))


main()
