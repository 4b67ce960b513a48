"""A sender as the answer of a tool: a sentence for the model, the whole sender for a program."""

from typing import Any, Final, cast

from mcp.types import CallToolResult, TextContent

from twilio_senders_mcp.twilio.client import SenderAnswer
from twilio_senders_mcp.twilio.models import Sender

from .compact import to_json

REQUEST_ID_META: Final = "twilio-senders-mcp/request_id"
"""The key of ``_meta`` under which Twilio's id of the request travels."""


def sender_result(sentence: str, answer: SenderAnswer) -> CallToolResult:
    """Return the result of a tool that answers with one sender."""
    return result(sentence, cast("dict[str, Any]", answer.sender), answer.request_id)


def result(sentence: str, content: dict[str, Any], request_id: str | None) -> CallToolResult:
    """Return ``content`` whole as structured content, and compact and without nulls as text."""
    compact = to_json(without_nulls(content))
    return CallToolResult(
        content=[TextContent(type="text", text=f"{sentence}\n{compact}")],
        structured_content=content,
        _meta={REQUEST_ID_META: request_id} if request_id else None,
    )


def without_nulls(value: object) -> object:
    """Return a JSON value without the keys that hold null."""
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        return {key: without_nulls(entry) for key, entry in entries.items() if entry is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in cast("list[object]", value)]
    return value


def field(sender: Sender, *path: str) -> object:
    """Return what stands at ``path``, None where nothing does."""
    value: object = sender
    for key in path:
        value = cast("dict[str, object]", value).get(key) if isinstance(value, dict) else None
    return value


def name_field(sender: Sender, name: str) -> str | None:
    """Return a field of the display-name review as text.

    Twilio's library reads these fields at the top level, one of Twilio's pages writes of them
    inside ``profile``; both are read.
    """
    value = field(sender, name) or field(sender, "profile", name)
    return str(value) if value else None
