"""LlamaIndex: `McpToolSpec` and its function tools; each call starts its own server."""

import asyncio
from collections.abc import Mapping
from typing import Any

from client_loop import ARGUMENTS, COMMAND, ENVIRONMENT, serve
from llama_index.tools.mcp import BasicMCPClient, McpToolSpec


async def main() -> None:
    """Connect and serve the runner."""
    client = BasicMCPClient(COMMAND, args=ARGUMENTS, env=ENVIRONMENT)
    tools = await McpToolSpec(client).to_tool_list_async()
    by_name = {tool.metadata.get_name(): tool for tool in tools}

    async def call(name: str, arguments: Mapping[str, Any]) -> Any:
        output = await by_name[name].acall(**arguments)
        return output.content

    shown = str(by_name["update_sender"].metadata.get_parameters_dict())
    notes = ["a model is not shown the fields of webhook"] if "callback_url" not in shown else []
    await serve(call, tools=list(by_name), notes=notes)


asyncio.run(main())
