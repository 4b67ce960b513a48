"""Our server with the tools, prompts and resources that the conformance suite calls by name.

What is not a fixture is answered by our own handlers, and everything passes our own middleware.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final

from mcp.server.lowlevel import Server
from mcp.types import (
    CallToolRequestParams,
    CompleteRequestParams,
    CompleteResult,
    Completion,
    EmptyResult,
    GetPromptRequestParams,
    InputRequiredResult,
    PromptReference,
    ReadResourceRequestParams,
    SetLevelRequestParams,
    SubscribeRequestParams,
    UnsubscribeRequestParams,
)
from sandboxed import sandbox_settings

from twilio_senders_mcp.protocol.server import create_mcp_server
from twilio_senders_mcp.server import create_accounts, create_changes
from twilio_senders_mcp.tools.catalog import TOOLS

from .calling_back import CALLING_BACK_TOOLS
from .content_tools import CONTENT_TOOLS
from .fixture_prompts import PROMPTS, get_prompt
from .fixture_resources import RESOURCES, TEMPLATES, read_resource
from .fixture_tool import Context
from .input_required import ASKING_TOOLS
from .task_tools import TASK_TOOLS, prepare_call

_TOOLS: Final = {tool.name: tool for tool in (*CONTENT_TOOLS, *CALLING_BACK_TOOLS, *ASKING_TOOLS)}

Handler = Callable[[Context, Any], Awaitable[Any]]
Extension = Callable[[Handler, Context, Any], Awaitable[Any]]
"""A handler that is given the one it stands before."""


def create_fixture_server() -> Server[None]:
    """Return our server on the sandbox, extended by the fixtures."""
    settings = sandbox_settings()
    accounts = create_accounts(settings, sandbox=True)
    server = create_mcp_server(
        (*TOOLS, *TASK_TOOLS),
        accounts,
        create_changes(settings, accounts, sandbox=True),
        poll_seconds=1.0,
        sandbox=True,
        confirm="ask",
    )
    for method, extension in _EXTENSIONS.items():
        ours = server.get_request_handler(method)
        assert ours, method
        server.add_request_handler(method, ours.params_type, partial(extension, ours.handler))
    our_schema = server.get_tool_input_schema
    assert our_schema
    server.get_tool_input_schema = lambda name: (
        _TOOLS[name].input_schema if name in _TOOLS else our_schema(name)
    )
    # Of the revisions before 2026-07-28; the SDK itself keeps newer clients from them.
    server.add_request_handler("logging/setLevel", SetLevelRequestParams, _accept)
    server.add_request_handler("resources/subscribe", SubscribeRequestParams, _accept)
    server.add_request_handler("resources/unsubscribe", UnsubscribeRequestParams, _accept)
    return server


def _listing(field: str, fixtures: Sequence[Any]) -> Extension:
    async def extension(ours: Handler, context: Context, params: Any) -> Any:
        result = await ours(context, params)
        return result.model_copy(update={field: [*getattr(result, field), *fixtures]})

    return extension


async def _call_tool(ours: Handler, context: Context, params: CallToolRequestParams) -> Any:
    if tool := _TOOLS.get(params.name):
        return await tool.run(context, params)
    prepared = prepare_call(context, params)
    if isinstance(prepared, InputRequiredResult):
        return prepared
    return await ours(context, prepared)


async def _get_prompt(ours: Handler, context: Context, params: GetPromptRequestParams) -> Any:
    return get_prompt(context, params) or await ours(context, params)


async def _read_resource(ours: Handler, context: Context, params: ReadResourceRequestParams) -> Any:
    return read_resource(params.uri) or await ours(context, params)


async def _complete(ours: Handler, context: Context, params: CompleteRequestParams) -> Any:
    fixtures = {prompt.name for prompt in PROMPTS}
    if isinstance(params.ref, PromptReference) and params.ref.name in fixtures:
        return CompleteResult(completion=Completion(values=["test"], total=1, has_more=False))
    return await ours(context, params)


async def _accept(_: Context, __: Any) -> EmptyResult:
    return EmptyResult()


_EXTENSIONS: Final[dict[str, Extension]] = {
    "tools/list": _listing("tools", [tool.definition for tool in _TOOLS.values()]),
    "tools/call": _call_tool,
    "prompts/list": _listing("prompts", PROMPTS),
    "prompts/get": _get_prompt,
    "resources/list": _listing("resources", RESOURCES),
    "resources/templates/list": _listing("resource_templates", TEMPLATES),
    "resources/read": _read_resource,
    "completion/complete": _complete,
}
