"""A run of changes as a resource."""

import pytest
from mcp import MCPError
from mcp.types import ResourceTemplateReference
from sandboxed import ERAS, connected, text_of, text_resource

from twilio_senders_mcp.sandbox import ONLINE_SENDER, Sandbox

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("era", ERAS)]

RUN = ResourceTemplateReference(type="ref/resource", uri="twilio-run://{run}")


async def ok(client, tool, **arguments):
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, text_of(result)
    return result.structured_content


async def applied(client) -> str:
    """A run that has ended."""
    senders = {"sids": [ONLINE_SENDER]}
    plan = await ok(client, "plan_changes", senders=senders, set={"friendly_name": "Planned"})
    run = await ok(client, "apply_plan", plan=plan["plan"], wait_seconds=30)
    while run["state"] == "running":
        run = await ok(client, "follow_run", run=run["run"], wait_seconds=30)
    return run["run"]


async def error_of(client, uri: str):
    with pytest.raises(MCPError) as caught:
        await client.read_resource(uri)
    return caught.value.error


async def test_a_run_is_read_as_markdown_and_its_id_completed(era, tmp_path):
    options = {"twilio_senders_state": str(tmp_path), "twilio_senders_poll": 1}
    async with connected(Sandbox(step_seconds=0), era=era, **options) as client:
        run = await applied(client)
        content = text_resource(await client.read_resource(f"twilio-run://{run}"))
        typed = {"name": "run", "value": run[:8]}
        found = (await client.complete(ref=RUN, argument=typed)).completion
        other = (await client.complete(ref=RUN, argument={**typed, "value": "x"})).completion
    assert content.mime_type == "text/markdown"
    assert content.text.startswith(f"# Run {run}\n\nThe run {run} is done: of 1 sender, 1 applied.")
    assert f"- `whatsapp:+15550100002` ({ONLINE_SENDER}): applied" in content.text
    assert (found.values, found.total) == ([run], 1)
    assert other.values == []


async def test_the_template_is_listed_for_people_and_models(era):
    async with connected(Sandbox(), era=era) as client:
        templates = (await client.list_resource_templates()).resource_templates
    [template] = [each for each in templates if each.uri_template == RUN.uri]
    assert template.mime_type == "text/markdown"
    assert template.annotations
    assert template.annotations.audience == ["user", "assistant"]


@pytest.mark.parametrize(
    "run", ["run-0123456789abcdef", "run-", "plan-1", "", "run-1%00", "x" * 99]
)
async def test_a_run_that_does_not_exist_is_not_found(era, run):
    async with connected(Sandbox(), era=era) as client:
        error = await error_of(client, f"twilio-run://{run}")
    assert (error.code, error.message) == (-32602, "There is no such run")
    assert error.data == {"uri": f"twilio-run://{run}"}


async def test_it_is_offered_where_follow_run_is(era):
    options = {"twilio_senders_tools": "get_sender"}
    async with connected(Sandbox(), era=era, **options) as client:
        templates = (await client.list_resource_templates()).resource_templates
        error = await error_of(client, "twilio-run://run-0123456789abcdef")
        with pytest.raises(MCPError) as caught:
            await client.complete(ref=RUN, argument={"name": "run", "value": ""})
    assert RUN.uri not in [each.uri_template for each in templates]
    assert error.code == -32602
    assert caught.value.error.code == -32602
    async with connected(Sandbox(), era=era, twilio_senders_read_only="true") as client:
        templates = (await client.list_resource_templates()).resource_templates
    assert RUN.uri in [each.uri_template for each in templates]


async def test_a_state_that_cannot_be_used_is_named_and_completes_nothing(era, tmp_path):
    (tmp_path / "file").write_text("")
    options = {"twilio_senders_state": str(tmp_path / "file" / "state")}
    async with connected(Sandbox(), era=era, **options) as client:
        error = await error_of(client, "twilio-run://run-0123456789abcdef")
        found = await client.complete(ref=RUN, argument={"name": "run", "value": ""})
    assert error.code == -32603
    assert "cannot be created or written" in error.message
    assert found.completion.values == []
