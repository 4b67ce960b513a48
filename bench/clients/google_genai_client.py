"""google-genai: an MCP session as one of the tools of automatic function calling.

The library has no public way to run its function calling without a model. The two functions used
here are the ones that `generate_content` calls before and after the model.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from client_loop import ARGUMENTS, COMMAND, ENVIRONMENT, serve
from google.genai import _extra_utils as function_calling
from google.genai import types
from google.genai._adapters import McpToGenAiToolAdapter
from google.genai._mcp_utils import mcp_to_gemini_tool
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main() -> None:
    """Connect and serve the runner."""
    parameters = StdioServerParameters(command=COMMAND, args=ARGUMENTS, env=ENVIRONMENT)
    async with stdio_client(parameters) as streams, ClientSession(*streams) as session:
        await session.initialize()
        listed = await session.list_tools()
        converted, problems = _convert(listed.tools)
        adapter = McpToGenAiToolAdapter(session, listed)

        async def call(name: str, arguments: Mapping[str, Any]) -> Any:
            parts = await function_calling.get_function_response_parts_async(
                _model_response(name, arguments), {name: adapter}
            )
            return parts[0].function_response.response

        await serve(call, tools=converted, problems=problems)


def _convert(tools: list[Any]) -> tuple[list[str], dict[str, str]]:
    """Convert each tool for Gemini; return the converted names, and the reasons for the others."""
    converted: list[str] = []
    problems: dict[str, str] = {}
    for tool in tools:
        try:
            mcp_to_gemini_tool(tool)
        except Exception as error:  # noqa: BLE001 - any failure means that Gemini gets no tool
            problems[tool.name] = f"{type(error).__name__}: {error}"
        else:
            converted.append(tool.name)
    return converted, problems


def _model_response(name: str, arguments: Mapping[str, Any]) -> types.GenerateContentResponse:
    part = types.Part.from_function_call(name=name, args=dict(arguments))
    content = types.Content(role="model", parts=[part])
    return types.GenerateContentResponse(candidates=[types.Candidate(content=content)])


asyncio.run(main())
