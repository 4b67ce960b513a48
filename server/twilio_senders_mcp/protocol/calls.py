"""The handlers of `tools/list` and `tools/call`."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property, partial
from typing import Any, Final, TypeVar, cast

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

from twilio_senders_mcp.accounts.account import Account
from twilio_senders_mcp.accounts.accounts import Accounts
from twilio_senders_mcp.accounts.errors import ReadOnlyAccount
from twilio_senders_mcp.changes import Changes
from twilio_senders_mcp.probing.prober import Prober
from twilio_senders_mcp.tools.account_argument import ALL_ACCOUNTS, account_of
from twilio_senders_mcp.tools.catalog import ALL_TOOL_NAMES
from twilio_senders_mcp.tools.errors import InvalidArguments, Issue
from twilio_senders_mcp.tools.failure import describe_failure
from twilio_senders_mcp.tools.json_text import to_json, without_nulls
from twilio_senders_mcp.tools.outside_text import quoted
from twilio_senders_mcp.tools.tool import AnyTool, Call, Effect, Result

from .arguments import ArgumentsReader
from .confirmation import AnsweredQuestions, AnswerNeeded, Confirmation, ConfirmMode
from .schemas import input_schema, output_schema

REQUEST_ID_META: Final = "twilio-senders-mcp/request_id"
"""The key of Twilio's request id in ``_meta``."""

ERROR_META: Final = "twilio-senders-mcp/error"
"""The key of a failure's facts in ``_meta``.

They are never put into ``structuredContent``, because clients built on the TypeScript SDK validate
that against the output schema even for an error and reject the whole result.
"""

SANDBOX_NOTICE: Final = "[Sandbox: nothing real happens.]"
"""The prefix of the text of a result that is not about real senders."""

_CHECK_IN_CONSOLE: Final = "check the sender in the Twilio Console before trying again"
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
OtherT = TypeVar("OtherT")
logger = logging.getLogger(__name__)


