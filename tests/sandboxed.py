"""Servers on the sandbox, as most tests need them."""

from typing import Any

from mcp import Client
from mcp.types import CallToolResult

from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.settings import Settings, load_settings

ERAS = ["auto", "legacy"]
"""Client modes: the newest protocol revision, and the one with a handshake."""


def sandbox_settings(**others: Any) -> Settings:
    return load_settings(twilio_account_sid=ACCOUNT_SID, twilio_auth_token=AUTH_TOKEN, **others)


async def call(
    app: Any,
    arguments: dict[str, Any],
    *,
    era: str = "auto",
    **others: Any,
) -> CallToolResult:
    """Call `update_sender` of a server in whose process `app` answers in Twilio's place."""
    async with Client(create_server(sandbox_settings(**others), app=app), mode=era) as client:
        return await client.call_tool("update_sender", arguments)
