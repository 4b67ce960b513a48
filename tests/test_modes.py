"""Modes: which tools and prompts there are, and that the others cannot be reached."""

import pytest
from mcp import MCPError
from sandboxed import ERAS, connected, text_of
from virtual_time import in_virtual_time

from twilio_senders_mcp.sandbox import ONLINE_SENDER, Fault, Sandbox
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.settings import SettingsError, load_settings
from twilio_senders_mcp.tools.catalog import TOOL_NAMES, TOOLS

WRITING = [tool.name for tool in TOOLS if tool.writes]
READING = [tool.name for tool in TOOLS if not tool.writes]

pytestmark = [*in_virtual_time, pytest.mark.parametrize("era", ERAS)]


async def names(era, **settings):
    async with connected(Sandbox(), era=era, **settings) as client:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        prompts = [prompt.name for prompt in (await client.list_prompts()).prompts]
    return tools, prompts


async def test_every_tool_is_listed_in_an_order_that_does_not_change(era):
    tools, prompts = await names(era)
    assert tools == list(TOOL_NAMES)
    assert len(prompts) == 7


async def test_read_only_lists_what_reads(era):
    tools, prompts = await names(era, twilio_senders_read_only=True)
    assert tools == READING
    assert prompts == ["diagnose_sender"]


@pytest.mark.parametrize("tool", [*WRITING, "Update_Sender", " update_sender", "update_sender\x00"])
async def test_read_only_lets_no_writing_tool_be_called_by_any_spelling(era, tool):
    sandbox = Sandbox()
    async with connected(sandbox, era=era, twilio_senders_read_only=True) as client:
        with pytest.raises(MCPError) as caught:
            await client.call_tool(tool, {"sid": ONLINE_SENDER, "friendly_name": "x"})
    assert caught.value.error.code == -32602
    assert not sandbox.requests


async def test_only_the_tools_that_are_named_are_listed(era):
    tools, prompts = await names(era, twilio_senders_tools="check_sender,list_senders")
    assert tools == ["list_senders", "check_sender"]
    assert prompts == ["diagnose_sender"]


async def test_a_failure_names_no_page_where_nobody_can_read_it(era):
    for tools, named in (("update_sender", False), ("update_sender,get_docs", True)):
        async with connected(Sandbox(), era=era, twilio_senders_tools=tools) as client:
            wrong = await client.call_tool("update_sender", {"sid": ONLINE_SENDER})
            unknown = {"sid": "XE" + "9" * 32, "friendly_name": "x"}
            refused = await client.call_tool("update_sender", unknown)
        for result in (wrong, refused):
            assert ("See get_docs" in text_of(result)) is named


async def test_a_failure_names_no_tool_that_is_not_offered(era):
    for tools, named in (("update_sender", False), ("update_sender,get_sender", True)):
        sandbox = Sandbox()
        sandbox.inject(Fault(status=500, times=9))
        async with connected(sandbox, era=era, twilio_senders_tools=tools) as client:
            change = {"sid": ONLINE_SENDER, "friendly_name": "x"}
            result = await client.call_tool("update_sender", change)
        assert ("get_sender" in text_of(result)) is named
        assert ("Twilio Console" in text_of(result)) is not named
    existing = {"sender_id": "whatsapp:+15550100002", "profile": {"name": "x"}}
    async with connected(Sandbox(), era=era, twilio_senders_tools="create_sender") as client:
        result = await client.call_tool("create_sender", existing)
    assert "update_sender" not in text_of(result)


async def test_read_only_goes_before_the_named_tools(era):
    settings = {
        "twilio_senders_tools": "get_sender,delete_sender",
        "twilio_senders_read_only": True,
    }
    tools, prompts = await names(era, **settings)
    assert tools == ["get_sender"]
    assert prompts == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("get_sendr", "unknown tool get_sendr; did you mean get_sender?"),
        ("get_sender,zzz", "unknown tool zzz"),
        ("get_sender,", "unknown tool (odd name)"),
        ("hunter2://?", "unknown tool (odd name)"),
    ],
)
async def test_an_unknown_tool_is_refused_at_the_start(era, given, said):  # noqa: ARG001 - marked for all
    with pytest.raises(SettingsError) as caught:
        create_server(load_settings(twilio_senders_tools=given))
    assert caught.value.problems == [f"TWILIO_SENDERS_TOOLS: {said}"]
