"""The demo: the installed server at its main job, as an AI tool would use it, on the sandbox.

The server runs as a subprocess over stdio; the embedded Twilio listens on loopback in this
process, so that the demo can show the HTTP request that reached it. Each step is checked.
"""

import json
import sys
from typing import Any, Final, Literal, Protocol, cast

from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult, TextContent, Tool

from twilio_senders_mcp.http.serving import served
from twilio_senders_mcp.reference.generated import examples
from twilio_senders_mcp.sandbox import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    PENDING_SENDER,
    RecordedRequest,
    Sandbox,
)

Role = Literal["text", "heading", "refusal", "closing"]
"""What a text of the demo is, so that it can be shown accordingly."""


class Say(Protocol):
    """Shows a text, which may have several lines."""

    def __call__(self, text: str, role: Role = "text", /) -> None:
        """Show ``text`` as its ``role`` asks."""
        ...


EXAMPLE: Final[dict[str, Any]] = examples()["update"]
"""The request example of Twilio's reference page for ``POST /v2/Channels/Senders/{Sid}``."""

_GOOD_CALL: Final = {"sid": PENDING_SENDER, **EXAMPLE}
_BAD_CALL: Final[dict[str, Any]] = {
    "sid": PENDING_SENDER,
    "profile": {"nmae": "Example Business", "vertical": "Automobile"},
    "webhook": {"callback_url": "callback.com"},
}


class DemoFailure(Exception):  # noqa: N818 - read as a sentence where it is printed
    """A step did not give what it should."""


async def demo(say: Say) -> None:
    """Run the demo, saying each step.

    Raises:
        DemoFailure: at the first step that does not give what it should.

    """
    sandbox = Sandbox()
    with served(sandbox) as base_url:
        server = StdioServerParameters(
            command=sys.executable,
            args=["-m", "twilio_senders_mcp"],
            env={
                "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
                "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
                "TWILIO_BASE_URL": base_url,
            },
        )
        async with Client(server) as client:
            tools = (await client.list_tools()).tools
            result = await client.call_tool("update_sender", _GOOD_CALL)
            requests = list(sandbox.requests)
            refusal = await client.call_tool("update_sender", _BAD_CALL)
    # Shown after the connection is closed, so that a failed check is one plain error.
    say("An AI tool starts `twilio-senders-mcp` and talks MCP with it over stdio.")
    say(f"Twilio is the embedded sandbox at {base_url}; no account is involved.")
    _show_tools(say, tools)
    _show_call(say, _GOOD_CALL)
    _show_request(say, requests)
    _show_result(say, result)
    _show_call(say, _BAD_CALL)
    _show_refusal(say, refusal)
    _expect(len(sandbox.requests) == 1, "a request was sent for the bad call")
    say("\nEvery step gave what it should.", "closing")


def _show_heading(say: Say, heading: str) -> None:
    say(f"\n== {heading}", "heading")


def _show_tools(say: Say, tools: list[Tool]) -> None:
    _show_heading(say, "tools/list")
    for tool in tools:
        size = len(tool.model_dump_json(by_alias=True, exclude_none=True))
        say(f"{tool.name}: {tool.title} ({size} bytes of definition)")
    _expect("update_sender" in [tool.name for tool in tools], "update_sender is not listed")


def _show_call(say: Say, arguments: dict[str, Any]) -> None:
    _show_heading(say, "tools/call update_sender")
    say(json.dumps(arguments, indent=2))


def _show_request(say: Say, requests: list[RecordedRequest]) -> None:
    _expect(len(requests) == 1, f"{len(requests)} requests reached Twilio instead of one")
    request = requests[0]
    _show_heading(
        say, "the HTTP request that reached Twilio (Authorization and the code are not recorded)"
    )
    say(f"{request.method} {request.path}")
    say(f"content-type: {request.headers.get('content-type')}")
    say(json.dumps(request.body, indent=2))
    body = cast("dict[str, Any]", request.body)
    _expect(request.path == f"/v2/Channels/Senders/{PENDING_SENDER}", "the path is another")
    _expect(body["profile"] == EXAMPLE["profile"], "the profile that arrived is another")
    _expect("sid" not in body, "the SID travelled in the body")


def _show_result(say: Say, result: CallToolResult) -> None:
    _show_heading(say, "the result: a sentence for the model, and the sender as structured content")
    say(_text(result).split("\n", 1)[0])
    say(json.dumps(result.structured_content, indent=2))
    _expect(not result.is_error, "the call failed")
    sender = cast("dict[str, Any]", result.structured_content)["sender"]
    _expect(sender.get("status") == "VERIFYING", "the status is not VERIFYING")
    _expect("verification_code" not in sender["configuration"], "the code came back")


def _show_refusal(say: Say, result: CallToolResult) -> None:
    _show_heading(say, "refused before anything was sent")
    say(_text(result), "refusal")
    _expect(result.is_error is True, "the bad call was not refused")
    _expect("did you mean name?" in _text(result), "the refusal does not name the right spelling")


def _text(result: CallToolResult) -> str:
    first = result.content[0]
    return first.text if isinstance(first, TextContent) else ""


def _expect(truth: bool, otherwise: str) -> None:  # noqa: FBT001 - an assertion with words
    if not truth:
        raise DemoFailure(otherwise)
