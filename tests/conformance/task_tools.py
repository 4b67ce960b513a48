"""Tools whose calls become tasks, on the same durable tasks as the server's own tools.

The suite wants two of them to refuse a client that does not take tasks; none of ours does.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from mcp import MCPError
from mcp.types import (
    INTERNAL_ERROR,
    CallToolRequestParams,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequest,
    InputRequiredResult,
)
from pydantic import BaseModel

from twilio_senders_mcp.protocol.tasks import require_tasks
from twilio_senders_mcp.tools.sender_result import AnyResult
from twilio_senders_mcp.tools.tool import (
    AnyTool,
    Call,
    Deferral,
    Deferred,
    Question,
    Result,
    Tool,
    Waiting,
)

from .fixture_tool import Context

_LOOK_SECONDS: Final = 0.05
_USER_NAME: Final = "user_name"

Look = Callable[[Call, Any, Deferred], Awaitable[Result | Waiting]]


class Nothing(BaseModel):
    """No arguments."""


class Computation(BaseModel):
    """How long to compute, and for whom."""

    seconds: float
    label: str = ""


class File(BaseModel):
    """Which file to delete."""

    filename: str


class User(BaseModel):
    """Whom to greet; asked for if it is not given."""

    user_name: str = ""


def _waiting(questions: Mapping[str, Question] | None = None) -> Waiting:
    return Waiting(message="Working.", look_seconds=_LOOK_SECONDS, questions=questions or {})


async def _compute(_: Call, arguments: Computation, deferred: Deferred) -> Result | Waiting:
    if deferred.seconds < arguments.seconds:
        return _waiting()
    return Result(summary="Computed.", content={})


async def _fail(_: Call, __: Nothing, deferred: Deferred) -> Result | Waiting:
    if deferred.seconds < _LOOK_SECONDS:
        return _waiting()
    raise ValueError


async def _break(_: Call, __: Nothing, deferred: Deferred) -> Result | Waiting:
    if deferred.seconds < _LOOK_SECONDS:
        return _waiting()
    raise MCPError(INTERNAL_ERROR, "Broken on purpose")


async def _delete(_: Call, arguments: File, deferred: Deferred) -> Result | Waiting:
    return _asking(deferred, f"Delete {arguments.filename}?")


async def _ask_twice(_: Call, __: Nothing, deferred: Deferred) -> Result | Waiting:
    return _asking(deferred, "Really?", "Certainly?")


def _asking(deferred: Deferred, *texts: str) -> Result | Waiting:
    questions = {
        f"question-{number}": Question(text=text, what="", seen="", label=text)
        for number, text in enumerate(texts)
    }
    if questions.keys() <= deferred.answers.keys():
        return Result(summary="Answered.", content={})
    return _waiting(questions)


async def _greet(_: Call, arguments: User, deferred: Deferred) -> Result | Waiting:
    if deferred.seconds < _LOOK_SECONDS:
        return _waiting()
    return Result(summary=f"Hello, {arguments.user_name}!", content={})


def _tool(name: str, arguments: type[BaseModel], look: Look) -> AnyTool:
    async def run(call: Call, read: Any) -> Result:
        """Wait, if the client takes no tasks, until the result is there."""
        done = await look(call, read, Deferred(1e9, {}))
        assert isinstance(done, Result)
        return done

    async def begin(call: Call, read: Any) -> Result | Waiting:
        return await look(call, read, Deferred(0.0, {}))

    return Tool(
        name=name,
        title=name,
        effect="looks_up",
        accounts="none",
        arguments=arguments,
        result=AnyResult,
        run=run,
        deferral=Deferral(begin=begin, look=look),
    )


TASK_TOOLS: Final = (
    _tool("slow_compute", Computation, _compute),
    _tool("failing_job", Nothing, _fail),
    _tool("protocol_error_job", Nothing, _break),
    _tool("confirm_delete", File, _delete),
    _tool("multi_input", Nothing, _ask_twice),
    _tool("test_tool_with_task", User, _greet),
)

_ONLY_AS_TASKS: Final = ("failing_job", "test_tool_with_task")


def prepare_call(
    context: Context, params: CallToolRequestParams
) -> InputRequiredResult | CallToolRequestParams:
    """Return the call of a tool as it is carried out, or what the client must answer first.

    Raises:
        MCPError: if the tool's call can only be a task and the client takes none.

    """
    if params.name in _ONLY_AS_TASKS:
        require_tasks(context)
    if params.name != "test_tool_with_task":
        return params
    answer = (params.input_responses or {}).get(_USER_NAME)
    if not isinstance(answer, ElicitResult):
        fields = {"name": {"type": "string"}}
        form = ElicitRequestFormParams(
            message="Who are you?",
            requested_schema={"type": "object", "properties": fields, "required": ["name"]},
        )
        asked: dict[str, InputRequest] = {_USER_NAME: ElicitRequest(params=form)}
        return InputRequiredResult(input_requests=asked)
    name = (answer.content or {}).get("name")
    return params.model_copy(update={"arguments": {_USER_NAME: name}})
