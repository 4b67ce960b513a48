"""AutoGen: `mcp_server_tools`, whose tools are run with the JSON that a model writes."""

import asyncio
from collections.abc import Mapping
from typing import Any

from autogen_core import CancellationToken
from autogen_ext.tools.mcp import (
    StdioServerParams,
    create_mcp_server_session,
    mcp_server_tools,
)
from client_loop import ARGUMENTS, COMMAND, ENVIRONMENT, serve


async def main() -> None:
    """Connect and serve the runner."""
    # Its default limit of 5 seconds for a response is shorter than a wait for Twilio.
    parameters = StdioServerParams(
        command=COMMAND, args=ARGUMENTS, env=ENVIRONMENT, read_timeout_seconds=60
    )
    async with create_mcp_server_session(parameters) as session:
        await session.initialize()
        tools = await mcp_server_tools(parameters, session=session)
        by_name = {tool.name: tool for tool in tools}

        async def call(name: str, arguments: Mapping[str, Any]) -> Any:
            result = await by_name[name].run_json(dict(arguments), CancellationToken())
            return by_name[name].return_value_as_string(result)

        await serve(call, tools=list(by_name))


asyncio.run(main())
