"""Servers on the sandbox, as most tests need them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from mcp import Client
from mcp.types import (
    CallToolResult,
    GetPromptResult,
    ReadResourceResult,
    TextContent,
    TextResourceContents,
)

from twilio_senders_mcp.accounts.configured import ConfiguredAccount
from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.settings import SETTINGS, Settings, load_settings

ERAS = ["auto", "legacy"]
"""Client modes: the newest protocol revision, and the one with a handshake."""


def sandbox_settings(**others: Any) -> Settings:
    return load_settings(twilio_account_sid=ACCOUNT_SID, twilio_auth_token=AUTH_TOKEN, **others)


@asynccontextmanager
async def connected(app: Any, *, era: str = "auto", **others: Any) -> AsyncIterator[Client]:
    """A client of a server in whose process `app` answers in Twilio's place.

    Settings go before the client's own options.
    """
    options = {name: value for name, value in others.items() if name in SETTINGS}
    client = {name: value for name, value in others.items() if name not in options}
    async with served_by(sandbox_settings(**options), app, era=era, **client) as connection:
        yield connection


@asynccontextmanager
async def connected_to_several(
    accounts: Sequence[ConfiguredAccount], app: Any, *, era: str = "auto", **client: Any
) -> AsyncIterator[Client]:
    """A client of a server with these accounts, in whose process `app` answers as Twilio."""
    settings = replace(load_settings(account=False), accounts=tuple(accounts))
    async with served_by(settings, app, era=era, **client) as connection:
        yield connection


@asynccontextmanager
async def served_by(
    settings: Settings, app: Any, *, era: str, **client: Any
) -> AsyncIterator[Client]:
    async with Client(create_server(settings, app=app), mode=era, **client) as connection:
        yield connection


async def call(
    app: Any,
    arguments: dict[str, Any],
    *,
    tool: str = "update_sender",
    era: str = "auto",
    **others: Any,
) -> CallToolResult:
    """Call one tool of such a server."""
    async with connected(app, era=era, **others) as client:
        return await client.call_tool(tool, arguments)


def text_of(result: CallToolResult) -> str:
    """The text of a result."""
    [block] = result.content
    assert isinstance(block, TextContent)
    return block.text


def meta_of(result: CallToolResult) -> dict[str, Any]:
    """The metadata of a result, by name."""
    assert result.meta is not None
    return dict(result.meta)


def text_of_prompt(result: GetPromptResult) -> str:
    """The text of a prompt's only message."""
    [message] = result.messages
    assert isinstance(message.content, TextContent)
    return message.content.text


def text_resource(result: ReadResourceResult) -> TextResourceContents:
    """The only content of a resource, which must be text."""
    [content] = result.contents
    assert isinstance(content, TextResourceContents)
    return content


def sentence(result: CallToolResult) -> str:
    """What a model reads first."""
    return text_of(result).split("\n", 1)[0]
