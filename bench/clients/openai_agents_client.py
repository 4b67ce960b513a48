"""OpenAI Agents SDK: the server's own `call_tool`, or function tools in strict mode.

``direct`` calls `MCPServerStdio.call_tool`. ``strict`` lets `MCPUtil` create function tools with
``convert_schemas_to_strict`` and invokes them with the JSON that a model in strict mode writes:
it contains every property, with null for those that the model would omit.
"""

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from agents import Agent, RunContextWrapper
from agents.mcp import MCPServerStdio, MCPUtil
from agents.tool_context import ToolContext
from client_loop import ARGUMENTS, COMMAND, ENVIRONMENT, serve

Schema = Mapping[str, Any]


async def main(way: str) -> None:
    """Connect and serve the runner in one of the two ways."""
    parameters = {"command": COMMAND, "args": ARGUMENTS, "env": ENVIRONMENT}
    # Its default limit of 5 seconds for a response is shorter than a wait for Twilio.
    async with MCPServerStdio(parameters, client_session_timeout_seconds=60) as server:
        await (serve_direct if way == "direct" else serve_strict)(server)


async def serve_direct(server: MCPServerStdio) -> None:
    """Serve the runner through the server object."""

    async def call(name: str, arguments: Mapping[str, Any]) -> Any:
        return await server.call_tool(name, dict(arguments))

    await serve(call, tools=[tool.name for tool in await server.list_tools()])


async def serve_strict(server: MCPServerStdio) -> None:
    """Serve the runner through function tools whose schemas were converted to strict mode."""
    tools = await MCPUtil.get_function_tools(
        server,
        convert_schemas_to_strict=True,
        run_context=RunContextWrapper(None),
        agent=Agent(name="bench"),
    )
    by_name = {tool.name: tool for tool in tools}

    async def call(name: str, arguments: Mapping[str, Any]) -> Any:
        tool = by_name[name]
        text = json.dumps(_completed(tool.params_json_schema, arguments))
        context = ToolContext(None, tool_name=name, tool_call_id="call", tool_arguments=text)
        return await tool.on_invoke_tool(context, text)

    forced = [
        f"strict mode makes a model invent a value for {name}: {', '.join(paths)}"
        for name, tool in by_name.items()
        if (
            paths := list(
                _forced_properties(tool.params_json_schema, frozenset(_required(server, name)))
            )
        )
    ]
    await serve(
        call,
        tools=list(by_name),
        problems={tool.name: "not strict" for tool in tools if not tool.strict_json_schema},
        notes=forced,
    )


def _required(server: MCPServerStdio, name: str) -> list[str]:
    """Return the arguments that the server itself requires."""
    tool = next(tool for tool in server.cached_tools or [] if tool.name == name)
    return tool.input_schema.get("required", [])


def _completed(schema: Schema, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``given`` with every missing property of ``schema`` added; unknown keys are kept."""
    properties = _object_schema(schema).get("properties", {})
    return {**given, **{name: _value(part, given.get(name)) for name, part in properties.items()}}


def _value(schema: Schema, given: Any) -> Any:
    """Return a property's value: null if it is not given, or a complete section if null is invalid.

    A section is an object whose schema allows no null; a model has to write it, and writes null
    for each of its own properties.
    """
    if isinstance(given, dict) or (given is None and schema.get("type") == "object"):
        return _completed(schema, given or {})
    return given


def _forced_properties(
    schema: Schema, required: frozenset[str] = frozenset(), path: str = ""
) -> Iterator[str]:
    """Yield the paths of optional properties that cannot be null in strict mode."""
    for name, part in _object_schema(schema).get("properties", {}).items():
        here = f"{path}{name}"
        if part.get("type") == "object":
            yield from _forced_properties(part, path=f"{here}.")
        elif name not in required and not _allows_null(part):
            yield here


def _allows_null(schema: Schema) -> bool:
    kinds = schema.get("type", [])
    return (
        kinds == "null"
        or (isinstance(kinds, list) and "null" in kinds)
        or None in schema.get("enum", [])
        or any(_allows_null(option) for option in schema.get("anyOf", []))
    )


def _object_schema(schema: Schema) -> Schema:
    """Return the schema itself or its ``anyOf`` option that is an object, or an empty schema."""
    options = [schema, *schema.get("anyOf", [])]
    return next((option for option in options if option.get("type") == "object"), {})


asyncio.run(main(sys.argv[1]))