class ToolCalls:
    """Handles `tools/list` and `tools/call` for the given tools.

    ``sandbox`` is true if the embedded Twilio replaces the real one; results then say so.
    ``prober`` opens addresses; without one, no address is opened. ``read_only`` is true if nothing
    may be sent that has an effect.
    """

    def __init__(
        self,
        tools: Sequence[AnyTool],
        accounts: Accounts,
        changes: Changes,
        *,
        poll_seconds: float,
        sandbox: bool,
        confirm: ConfirmMode,
        prober: Prober | None = None,
        read_only: bool = False,
    ) -> None:
        self._tools = {tool.name: _ServedTool(tool) for tool in tools}
        self._accounts = accounts
        self._changes = changes
        self._poll_seconds = poll_seconds
        self._sandbox = sandbox
        self._prober = prober
        self._read_only = read_only
        self._confirm: ConfirmMode = confirm
        self._answered = AnsweredQuestions()

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
        tool = self.tool(params.name)
        return await self.attempt(context, params, tool.run)

    def tool(self, name: str) -> AnyTool:
        """Return the tool that is offered under ``name``.

        Raises:
            MCPError: -32602 for an unknown tool.

        """
        served = self._tools.get(name)
        if served is None:
            raise MCPError(INVALID_PARAMS, f"Unknown tool: {name[:_NAME_MAX]!r}")
        return served.tool

    async def attempt(
        self,
        context: Context,
        params: CallToolRequestParams,
        work: Callable[[Call, Any], Awaitable[Result | OtherT]],
    ) -> CallToolResult | InputRequiredResult | OtherT:
        """Read the arguments of a known tool and do ``work`` with them.

        Returns the tool's result, the result that reports its failure, the question that must be
        answered first, or whatever else ``work`` returned.
        """
        served = self._tools[params.name]
        account = ""
        try:
            read = served.reader.read(params.arguments or {})
            chosen = await self._chosen_account(served.tool, read.model)
            account = chosen.name if chosen and self._accounts.several else ""
            used = chosen or self._accounts.default
            _require_writable(served.tool, used)
            confirmation = self._confirmation(context, params, used)
            call = Call(
                twilio=used.senders,
                asks=confirmation.asks,
                confirm=confirmation.confirm,
                progress=partial(_report_progress, context),
                poll_seconds=self._poll_seconds,
                nulls=read.nulls,
                accounts=self._accounts,
                changes=self._changes,
                account=account,
                offered=self._tools,
                prober=self._prober,
                sandbox=self._sandbox,
                read_only=self._read_only,
            )
            done = await work(call, read.model)
            return self._success(done, served.tool, account) if isinstance(done, Result) else done
        except AnswerNeeded as needed:
            return needed.result
        except Exception as error:  # noqa: BLE001 - every failure becomes a result in one place
            return self._failure(error, served.tool, account)

    async def _chosen_account(self, tool: AnyTool, arguments: BaseModel) -> Account | None:
        """Return the account that a call is about, None if it is about all or none of them.

        Raises:
            UnknownAccount: if the arguments name an account that does not exist.
            InvalidArguments: if they name all accounts for a tool that takes one.

        """
        if tool.accounts == "none":
            return None
        name = account_of(arguments)
        if name == ALL_ACCOUNTS:
            if tool.accounts == "all":
                return None
            raise InvalidArguments([Issue("account", "expected the name of one account")], 1)
        return await self._accounts.find(name) if name else self._accounts.default

    def _confirmation(
        self, context: Context, params: CallToolRequestParams, account: Account
    ) -> Confirmation:
        notices = [SANDBOX_NOTICE] if self._sandbox else []
        if self._accounts.several:
            notices.append(f"Account {quoted(account.name)} ({account.sid}):")
        return Confirmation(
            context, params, self._answered, self._confirm, notice=" ".join(notices)
        )

    def _success(self, result: Result, tool: AnyTool, account: str) -> CallToolResult:
        logger.debug("%s succeeded", tool.name)
        # The current mode may not offer the tool that the next step needs.
        following = result.next if self._has_tools_of(result.next) else ""
        content = cast("dict[str, Any]", without_nulls(result.content))
        sentence = f"{result.summary} Next: {following}" if following else result.summary
        if account:
            sentence = f"Account {quoted(account)}: {sentence}"
        return CallToolResult(
            content=[self._text(f"{sentence}\n{result.text or to_json(content)}", tool)],
            structured_content={
                "summary": result.summary,
                **({"next": following} if following else {}),
                **({"sandbox": True} if self._is_sandboxed(tool) else {}),
                # A list names the account of each of its entries instead.
                **({"account": account} if account and tool.accounts == "one" else {}),
                **content,
            },
            _meta={REQUEST_ID_META: result.request_id} if result.request_id else None,
        )

    def _failure(self, error: Exception, tool: AnyTool, account: str) -> CallToolResult:
        failure = describe_failure(
            error,
            check=self._check(tool) if tool.writes else None,
            page=tool.page,
            offered=self._tools,
            account=account,
        )
        logger.debug("%s failed: %s", tool.name, failure.facts["type"])
        return CallToolResult(
            is_error=True,
            content=[self._text(failure.text, tool)],
            _meta={ERROR_META: failure.facts},
        )

    def _check(self, tool: AnyTool) -> str:
        """Return the advice for an unknown outcome, by the tools that are offered."""
        return tool.check if self._has_tools_of(tool.check) else _CHECK_IN_CONSOLE

    def _has_tools_of(self, text: str) -> bool:
        """Tell whether every tool that ``text`` names is offered."""
        return not [name for name in ALL_TOOL_NAMES if name in text and name not in self._tools]

    def _text(self, text: str, tool: AnyTool) -> TextContent:
        shown = f"{SANDBOX_NOTICE} {text}" if self._is_sandboxed(tool) else text
        return TextContent(type="text", text=shown)

    def _is_sandboxed(self, tool: AnyTool) -> bool:
        """Tell whether the tool's result is about the sandbox's senders."""
        return self._sandbox and tool.effect != "looks_up"


class _ServedTool:
    """A tool with its reader and definition, built on first use so that startup is fast."""

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
            input_schema=input_schema(self.tool.arguments),
            output_schema=output_schema(self.tool.result),
            annotations=_ANNOTATIONS[self.tool.effect],
        )


def _require_writable(tool: AnyTool, account: Account) -> None:
    if tool.writes and account.read_only:
        raise ReadOnlyAccount


async def _report_progress(context: Context, done: float, total: float, message: str) -> None:
    await context.session.report_progress(done, total, message)
