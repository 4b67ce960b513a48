"""The calls that a survey proposes can be made as they are written."""

import json

import pytest
from listed_senders import Listing, with_an_old_host
from mcp import Client
from sandboxed import ERAS, connected, sandbox_settings

from twilio_senders_mcp.server import create_server

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("accounts", ["true", "false"])
async def test_each_call_of_a_survey_succeeds_and_each_group_lists_its_senders(era, accounts):
    settings = sandbox_settings(twilio_senders_sandbox_accounts=accounts)
    everywhere = {"account": "*"} if accounts == "true" else {}
    async with Client(create_server(settings, sandbox=True), mode=era) as client:
        result = await client.call_tool("survey_senders", everywhere)
        for group in result.structured_content["groups"]:
            tool, _, arguments = group["call"].partition(" ")
            assert not (await client.call_tool(tool, json.loads(arguments))).is_error
            listing = {"group": group["group"], **everywhere}
            listed = (await client.call_tool("survey_senders", listing)).structured_content
            sids = [sender["sid"] for sender in listed["senders"]]
            assert len(sids) == group["count"]
            assert set(group["sids"]) <= set(sids)


@pytest.mark.parametrize(
    ("given", "senders"),
    [({}, {"query": ""}), ({"channel": "whatsapp"}, {"channel": "whatsapp"})],
)
async def test_a_host_that_few_have_is_moved_with_plan_changes(given, senders):
    async with connected(Listing(with_an_old_host("old.example"))) as client:
        result = await client.call_tool("survey_senders", given)
        [group] = result.structured_content["groups"]
        tool, _, arguments = group["call"].partition(" ")
        assert (tool, json.loads(arguments)) == (
            "plan_changes",
            {"senders": senders, "replace_host": {"from": "old.example", "to": "hooks.example"}},
        )
        planned = await client.call_tool(tool, json.loads(arguments))
    assert not planned.is_error
    assert planned.structured_content["counts"]["changes"] == 1
