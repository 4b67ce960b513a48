"""A sender as a resource."""

import json

import pytest
import stamina
from mcp import MCPError
from sandboxed import ERAS, connected, text_resource

from twilio_senders_mcp.sandbox import ONLINE_SENDER, Fault, Sandbox

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("era", ERAS)]


@pytest.fixture(autouse=True)
def no_waiting():
    with stamina.set_testing(True):
        yield


async def read(sandbox, era, sid):
    async with connected(sandbox, era=era) as client:
        return await client.read_resource(f"twilio-sender://{sid}")


async def test_the_template_is_listed_for_people_and_models(era):
    async with connected(Sandbox(), era=era) as client:
        template, *_ = (await client.list_resource_templates()).resource_templates
        resources = (await client.list_resources()).resources
    assert template.uri_template == "twilio-sender://{sid}"
    assert template.mime_type == "application/json"
    assert template.annotations
    assert template.annotations.audience == ["user", "assistant"]
    assert template.annotations.priority == 0.7
    assert not [resource for resource in resources if "twilio-sender" in resource.uri]


async def test_a_sender_is_read_as_json(era):
    content = text_resource(await read(Sandbox(), era, ONLINE_SENDER))
    assert content.mime_type == "application/json"
    assert json.loads(content.text)["sender_id"] == "whatsapp:+15550100002"


@pytest.mark.parametrize("sid", ["XE" + "9" * 32, "XE1", "whatsapp:+1", "..%2F..%2Fx", "%00"])
async def test_what_does_not_exist_is_not_found(era, sid):
    with pytest.raises((MCPError, ExceptionGroup)) as caught:
        await read(Sandbox(), era, sid)
    error = caught.value
    while isinstance(error, ExceptionGroup):
        [error] = error.exceptions
    assert isinstance(error, MCPError)
    assert error.error.code == -32602
    assert error.error.data["uri"].startswith("twilio-sender://")


async def test_an_address_of_another_kind_is_not_found(era):
    async with connected(Sandbox(), era=era) as client:
        with pytest.raises(MCPError) as caught:
            await client.read_resource("other://sender")
    assert caught.value.error.code == -32602
    assert caught.value.error.message == "Unknown resource: other://sender"


@pytest.mark.parametrize(
    ("fault", "said"), [({"status": 401}, "HTTP 401"), ({"drop": True}, "broke")]
)
async def test_a_failure_is_told_in_the_words_of_the_tools(era, fault, said):
    sandbox = Sandbox()
    sandbox.inject(Fault(times=9, **fault))
    async with connected(sandbox, era=era) as client:
        with pytest.raises(MCPError) as caught:
            await client.read_resource(f"twilio-sender://{ONLINE_SENDER}")
    assert caught.value.error.code == -32603
    assert said in caught.value.error.message
    assert "Nothing changed" in caught.value.error.message
