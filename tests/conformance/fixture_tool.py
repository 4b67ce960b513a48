"""The type of the tools that the conformance suite calls by name."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ContentBlock,
    InputRequiredResult,
    TextContent,
    Tool,
)

Context = ServerRequestContext[Any, Any]
ToolResult = CallToolResult | InputRequiredResult


@dataclass(frozen=True)
class FixtureTool:
    """A tool of the suite: what `tools/list` shows, and what a call returns."""

    name: str
    description: str
    run: Callable[[Context, CallToolRequestParams], Awaitable[ToolResult]]
    properties: Mapping[str, Any] = field(default_factory=dict[str, Any])
    keywords: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What else stands at the root of the input schema."""

    @property
    def input_schema(self) -> dict[str, Any]:
        """A schema that requires every property."""
        return {
            "type": "object",
            "properties": dict(self.properties),
            **({"required": list(self.properties)} if self.properties else {}),
            "additionalProperties": False,
            **self.keywords,
        }

    @property
    def definition(self) -> Tool:
        """The tool as `tools/list` shows it."""
        return Tool(name=self.name, description=self.description, input_schema=self.input_schema)


def text_result(text: str) -> CallToolResult:
    return content_result(TextContent(type="text", text=text))


def content_result(*blocks: ContentBlock) -> CallToolResult:
    return CallToolResult(content=list(blocks))
