"""Semantic Kernel: `MCPStdioPlugin`, whose functions are invoked like a model's function calls."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from client_loop import ARGUMENTS, COMMAND, ENVIRONMENT, serve
from semantic_kernel import Kernel
from semantic_kernel.connectors.mcp import MCPStdioPlugin
from semantic_kernel.contents import ChatHistory, FunctionCallContent


async def main() -> None:
    """Connect and serve the runner."""
    async with MCPStdioPlugin("twilio", COMMAND, args=ARGUMENTS, env=ENVIRONMENT) as plugin:
        kernel = Kernel()
        functions = kernel.add_plugin(plugin).functions

        async def call(name: str, arguments: Mapping[str, Any]) -> Any:
            history = ChatHistory()
            request = FunctionCallContent(
                id="call", name=f"twilio-{name}", arguments=json.dumps(arguments)
            )
            await kernel.invoke_function_call(request, history)
            return str(history.messages[-1].items[0].result)

        await serve(call, tools=list(functions))


asyncio.run(main())
