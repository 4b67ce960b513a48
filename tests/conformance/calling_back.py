"""Tools that talk to the client while they run: logs, progress, sampling and elicitation.

Sampling and elicitation are requests to the client, which only revisions before 2026-07-28 allow.
"""

from typing import Any, Final

from mcp import MCPError
from mcp.types import (
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    CallToolRequestParams,
    CallToolResult,
    ClientCapabilities,
    MissingRequiredClientCapabilityErrorData,
    SamplingCapability,
    SamplingMessage,
    TextContent,
)

from .fixture_tool import Context, FixtureTool, text_result


async def _log(context: Context, _: CallToolRequestParams) -> CallToolResult:
    for message in ("started", "working", "done"):
        await context.session.send_log_message(
            "info", message, related_request_id=context.request_id
        )
    return text_result("Logged three messages.")


async def _report_progress(context: Context, _: CallToolRequestParams) -> CallToolResult:
    for done in (0, 50, 100):
        await context.session.report_progress(done, 100)
    return text_result("Reported progress three times.")


async def _sample(context: Context, params: CallToolRequestParams) -> CallToolResult:
    question = TextContent(type="text", text=_argument(params, "prompt"))
    sampled = await context.session.create_message(
        [SamplingMessage(role="user", content=question)],
        max_tokens=100,
        related_request_id=context.request_id,
    )
    return text_result(f"The model said: {sampled.content}")


async def _elicit_identity(context: Context, params: CallToolRequestParams) -> CallToolResult:
    texts = {"username": {"type": "string"}, "email": {"type": "string"}}
    return await _elicit(context, _argument(params, "message"), texts)


async def _elicit_with_defaults(context: Context, _: CallToolRequestParams) -> CallToolResult:
    statuses = ["active", "inactive", "pending"]
    fields = {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": statuses, "default": statuses[0]},
        "verified": {"type": "boolean", "default": True},
    }
    return await _elicit(context, "Check the values that are filled in.", fields)


async def _elicit_choices(context: Context, _: CallToolRequestParams) -> CallToolResult:
    plain = ["option1", "option2", "option3"]
    titled = [{"const": f"value{n}", "title": f"Value {n}"} for n in (1, 2, 3)]
    fields = {
        "untitledSingle": {"type": "string", "enum": plain},
        "titledSingle": {"type": "string", "oneOf": titled},
        "legacyEnum": {
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option 1", "Option 2", "Option 3"],
        },
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": plain}},
        "titledMulti": {"type": "array", "items": {"anyOf": titled}},
    }
    return await _elicit(context, "Choose.", fields)


async def _elicit(
    context: Context, message: str, properties: dict[str, dict[str, Any]]
) -> CallToolResult:
    form = {"type": "object", "properties": properties, "required": list(properties)}
    answer = await context.session.elicit_form(message, form, context.request_id)
    return text_result(f"The person chose {answer.action}: {answer.content}")


async def _require_sampling(context: Context, _: CallToolRequestParams) -> CallToolResult:
    required = ClientCapabilities(sampling=SamplingCapability())
    if not context.session.check_client_capability(required):
        data = MissingRequiredClientCapabilityErrorData(required_capabilities=required)
        raise MCPError(
            MISSING_REQUIRED_CLIENT_CAPABILITY,
            "This tool needs sampling",
            data=data.model_dump(by_alias=True, mode="json", exclude_none=True),
        )
    return text_result("The client can sample.")


def _argument(params: CallToolRequestParams, name: str) -> str:
    return str((params.arguments or {})[name])


CALLING_BACK_TOOLS: Final = (
    FixtureTool("test_tool_with_logging", "Sends log messages.", _log),
    FixtureTool("test_logging_tool", "Sends log messages where they are wanted.", _log),
    FixtureTool("test_tool_with_progress", "Reports progress.", _report_progress),
    FixtureTool(
        "test_sampling",
        "Asks the client's model.",
        _sample,
        properties={"prompt": {"type": "string"}},
    ),
    FixtureTool(
        "test_elicitation",
        "Asks for a name and an email address.",
        _elicit_identity,
        properties={"message": {"type": "string"}},
    ),
    FixtureTool(
        "test_elicitation_sep1034_defaults",
        "Asks with a default for each type.",
        _elicit_with_defaults,
    ),
    FixtureTool(
        "test_elicitation_sep1330_enums", "Asks with each kind of choice.", _elicit_choices
    ),
    FixtureTool(
        "test_missing_capability", "Is refused to clients without sampling.", _require_sampling
    ),
)
