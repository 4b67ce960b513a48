"""Completions: helpful, cheap, bounded, and never an error to the client."""

import anyio
import pytest
from mcp import MCPError
from mcp.types import PromptReference, ResourceTemplateReference
from sandboxed import ERAS, connected
from stand_in import StandIn, answer
from virtual_time import in_virtual_time

from twilio_senders_mcp.protocol.directory import FRESH_SECONDS, PAGES_MAX
from twilio_senders_mcp.sandbox import (
    OFFLINE_SENDER,
    ONLINE_SENDER,
    RCS_SENDER,
    Fault,
    Sandbox,
)

pytestmark = [*in_virtual_time, pytest.mark.parametrize("era", ERAS)]

SENDER = ResourceTemplateReference(type="ref/resource", uri="twilio-sender://{sid}")


def prompt(name: str) -> PromptReference:
    return PromptReference(type="ref/prompt", name=name)


async def complete(client, reference, name, value):
    argument = {"name": name, "value": value}
    return (await client.complete(ref=reference, argument=argument)).completion


@pytest.mark.parametrize(
    ("typed", "sids"),
    [
        ("+1 555 010 0003", [OFFLINE_SENDER]),
        ("lighthouse", [OFFLINE_SENDER]),
        ("owl", [ONLINE_SENDER, RCS_SENDER]),
        ("xeb", [ONLINE_SENDER]),
        ("nobody", []),
    ],
)
async def test_a_sid_is_completed_by_number_or_name(era, typed, sids):
    async with connected(Sandbox(), era=era) as client:
        found = await complete(client, SENDER, "sid", typed)
    assert (found.values, found.total, found.has_more) == (sids, len(sids), False)


async def test_every_sender_is_offered_where_nothing_is_typed(era):
    async with connected(Sandbox(), era=era) as client:
        found = await complete(client, prompt("verify_sender"), "sender", "")
    assert len(found.values) == 5


@pytest.mark.parametrize(
    ("reference", "name", "typed", "values"),
    [
        ("register_whatsapp_sender", "vertical", "food", ["Food and Grocery"]),
        ("move_webhooks", "channel", "", ["whatsapp", "rcs"]),
        ("diagnose_sender", "error_code", "6312", ["63121", "63124", "63128"]),
        ("verify_sender", "code", "1", []),
    ],
)
async def test_other_arguments_are_completed_from_what_is_known(
    era, reference, name, typed, values
):
    sandbox = Sandbox()
    async with connected(sandbox, era=era) as client:
        found = await complete(client, prompt(reference), name, typed)
    assert found.values == values
    assert not sandbox.requests


async def test_the_senders_are_remembered_briefly(era):
    sandbox = Sandbox()
    async with connected(sandbox, era=era) as client:
        for typed in ("o", "ow", "owl"):
            await complete(client, SENDER, "sid", typed)
        assert len(sandbox.requests) == 2  # one for each channel
        await anyio.sleep(FRESH_SECONDS + 1)
        await complete(client, SENDER, "sid", "o")
    assert len(sandbox.requests) == 4


async def test_never_more_than_100_values_are_given(era):
    senders = [{"sid": f"XE{number:032x}", "sender_id": "whatsapp:+1"} for number in range(80)]
    senders.append({"sender_id": "whatsapp:+1"})
    async with connected(StandIn([answer(200, {"senders": senders})]), era=era) as client:
        found = await complete(client, SENDER, "sid", "")
    assert (len(found.values), found.total, found.has_more) == (100, 160, True)


async def test_pages_without_end_are_bounded(era):
    pages = [
        answer(200, {"senders": [], "meta": {"next_page_url": f"https://x.example/?PageToken={n}"}})
        for n in range(3 * PAGES_MAX)
    ]
    twilio = StandIn(pages)
    async with connected(twilio, era=era) as client:
        await complete(client, SENDER, "sid", "")
    assert len(twilio.received) == 2 * PAGES_MAX


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 401}, {"delay": 60}])
async def test_a_twilio_that_does_not_answer_is_no_error_to_the_client(era, fault):
    sandbox = Sandbox()
    sandbox.inject(Fault(times=99, **fault))
    async with connected(sandbox, era=era) as client:
        found = await complete(client, SENDER, "sid", "owl")
    assert found.values == []


async def test_what_was_known_is_better_than_nothing(era):
    sandbox = Sandbox()
    async with connected(sandbox, era=era) as client:
        await complete(client, SENDER, "sid", "")
        sandbox.inject(Fault(times=99, status=401))
        await anyio.sleep(FRESH_SECONDS + 1)
        found = await complete(client, SENDER, "sid", "lighthouse")
    assert found.values == [OFFLINE_SENDER]


async def test_one_channel_that_fails_does_not_hide_the_other(era):
    sandbox = Sandbox()
    async with connected(sandbox, era=era) as client:
        sandbox.inject(Fault(delay=0.01))
        sandbox.inject(Fault(times=9, status=403))
        found = await complete(client, SENDER, "sid", "")
    assert len(found.values) == 4


async def test_two_completions_at_once_both_find(era):
    found = []
    async with connected(Sandbox(), era=era) as client:

        async def look():
            found.append((await complete(client, SENDER, "sid", "owl")).values)

        async with anyio.create_task_group() as group:
            group.start_soon(look)
            group.start_soon(look)
    assert found == [[ONLINE_SENDER, RCS_SENDER]] * 2


@pytest.mark.parametrize(
    "reference",
    [
        PromptReference(type="ref/prompt", name="nope"),
        ResourceTemplateReference(type="ref/resource", uri="nope://{sid}"),
    ],
)
async def test_a_completion_for_something_unknown_is_a_protocol_error(era, reference):
    async with connected(Sandbox(), era=era) as client:
        with pytest.raises(MCPError) as caught:
            await complete(client, reference, "sid", "")
    assert caught.value.error.code == -32602
