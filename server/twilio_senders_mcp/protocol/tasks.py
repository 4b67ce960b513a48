"""The extension `io.modelcontextprotocol/tasks`: calls whose result the client asks for later.

A call that would wait becomes a durable task, for clients that declare the extension on the call.
It is looked at whenever the client asks for it, by whichever server on the same state is asked. See
the specification in modelcontextprotocol/ext-tasks and `twilio_senders_mcp.changes.tasks`.
"""

import math
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.inbound import MCP_NAME_HEADER, decode_header_value
from mcp.types import (
    HEADER_MISMATCH,
    INTERNAL_ERROR,
    INVALID_PARAMS,
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    CallToolRequestParams,
    CallToolResult,
    ClientCapabilities,
    ElicitResult,
    InputRequiredResult,
    MissingRequiredClientCapabilityErrorData,
    RequestParams,
    TextContent,
)
from pydantic import ValidationError

from twilio_senders_mcp.changes import Task, Tasks, TaskWait
from twilio_senders_mcp.changes.errors import ChangesError, StateUnavailable, UnknownTask
from twilio_senders_mcp.tools.failure import describe_failure
from twilio_senders_mcp.tools.tool import Call, Deferral, Deferred, Result, Waiting

from .calls import ToolCalls
from .confirmation import CONFIRM_KEY, question_form
from .extensions import FIRST_REVISION, require_extensions

EXTENSION: Final = "io.modelcontextprotocol/tasks"
Context = ServerRequestContext[Any, Any]


class TaskParams(RequestParams):
    """The parameters of `tasks/get` and `tasks/cancel`."""

    task_id: str


class UpdateTaskParams(TaskParams):
    """The parameters of `tasks/update`."""

    input_responses: dict[str, Any]


class TaskHandlers:
    """Handles `tools/call` where a call can become a task, and the extension's methods."""

    def __init__(self, calls: ToolCalls, tasks: Tasks, *, notice: str = "") -> None:
        """``notice`` stands before each question."""
        self._calls = calls
        self._tasks = tasks
        self._notice = notice

    def register(self, server: Server[Any]) -> None:
        """Let ``server`` offer the extension, and pass its calls of tools here."""
        server.extensions[EXTENSION] = {}
        server.add_request_handler("tools/call", CallToolRequestParams, self.call)
        server.add_request_handler("tasks/get", TaskParams, self.get)
        server.add_request_handler("tasks/update", UpdateTaskParams, self.update)
        server.add_request_handler("tasks/cancel", TaskParams, self.cancel)

    async def call(
        self, context: Context, params: CallToolRequestParams
    ) -> CallToolResult | InputRequiredResult | dict[str, Any]:
        """Call a tool; return its result, or a task if it would wait and the client takes tasks.

        Raises:
            MCPError: -32602 for an unknown tool.

        """
        deferral = self._calls.tool(params.name).deferral
        if deferral is None or not takes_tasks(context):
            return await self._calls.call(context, params)
        begun = await self._calls.attempt(context, params, deferral.begin)
        if not isinstance(begun, Waiting):
            return begun
        try:
            task = await self._tasks.create(
                params.name, params.arguments or {}, self._recorded(begun)
            )
        except StateUnavailable:
            # Without state there is no task, but the call itself may need none.
            return await self._calls.call(context, params)
        return {"resultType": "task", **_handle(task)}

    async def get(self, context: Context, params: TaskParams) -> dict[str, Any]:
        """Return a task, having looked at what it waits for if it is time.

        Raises:
            MCPError: -32602 for an unknown task; -32021 if the client does not take tasks; -32603
                if the state cannot be used.

        """
        task = await self._find(context, params)
        if task.state == "working":
            with _state_failures():
                await self._look(context, task)
            task = await self._find(context, params)
        return _detailed(task)

    async def update(self, context: Context, params: UpdateTaskParams) -> dict[str, Any]:
        """Record a person's answers to a task's questions; what is no answer is ignored.

        Raises:
            MCPError: as for `get`.

        """
        task = await self._find(context, params)
        given = {key: _agreed(response) for key, response in params.input_responses.items()}
        with _state_failures():
            await self._tasks.answer(
                task, {key: agreed for key, agreed in given.items() if agreed is not None}
            )
        return {}

    async def cancel(self, context: Context, params: TaskParams) -> dict[str, Any]:
        """Cancel a task: its run stops before the next sender, or nobody waits any more.

        Raises:
            MCPError: as for `get`.

        """
        task = await self._find(context, params)
        stop = self._deferral(task).cancel
        message: CallToolResult | InputRequiredResult | Left = Left("")
        if task.state == "working" and stop is not None:

            async def stopped(call: Call, arguments: Any) -> Result | Left:
                return Left(await stop(call, arguments))

            message = await self._calls.attempt(context, _call_of(task), stopped)
        if not isinstance(message, Left):
            raise MCPError(INTERNAL_ERROR, _text(message))
        with _state_failures():
            await self._tasks.finish(task, "cancelled", message=message.text, result=None)
        return {}

    async def _find(self, context: Context, params: TaskParams) -> Task:
        require_tasks(context)
        _require_same_name(context, params.task_id)
        with _state_failures():
            task = await self._tasks.find(params.task_id)
            self._deferral(task)
            return task

    def _deferral(self, task: Task) -> Deferral[Any]:
        """Return how the task's call is looked at.

        Raises:
            UnknownTask: if this server does not offer its tool; another one on the same state may.

        """
        try:
            deferral = self._calls.tool(task.tool).deferral
        except MCPError:
            deferral = None
        if deferral is None:
            raise UnknownTask
        return deferral

    async def _look(self, context: Context, task: Task) -> None:
        """Look at what a task waits for, and record what is seen."""
        if not await self._tasks.take_look(task):
            return
        deferral = self._deferral(task)
        deferred = Deferred(time.time() - task.created_at, task.answers)

        async def look(call: Call, arguments: Any) -> Result | Waiting | MCPError | ChangesError:
            try:
                return await deferral.look(call, arguments, deferred)
            except (MCPError, StateUnavailable) as error:
                return error

        seen = await self._calls.attempt(context, _call_of(task), look)
        match seen:
            case Waiting():
                await self._tasks.keep_waiting(task, self._recorded(seen))
            case ChangesError():
                raise seen
            case MCPError():
                error = {"code": seen.code, "message": seen.message}
                await self._tasks.finish(task, "failed", message=seen.message, result=error)
            case _:
                shown = seen.model_dump(mode="json", by_alias=True, exclude_none=True)
                await self._tasks.finish(task, "completed", message="", result=shown)

    def _recorded(self, waiting: Waiting) -> TaskWait:
        questions = {
            key: {
                "message": f"{self._notice} {question.text}".lstrip(),
                "requestedSchema": question_form(question),
            }
            for key, question in waiting.questions.items()
        }
        return TaskWait(waiting.message, waiting.look_seconds, questions)


