"""What the acts of the demo share: how they show a step, check it, and start the server."""

import json
import sys
from collections.abc import Mapping
from typing import Any, Literal, Protocol

from mcp import StdioServerParameters
from mcp.types import CallToolResult, TextContent

from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN

Role = Literal["text", "heading", "refusal", "closing"]
"""What a text of the demo is, so that it can be shown accordingly."""


class Say(Protocol):
    """Shows a text, which may have several lines."""

    def __call__(self, text: str, role: Role = "text", /) -> None:
        """Show ``text`` as its ``role`` asks."""
        ...


class DemoFailure(Exception):  # noqa: N818 - read as a sentence where it is printed
    """A step did not give what it should."""


def server_on(base_url: str, **environment: str) -> StdioServerParameters:
    """Return how an AI tool would start the server, here for the sandbox at ``base_url``."""
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "twilio_senders_mcp"],
        env={
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_BASE_URL": base_url,
            **environment,
        },
    )


def show_heading(say: Say, heading: str) -> None:
    """Show the heading of a step."""
    say(f"\n== {heading}", "heading")


def show_call(say: Say, tool: str, arguments: Mapping[str, Any]) -> None:
    """Show a call of a tool."""
    show_heading(say, f"tools/call {tool}")
    say(json.dumps(arguments, indent=2))


def text_of(result: CallToolResult) -> str:
    """Return the text of a result."""
    first = result.content[0]
    return first.text if isinstance(first, TextContent) else ""


def expect(truth: bool, otherwise: str) -> None:  # noqa: FBT001 - an assertion with words
    """Check a step.

    Raises:
        DemoFailure: if it did not give what it should.

    """
    if not truth:
        raise DemoFailure(otherwise)
