"""The composition root: what settings make of a server."""

import anyio
import pytest
from mcp import Client
from sandboxed import connected, sandbox_settings, text_of
from stand_in import SENDER, StandIn
from virtual_time import in_virtual_time

from twilio_senders_mcp.protocol.schemas import input_schema
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.settings import load_settings
from twilio_senders_mcp.tools.catalog import TOOLS

pytestmark = in_virtual_time


async def most_at_once(calls: int, **settings) -> int:
    """The most requests that were at Twilio at any moment of so many calls."""
    twilio = StandIn()
    now, most = 0, 0

    async def counted(scope, receive, send):
        nonlocal now, most
        now += 1
        most = max(most, now)
        await anyio.sleep(1)
        await twilio(scope, receive, send)
        now -= 1

    async with connected(counted, **settings) as client, anyio.create_task_group() as group:
        for _ in range(calls):
            group.start_soon(client.call_tool, "get_sender", {"sid": SENDER["sid"]})
    assert len(twilio.received) == calls
    return most


@pytest.mark.parametrize(("settings", "most"), [({}, 20), ({"twilio_senders_connections": 3}, 3)])
async def test_the_number_of_connections_is_a_setting(settings, most):
    assert await most_at_once(30, **settings) == most


async def test_without_credentials_a_call_says_what_was_missing_at_the_start(monkeypatch):
    monkeypatch.setenv("TWILIO_AUTH_TOKN", "hunter2")
    server = create_server(load_settings())
    monkeypatch.delenv("TWILIO_AUTH_TOKN")
    async with Client(server) as client:
        result = await client.call_tool("get_sender", {"sid": SENDER["sid"]})
    said = text_of(result)
    assert "TWILIO_AUTH_TOKN is set; did you mean TWILIO_AUTH_TOKEN?" in said
    assert "hunter2" not in said


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
async def test_the_sdk_looks_for_no_argument_that_is_repeated_as_a_header(tool):
    tell_schema = create_server(sandbox_settings()).get_tool_input_schema
    assert tell_schema
    assert tell_schema(tool.name) is None
    assert "x-mcp-header" not in str(input_schema(tool.arguments))