class Left(NamedTuple):
    """What a cancelled call left behind, as a sentence."""

    text: str


def takes_tasks(context: Context) -> bool:
    """Tell whether the client declared, on this request, that it takes tasks."""
    declared = context.session.client_capabilities
    return (
        context.protocol_version >= FIRST_REVISION
        and declared is not None
        and EXTENSION in (declared.extensions or {})
    )


def require_tasks(context: Context) -> None:
    """Return if the client takes tasks.

    Raises:
        MCPError: -32601 for a revision without extensions, else -32021.

    """
    require_extensions(context)
    if not takes_tasks(context):
        needed = ClientCapabilities(extensions={EXTENSION: {}})
        data = MissingRequiredClientCapabilityErrorData(required_capabilities=needed)
        raise MCPError(
            MISSING_REQUIRED_CLIENT_CAPABILITY,
            f"Tasks need the client capability {EXTENSION}",
            data.model_dump(mode="json", by_alias=True, exclude_none=True),
        )


def _require_same_name(context: Context, task: str) -> None:
    """Return if a request over HTTP names the task in its header, too; a proxy may route by it."""
    if context.request is None:
        return
    if decode_header_value(context.request.headers.get(MCP_NAME_HEADER)) != task:
        raise MCPError(
            HEADER_MISMATCH, "The Mcp-Name header is not the request's taskId, or is missing"
        )


@contextmanager
def _state_failures() -> Generator[None]:
    """Report what goes wrong with tasks as errors of the protocol."""
    try:
        yield
    except UnknownTask as error:
        raise MCPError(INVALID_PARAMS, describe_failure(error).text) from None
    except ChangesError as error:
        raise MCPError(INTERNAL_ERROR, describe_failure(error).text) from None


def _call_of(task: Task) -> CallToolRequestParams:
    return CallToolRequestParams(name=task.tool, arguments=dict(task.arguments))


def _agreed(response: object) -> bool | None:
    """Return whether a person agreed, None if the response is no answer to a question."""
    try:
        answer = ElicitResult.model_validate(response)
    except ValidationError:
        return None
    if answer.action != "accept":
        return False
    agreed = (answer.content or {}).get(CONFIRM_KEY)
    return agreed if isinstance(agreed, bool) else None


def _text(result: CallToolResult | InputRequiredResult) -> str:
    content = result.content if isinstance(result, CallToolResult) else []
    return "\n".join(block.text for block in content if isinstance(block, TextContent))


def _detailed(task: Task) -> dict[str, Any]:
    """Return a task as `tasks/get` shows it."""
    shown = _handle(task)
    if task.state == "completed":
        shown["result"] = task.result
    elif task.state == "failed":
        shown["error"] = task.result
    elif shown["status"] == "input_required":
        shown["inputRequests"] = {
            key: {"method": "elicitation/create", "params": {"mode": "form", **question}}
            for key, question in task.open_questions.items()
        }
    return shown


def _handle(task: Task) -> dict[str, Any]:
    """Return what every result about a task has."""
    asks = task.state == "working" and task.open_questions
    return {
        "taskId": task.id,
        "status": "input_required" if asks else task.state,
        **({"statusMessage": task.wait.message} if task.wait.message else {}),
        "createdAt": _timestamp(task.created_at),
        "lastUpdatedAt": _timestamp(task.updated_at),
        "ttlMs": round((task.expires_at - task.created_at) * 1000),
        "pollIntervalMs": max(1, math.ceil(task.wait.look_seconds * 1000)),
    }


def _timestamp(seconds: float) -> str:
    time_of_day = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return time_of_day.replace("+00:00", "Z")
