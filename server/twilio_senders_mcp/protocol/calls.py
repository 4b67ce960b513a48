"""`tools/list` and `tools/call`: one way in and one way out for every tool."""

from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any, Final, cast

from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    InputRequiredResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    ToolAnnotations,
)
from mcp.types import Tool as ToolDefinition
from pydantic import BaseModel

from twilio_senders_mcp.tools.failure import describe_failure
from twilio_senders_mcp.tools.json_text import to_json, without_nulls
from twilio_senders_mcp.tools.tool import AnyTool, Call, Effect, Result
from twilio_senders_mcp.twilio.client import SendersClient

from .arguments import ArgumentsReader
from .confirmation import AnswerNeeded, Confirmation, UsedAnswers
from .schemas import output_schema

REQUEST_ID_META: Final = "twilio-senders-mcp/request_id"
"""The key of ``_meta`` under which Twilio's id of the request travels."""

ERROR_META: Final = "twilio-senders-mcp/error"
"""The key of ``_meta`` under which a failure's facts travel.

They never stand in ``structuredContent``: clients built on the TypeScript SDK check that against
the output schema even for an error, and drop the whole result.
"""

_NAME_MAX: Final = 60
_ANNOTATIONS: Final[dict[Effect, ToolAnnotations]] = {
    "looks_up": ToolAnnotations(read_only_hint=True, open_world_hint=False),
    "reads": ToolAnnotations(read_only_hint=True, open_world_hint=True),
    "creates": ToolAnnotations(
        read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=True
    ),
    "changes": ToolAnnotations(
        read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=True
    ),
    "destroys": ToolAnnotations(
        read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=True
    ),
}

Context = ServerRequestContext[Any, Any]


class ToolCalls:
    """Answers `tools/list` and `tools/call` for some tools.

    ``notice`` stands before the text of every result, empty for none.
    """

    def __init__(
        self,
        tools: Sequence[AnyTool],
        twilio: SendersClient,
        *,
        poll_seconds: float,
        notice: str = "",
    ) -> None:
        self._tools = {tool.name: _ServedTool(tool) for tool in tools}
        self._twilio = twilio
        self._poll_seconds = poll_seconds
        self._notice = notice
        self._has_docs = "get_docs" in self._tools
        self._used_answers = UsedAnswers()

    async def list(self, _: Context, __: PaginatedRequestParams | None) -> ListToolsResult:
        """Return the definitions of the tools."""
        return ListToolsResult(tools=[served.definition for served in self._tools.values()])

    async def call(
        self, context: Context, params: CallToolRequestParams
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool and return its result, or the result that reports its failure.

        Raises:
            MCPError: -32602 for an unknown tool.

        """
        served = self._tools.get(params.name)
        if served is None:
            raise MCPError(INVALID_PARAMS, f"Unknown tool: {params.name[:_NAME_MAX]!r}")
        confirmation = Confirmation(context, params, self._used_answers)
        call = Call(
            twilio=self._twilio,
            asks=confirmation.can_ask,
            confirm=confirmation.confirm,
            progress=partial(_report_progress, context),
            poll_seconds=self._poll_seconds,
        )
        try:
            arguments = served.reader.read(params.arguments or {})
            return self._success(await served.tool.run(call, arguments))
        except AnswerNeeded as needed:
            return needed.result
        except Exception as error:  # noqa: BLE001 - the one funnel: every failure is worded there
            return self._failure(error, served.tool)

    def _success(self, result: Result) -> CallToolResult:
        shown = result.text or to_json(without_nulls(result.content))
        return CallToolResult(
            content=[self._text("\n".join(part for part in (result.summary, shown) if part))],
            structured_content=result.content,
            _meta={REQUEST_ID_META: result.request_id} if result.request_id else None,
        )

    def _failure(self, error: Exception, tool: AnyTool) -> CallToolResult:
        failure = describe_failure(error, check=tool.check, page=tool.page, has_docs=self._has_docs)
        return CallToolResult(
            is_error=True,
            content=[
                self._text(failure.text),
                TextContent(type="text", text=to_json(failure.facts)),
            ],
            _meta={ERROR_META: failure.facts},
        )

    def _text(self, text: str) -> TextContent:
        return TextContent(type="text", text=f"{self._notice} {text}" if self._notice else text)


class _ServedTool:
    """A tool with what is made of it when it is first needed, so that the start pays nothing."""

    def __init__(self, tool: AnyTool) -> None:
        self.tool = tool

    @cached_property
    def reader(self) -> ArgumentsReader[BaseModel]:
        return ArgumentsReader(cast("type[BaseModel]", self.tool.arguments))

    @cached_property
    def definition(self) -> ToolDefinition:
        return ToolDefinition(
            name=self.tool.name,
            title=self.tool.title,
            description=self.tool.description,
            input_schema=self.reader.schema,
            output_schema=output_schema(self.tool.result),
            annotations=_ANNOTATIONS[self.tool.effect],
        )


async def _report_progress(context: Context, done: float, total: float, message: str) -> None:
    await context.session.report_progress(done, total, message)
