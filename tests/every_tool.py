"""One round through every tool, for the tests that drive a server from outside."""

from mcp import Client
from sandboxed import text_of

from twilio_senders_mcp.cli.demo import EXAMPLE
from twilio_senders_mcp.sandbox import OFFLINE_SENDER, PENDING_SENDER
from twilio_senders_mcp.tools.catalog import TOOL_NAMES

NEW = {"sender_id": "whatsapp:+15550100099", "profile": {"name": "New"}}


async def call_every_tool(client: Client) -> None:
    """Call each tool once in a way that must succeed; leaves the sandbox as it was seeded."""
    called = set()

    async def ok(tool, **arguments):
        result = await client.call_tool(tool, arguments)
        assert not result.is_error, text_of(result)
        called.add(tool)
        return result.structured_content

    assert [tool.name for tool in (await client.list_tools()).tools] == list(TOOL_NAMES)
    updated = await ok("update_sender", sid=PENDING_SENDER, **EXAMPLE)
    assert updated["sender"]["sid"] == PENDING_SENDER
    sid = (await ok("create_sender", **NEW))["sender"]["sid"]
    found = await ok("list_senders", channel="whatsapp", query="+1 555 010 0099")
    assert [sender["sid"] for sender in found["senders"]] == [sid]
    assert (await ok("get_sender", sid=sid))["sender"]["profile"]["name"] == "New"
    assert (await ok("wait_for_sender", sid=OFFLINE_SENDER))["reached"] is True
    assert (await ok("survey_senders"))["looked_at"] == 6
    assert (await ok("check_sender", sid=OFFLINE_SENDER))["verdict"] == "blocked"
    assert len((await ok("list_docs"))["pages"]) == 5
    assert (await ok("search_docs", query="webhook"))["results"]
    await ok("get_docs", pages=["topics/statuses"])
    label = {"friendly_name": "Planned"}
    plan = (await ok("plan_changes", senders={"sids": [sid]}, set=label))["plan"]
    run = (await ok("apply_plan", plan=plan))["run"]
    done = await ok("follow_run", run=run, wait_seconds=30)
    assert done["counts"] == {"applied": 1, "waiting": 0}
    over = await client.call_tool("control_run", {"run": run, "action": "cancel"})
    assert "is done and cannot be cancelled" in text_of(over)
    called.add("control_run")
    await ok("delete_sender", sid=sid, sender_id=NEW["sender_id"])
    assert called == set(TOOL_NAMES)
