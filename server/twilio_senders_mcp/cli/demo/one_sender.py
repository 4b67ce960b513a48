"""The demo's first act: one sender is changed, and a call with mistakes is refused."""

import json
from typing import Any, Final, cast

from mcp import Client
from mcp.types import CallToolResult, Tool

from twilio_senders_mcp.http.serving import served
from twilio_senders_mcp.reference.generated import examples
from twilio_senders_mcp.sandbox import PENDING_SENDER, RecordedRequest, Sandbox

from .stage import Say, expect, server_on, show_call, show_heading, text_of

EXAMPLE: Final[dict[str, Any]] = examples()["update"]
"""The request example of Twilio's reference page for ``POST /v2/Channels/Senders/{Sid}``."""

_GOOD_CALL: Final = {"sid": PENDING_SENDER, **EXAMPLE}
_BAD_CALL: Final[dict[str, Any]] = {
    "sid": PENDING_SENDER,
    "profile": {"nmae": "Example Business", "vertical": "Automobile"},
    "webhook": {"callback_url": "callback.com"},
}


async def change_one_sender(say: Say) -> None:
    """Run the act, saying each step.

    Raises:
        DemoFailure: at the first step that does not give what it should.

    """
    sandbox = Sandbox()
    with served(sandbox) as base_url:
        async with Client(server_on(base_url)) as client:
            tools = (await client.list_tools()).tools
            result = await client.call_tool("update_sender", _GOOD_CALL)
            requests = list(sandbox.requests)
            refusal = await client.call_tool("update_sender", _BAD_CALL)
    # Shown after the connection is closed, so that a failed check is one plain error.
    say("An AI tool starts `twilio-senders-mcp` and talks MCP with it over stdio.")
    say(f"Twilio is the embedded sandbox at {base_url}; no account is involved.")
    _show_tools(say, tools)
    show_call(say, "update_sender", _GOOD_CALL)
    _show_request(say, requests)
    _show_result(say, result)
    show_call(say, "update_sender", _BAD_CALL)
    _show_refusal(say, refusal)
    expect(len(sandbox.requests) == 1, "a request was sent for the bad call")


def _show_tools(say: Say, tools: list[Tool]) -> None:
    show_heading(say, "tools/list")
    for tool in tools:
        size = len(tool.model_dump_json(by_alias=True, exclude_none=True))
        say(f"{tool.name}: {tool.title} ({size} bytes of definition)")
    expect("update_sender" in [tool.name for tool in tools], "update_sender is not listed")


def _show_request(say: Say, requests: list[RecordedRequest]) -> None:
    expect(len(requests) == 1, f"{len(requests)} requests reached Twilio instead of one")
    request = requests[0]
    show_heading(
        say, "the HTTP request that reached Twilio (Authorization and the code are not recorded)"
    )
    say(f"{request.method} {request.path}")
    say(f"content-type: {request.headers.get('content-type')}")
    say(json.dumps(request.body, indent=2))
    body = cast("dict[str, Any]", request.body)
    expect(request.path == f"/v2/Channels/Senders/{PENDING_SENDER}", "the path is another")
    expect(body["profile"] == EXAMPLE["profile"], "the profile that arrived is another")
    expect("sid" not in body, "the SID travelled in the body")


def _show_result(say: Say, result: CallToolResult) -> None:
    show_heading(say, "the result: a sentence for the model, and the sender as structured content")
    say(text_of(result).split("\n", 1)[0])
    say(json.dumps(result.structured_content, indent=2))
    expect(not result.is_error, "the call failed")
    sender = cast("dict[str, Any]", result.structured_content)["sender"]
    expect(sender.get("status") == "VERIFYING", "the status is not VERIFYING")
    expect("verification_code" not in sender["configuration"], "the code came back")


def _show_refusal(say: Say, result: CallToolResult) -> None:
    show_heading(say, "refused before anything was sent")
    say(text_of(result), "refusal")
    expect(result.is_error is True, "the bad call was not refused")
    expect("did you mean name?" in text_of(result), "the refusal does not name the right spelling")
