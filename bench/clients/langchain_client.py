"""LangChain: `langchain-mcp-adapters`, whose tools are called as an agent calls them."""

import asyncio
from collections.abc import Mapping
from typing import Any

from client_loop import ARGUMENTS, COMMAND, CONFIRMATION, ENVIRONMENT, serve
from langchain_mcp_adapters.callbacks import Callbacks
from langchain_mcp_adapters.client import MultiServerMCPClient
from langchain_mcp_adapters.tools import load_mcp_tools
from mcp.types import ElicitResult


async def main() -> None:
    """Connect and serve the runner."""
    client = MultiServerMCPClient(
        {
            "twilio": {
                "transport": "stdio",
                "command": COMMAND,
                "args": ARGUMENTS,
                "env": ENVIRONMENT,
            }
        },
        callbacks=Callbacks(on_elicitation=accept),
    )
    async with client.session("twilio") as session:
        by_name = {tool.name: tool for tool in await load_mcp_tools(session)}

        async def call(name: str, arguments: Mapping[str, Any]) -> Any:
            request = {"type": "tool_call", "id": "call", "name": name, "args": dict(arguments)}
            message = await by_name[name].ainvoke(request)
            return message.content

        await serve(call, tools=list(by_name))


async def accept(*_: object) -> ElicitResult:
    """Fill in the form as a person would."""
    return ElicitResult(action="accept", content=dict(CONFIRMATION))


asyncio.run(main())
