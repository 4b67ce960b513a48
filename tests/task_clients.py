"""A client that takes tasks: the SDK's own, with the extension `io.modelcontextprotocol/tasks`."""

from typing import Any, ClassVar, Literal

from mcp import Client
from mcp.client.extension import ClaimContext, ClientExtension, ResultClaim
from mcp.types import CallToolResult, Request, Result
from pydantic import ConfigDict


class CreatedTask(Result):
    """The handle of a task, with whatever fields it came with."""

    model_config = ConfigDict(extra="allow")

    result_type: Literal["task"] = "task"


class TaskResult(Result):
    """The result of a request about a task."""

    model_config = ConfigDict(extra="allow")

    result_type: str


class TaskRequest(Request[dict[str, Any], str]):
    """A request about a task, which an HTTP header names, too."""

    name_param: ClassVar[str | None] = "taskId"


class TakesTasks(ClientExtension):
    """Declares the extension; a call that became a task returns its handle as the result."""

    identifier = "io.modelcontextprotocol/tasks"

    def claims(self) -> list[ResultClaim[Any]]:
        return [ResultClaim(result_type="task", model=CreatedTask, resolve=_handle)]


async def _handle(created: CreatedTask, _: ClaimContext) -> CallToolResult:
    shown = created.model_dump(mode="json", by_alias=True, exclude_none=True)
    return CallToolResult(content=[], structured_content=shown)


async def create_task(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The handle of the task that a call became."""
    result = await client.call_tool(tool, arguments)
    handle = result.structured_content
    assert handle, result.content
    assert handle["resultType"] == "task", handle
    return handle


async def ask(client: Client, method: str, task: str, **params: Any) -> dict[str, Any]:
    """The result of `tasks/get`, `tasks/update` or `tasks/cancel`, without its metadata."""
    request = TaskRequest(method=method, params={"taskId": task, **params})
    result = await client.session.send_request(request, TaskResult)
    shown = result.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {name: value for name, value in shown.items() if name != "_meta"}
