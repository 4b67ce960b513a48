"""The whole story of a sender, told by the tools in the order in which people use them."""

import anyio
import pytest
from sandboxed import ERAS, connected, sentence, text_of
from virtual_time import in_virtual_time

from twilio_senders_mcp.sandbox import Sandbox

pytestmark = in_virtual_time

NUMBER = "whatsapp:+15550100777"


@pytest.mark.parametrize("era", ERAS)
async def test_a_sender_lives_from_its_registration_to_its_end(era):
    sandbox = Sandbox(step_seconds=30, clock=anyio.current_time)
    async with connected(sandbox, era=era) as client:

        async def ok(tool, **arguments):
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, text_of(result)
            return result

        created = await ok("create_sender", sender_id=NUMBER, profile={"name": "Night Owl"})
        sid = created.structured_content["sender"]["sid"]
        found = await ok("list_senders", channel="whatsapp", query="+1 555 010 0777")
        assert [sender["sid"] for sender in found.structured_content["senders"]] == [sid]
        waited = await ok("wait_for_sender", sid=sid, timeout_seconds=300)
        assert waited.structured_content["sender"]["status"] == "PENDING_VERIFICATION"

        wrong = {"sid": sid, "configuration": {"verification_code": "000-000"}}
        refused = await client.call_tool("update_sender", wrong)
        assert "code 63113" in text_of(refused)
        await ok("update_sender", sid=sid, configuration={"verification_code": "123-456"})
        waited = await ok("wait_for_sender", sid=sid, until="online", timeout_seconds=300)
        assert waited.structured_content["reached"] is True

        await ok("update_sender", sid=sid, profile={"about": "Open all night"})
        await ok("wait_for_sender", sid=sid, timeout_seconds=300)
        renamed = await ok("update_sender", sid=sid, profile={"name": "Night Owl Café"})
        assert '"Night Owl" stays live' in sentence(renamed)
        reviewed = await ok("wait_for_sender", sid=sid, until="name_reviewed", timeout_seconds=300)
        assert reviewed.structured_content["reached"] is True
        await anyio.sleep(60)
        live = await ok("get_sender", sid=sid)
        assert live.structured_content["sender"]["profile"]["name"] == "Night Owl Café"
        assert live.structured_content["sender"]["profile"]["about"] == "Open all night"

        sandbox.take_offline(sid, code="63020", message="Invitation not accepted")
        offline = await ok("get_sender", sid=sid)
        assert "Accept Twilio's invitation in Meta Business Manager." in text_of(offline)

        await ok("delete_sender", sid=sid, sender_id=NUMBER)
        gone = await client.call_tool("get_sender", {"sid": sid})
        assert "code 20404" in text_of(gone)
