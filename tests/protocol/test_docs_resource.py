"""A page of the reference as a resource."""

import pytest
from mcp import Client, MCPError
from sandboxed import ERAS, text_resource

from twilio_senders_mcp.reference.library import library
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.settings import load_settings

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("era", ERAS)]


async def test_a_page_is_read_as_markdown(era):
    async with Client(create_server(load_settings()), mode=era) as client:
        content = text_resource(await client.read_resource("twilio-docs://errors/63128"))
    assert content.mime_type == "text/markdown"
    assert content.text == library()["errors/63128"].markdown


async def test_a_page_that_does_not_exist_is_not_found(era):
    async with Client(create_server(load_settings()), mode=era) as client:
        with pytest.raises(MCPError) as caught:
            await client.read_resource("twilio-docs://errors/1")
    assert caught.value.error.code == -32602


async def test_every_page_is_listed_with_its_size(era):
    async with Client(create_server(load_settings()), mode=era) as client:
        resources = (await client.list_resources()).resources
        listed = {str(resource.uri): resource for resource in resources}
        page = listed["twilio-docs://errors/63128"]
        content = text_resource(await client.read_resource(str(page.uri)))
        root = text_resource(await client.read_resource("twilio-docs://"))
    assert {uri for uri in listed if uri.startswith("twilio-docs:")} == {
        f"twilio-docs://{path}" for path in library()
    }
    assert page.size == len(content.text.encode())
    assert (page.title, page.mime_type) == (
        "Error 63128: A display name change is already in progress for this sender",
        "text/markdown",
    )
    assert root.text == library()[""].markdown
