"""A page of the reference as a resource."""

import pytest
from mcp import Client, MCPError
from sandboxed import ERAS

from twilio_senders_mcp.reference.library import library
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.settings import load_settings

# Not in virtual time: the SDK reads a resource in a thread.
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("era", ERAS)]


async def test_a_page_is_read_as_markdown(era):
    async with Client(create_server(load_settings()), mode=era) as client:
        [content] = (await client.read_resource("twilio-docs://errors/63128")).contents
    assert content.mime_type == "text/markdown"
    assert content.text == library()["errors/63128"].markdown


async def test_a_page_that_does_not_exist_is_not_found(era):
    async with Client(create_server(load_settings()), mode=era) as client:
        with pytest.raises(MCPError) as caught:
            await client.read_resource("twilio-docs://errors/1")
    assert caught.value.error.code == -32602
