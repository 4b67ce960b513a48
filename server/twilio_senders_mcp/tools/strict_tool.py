"""A tool whose arguments are one strict model and whose every failure takes one road.

The SDK drops unknown top-level arguments, reads texts such as ``"null"`` as JSON, and reports
what is invalid in Pydantic's words with the values repeated. Here the arguments are read once, by
`ArgumentsReader`; a handler gets the model and raises freely; `failure_result` finds the words.
"""

import inspect
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Any, cast

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import FuncMetadata
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field
from typing_extensions import override

from .arguments import ArgumentsReader
from .failure import failure_result
from .schema import Schema, output_schema


class StrictTool(Tool):
    """An MCP tool made by `strict_tool`.

    ``answer`` is the shape of its structured content. ``check`` tells a caller what to do before
    repeating a call whose outcome is unknown. ``notice`` stands before the text of every result,
    empty for none. ``page`` is the page of the reference on it, ``has_docs`` whether a model
    can read the reference here.
    """

    answer: Any = Field(exclude=True, default=dict)
    check: str = Field(exclude=True, default="read the sender (get_sender) before trying again")
    notice: str = Field(exclude=True, default="")
    page: str = Field(exclude=True, default="")
    has_docs: bool = Field(exclude=True, default=True)

    @cached_property
    @override
    def output_schema(self) -> Schema:
        # Made when the tools are first listed, not at the start. The SDK knows of no model behind
        # it, so answers pass unchanged.
        return output_schema(self.answer)

    @override
    async def run(
        self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False
    ) -> Any:
        try:
            result = await super().run(arguments, context, convert_result)
        except ToolError as error:
            result = failure_result(
                error.__cause__ or error,
                check=self.check,
                page=self.page,
                has_docs=self.has_docs,
            )
        if self.notice and isinstance(result, CallToolResult):
            first = cast("TextContent", result.content[0])
            first.text = f"{self.notice} {first.text}"
        return result


class _StrictMetadata(FuncMetadata):
    """Hands the arguments to the handler as one model, under the parameter name ``arguments``."""

    reader: ArgumentsReader[Any]

    @override
    def validate_arguments(self, arguments_to_validate: dict[str, Any]) -> dict[str, Any]:
        return {"arguments": self.reader.read(arguments_to_validate)}


def strict_tool(
    handler: Callable[..., Awaitable[CallToolResult]],
    *,
    arguments: type[BaseModel],
    answer: type[Any],
    title: str,
    annotations: ToolAnnotations,
    check: str | None = None,
    page: str = "",
) -> StrictTool:
    """Return the tool that calls ``handler``, named and described by its name and docstring.

    ``handler`` takes ``arguments``, an instance of that model, and answers with a complete result
    whose structured content has the shape of ``answer``, a ``TypedDict``. What else it takes the
    SDK provides: a ``Context``, and parameters marked with ``Resolve``.
    """
    tool = cast(
        "StrictTool",
        StrictTool.from_function(
            handler,
            title=title,
            description=inspect.getdoc(handler),
            annotations=annotations,
            structured_output=False,
        ),
    )
    reader = ArgumentsReader(arguments)
    tool.parameters = reader.schema
    tool.fn_metadata = _StrictMetadata(arg_model=tool.fn_metadata.arg_model, reader=reader)
    tool.answer = answer
    tool.page = page
    if check is not None:
        tool.check = check
    return tool
