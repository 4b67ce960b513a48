"""`update_sender` as a client sees it when Twilio accepts, in both protocol eras."""

import json

import pytest
from mcp import Client, MCPError
from sandboxed import ERAS, call, meta_of, sandbox_settings, sentence, text_of
from stand_in import SENDER, StandIn, answer
from virtual_time import in_virtual_time

from twilio_senders_mcp.cli.demo import EXAMPLE
from twilio_senders_mcp.sandbox import (
    ONLINE_SENDER,
    PENDING_SENDER,
    RCS_SENDER,
    REVIEW_SENDER,
    Sandbox,
)
from twilio_senders_mcp.server import create_server

pytestmark = [*in_virtual_time, pytest.mark.parametrize("era", ERAS)]

SID = SENDER["sid"]


def compact(result) -> dict:
    return json.loads(text_of(result).split("\n", 1)[1])


async def update(app, era, **changes):
    return await call(app, {"sid": SID, **changes}, era=era)


async def test_the_request_example_of_twilios_page_is_accepted(era):
    sandbox = Sandbox()
    result = await call(sandbox, {"sid": PENDING_SENDER, **EXAMPLE}, era=era)
    assert not result.is_error
    assert result.structured_content["sender"]["status"] == "VERIFYING"
    assert (
        result.structured_content["sender"]["profile"]["websites"] == EXAMPLE["profile"]["websites"]
    )
    assert sentence(result) == (
        "Twilio accepted the update of whatsapp:+15550100001: applied 14 fields of configuration, "
        'webhook, profile; the verification code was submitted; the name is "Example Business"; '
        "status is now VERIFYING (the code is being checked). "
        "Next: Wait with wait_for_sender until it settles."
    )
    [request] = sandbox.requests
    assert meta_of(result)["twilio-senders-mcp/request_id"] == request.request_id
    assert isinstance(request.body, dict)
    assert "sid" not in request.body


async def test_the_result_has_all_that_twilio_sent_but_its_nulls(era):
    sender = SENDER | {
        "status": "SLEEPING",
        "compliance": None,
        "webhook": {"callback_url": None, "new": [1, None]},
        "offline_reasons": [None, {"code": 63020}],
        "newer": {"a": None, "b": ""},
    }
    result = await update(StandIn([answer(202, sender)]), era, friendly_name="x")
    shown = SENDER | {
        "status": "SLEEPING",
        "webhook": {"new": [1, None]},
        "offline_reasons": [None, {"code": 63020}],
        "newer": {"b": ""},
    }
    assert result.structured_content == {"summary": sentence(result), "sender": shown}
    assert compact(result) == {"sender": shown}


async def test_an_answer_without_a_request_id_has_none(era):
    result = await update(StandIn([answer(202, SENDER)]), era, friendly_name="x")
    assert "twilio-senders-mcp/request_id" not in (result.meta or {})


async def test_the_empty_text_and_the_empty_list_are_sent_as_given(era):
    twilio = StandIn()
    changes = {"webhook": {"fallback_url": ""}, "profile": {"emails": [], "about": ""}}
    await update(twilio, era, **changes)
    assert json.loads(twilio.received[0].body) == changes


async def test_what_the_answer_shows_is_called_applied(era):
    shown = SENDER | {"webhook": {"callback_url": "https://a.example"}, "profile": {"about": None}}
    result = await update(
        StandIn([answer(202, shown)]),
        era,
        webhook={"callback_url": "https://a.example"},
        profile={"about": ""},
    )
    assert sentence(result) == (
        "Twilio accepted the update of whatsapp:+15550100001: applied webhook.callback_url; "
        "cleared profile.about; status is now ONLINE."
    )


async def test_what_the_answer_does_not_show_is_not_called_applied(era):
    result = await update(StandIn(), era, profile={"about": "new"}, clear=["profile.address"])
    assert sentence(result) == (
        "Twilio accepted the update of whatsapp:+15550100001: the response does not show "
        "profile.about, profile.address yet; status is now ONLINE."
    )


async def test_a_section_that_is_cleared_is_named(era):
    result = await update(
        StandIn([answer(202, SENDER | {"webhook": None})]), era, clear=["webhook"]
    )
    assert "cleared webhook;" in sentence(result)


async def test_a_response_that_has_only_the_sid_still_makes_a_sentence(era):
    code = {"verification_code": "123456"}
    result = await update(StandIn([answer(202, {"sid": SID})]), era, configuration=code)
    assert result.structured_content["summary"] == (
        f"Twilio accepted the update of {SID}: the verification code was submitted."
    )
    assert result.structured_content["next"] == "Wait with wait_for_sender until it settles."


@pytest.mark.parametrize(
    "body", [{}, {"login": "required"}, SENDER | {"sid": "XE" + "9" * 32}, {"sid": None}]
)
async def test_a_response_that_is_not_about_the_sender_is_no_acceptance(era, body):
    result = await update(StandIn([answer(202, body)]), era, friendly_name="x")
    assert result.is_error
    assert text_of(result).startswith(
        "Twilio's response does not name this sender (HTTP 202). It is unknown whether anything "
        "changed"
    )


async def test_a_new_name_is_pending_review_and_the_old_one_stays_live(era):
    sandbox = Sandbox()
    result = await call(sandbox, {"sid": ONLINE_SENDER, "profile": {"name": "New"}}, era=era)
    assert sentence(result) == (
        'Twilio accepted the update of whatsapp:+15550100002: the name change to "New" is pending '
        'review by Meta and "Owl Bakery" stays live meanwhile; status is now ONLINE:UPDATING '
        "(usable while the change is applied). "
        "Next: Wait with wait_for_sender until it settles."
    )


async def test_the_name_that_is_live_already_is_no_change(era):
    result = await call(
        Sandbox(), {"sid": ONLINE_SENDER, "profile": {"name": "Owl Bakery"}}, era=era
    )
    assert 'the name is already "Owl Bakery", so nothing was submitted to Meta' in sentence(result)
    assert "applied" not in sentence(result)


async def test_a_text_beyond_a_documented_limit_is_warned_of(era):
    changes = {"profile": {"about": "x" * 200, "emails": [{"email": "a@b.example"}] * 2}}
    result = await call(Sandbox(), {"sid": ONLINE_SENDER, **changes}, era=era)
    assert (
        "Warning: above Meta's limits: profile.about has 200 characters (maximum 139); "
        "profile.emails has 2 entries (maximum 1)."
    ) in sentence(result)
    result = await call(Sandbox(), {"sid": RCS_SENDER, "profile": {"about": "x" * 200}}, era=era)
    assert "Warning" not in sentence(result)


async def test_a_name_that_fails_beside_other_fields_is_said_to_have_failed(era):
    changes = {"profile": {"name": "Another", "about": "new"}}
    result = await call(Sandbox(), {"sid": REVIEW_SENDER, **changes}, era=era)
    assert not result.is_error
    assert "applied profile.about" in sentence(result)
    assert 'the name "Another" was not accepted' in sentence(result)


@pytest.mark.parametrize("place", ["top", "profile"])
async def test_the_outcome_of_a_name_is_read_in_both_places_twilio_documents(era, place):
    outcome = {"display_name_status": "pending_review"}
    sender = SENDER | {"profile": {"name": "Old"}}
    sender = (
        sender | outcome if place == "top" else sender | {"profile": {"name": "Old", **outcome}}
    )
    result = await update(StandIn([answer(202, sender)]), era, profile={"name": "New"})
    assert 'the name "New" was already under review by Meta' in sentence(result)


@pytest.mark.parametrize(
    ("wanted", "answered", "said"),
    [
        ("New", {"display_name_status": "updating"}, "the old name stays live meanwhile"),
        ("New", {}, "the response does not show profile.name yet"),
        ("New", {"profile": {"name": "Old"}}, '"Old" stays live meanwhile'),
        ("New", {"display_name_status": "no_change"}, 'the name is already "New"'),
        ("New", {"display_name_status": "paused"}, 'Twilio reports paused for the name "New"'),
        (
            "New",
            {"sender_id": "rcs:x", "profile": {"name": "Old"}},
            "does not show profile.name yet",
        ),
        ("Old", {"profile": {"name": "Old"}}, 'the name is "Old";'),
        ("", {"profile": {"name": "Old"}}, "the response does not show profile.name yet"),
    ],
)
async def test_a_name_is_said_to_be_under_review_only_where_it_is(era, wanted, answered, said):
    result = await update(StandIn([answer(202, SENDER | answered)]), era, profile={"name": wanted})
    assert said in sentence(result)


@pytest.mark.parametrize(
    ("sid", "profile", "said"),
    [
        (ONLINE_SENDER, {"banner_url": "https://a.example/b"}, "profile.banner_url"),
        (RCS_SENDER, {"vertical": "Restaurant"}, "profile.vertical"),
    ],
)
async def test_a_field_of_the_other_channel_is_said_to_have_no_effect(era, sid, profile, said):
    result = await call(Sandbox(), {"sid": sid, "profile": profile}, era=era)
    kind = "an RCS sender" if sid == RCS_SENDER else "a WhatsApp sender"
    assert f"{kind} does not have {said}; nothing was applied;" in sentence(result)


async def test_a_server_on_the_sandbox_says_so_in_every_result(era):
    async with Client(create_server(sandbox_settings(), sandbox=True), mode=era) as client:
        good = await client.call_tool("update_sender", {"sid": PENDING_SENDER, **EXAMPLE})
        bad = await client.call_tool("update_sender", {})
        docs = await client.call_tool("list_docs", {})
    assert text_of(good).startswith("[Sandbox: nothing real happens.] Twilio accepted")
    assert good.structured_content["sandbox"] is True
    assert "andbox" not in text_of(docs)
    assert "sandbox" not in docs.structured_content
    assert text_of(bad).startswith("[Sandbox: nothing real happens.] Invalid arguments.")


async def test_an_rcs_sender_takes_its_own_fields(era):
    profile = {
        "banner_url": "https://a.example/b.png",
        "accent_color": "#112233",
        "phone_numbers": [{"phone_number": "+15550100001", "label": "phone"}],
        "use_case": "OTP",
    }
    result = await call(Sandbox(), {"sid": RCS_SENDER, "profile": profile}, era=era)
    assert result.structured_content["sender"]["profile"]["banner_url"] == "https://a.example/b.png"
    assert "applied profile.banner_url, profile.accent_color" in sentence(result)


async def test_sections_sent_as_json_text_reach_twilio_as_objects(era):
    twilio = StandIn()
    await update(twilio, era, webhook='{"callback_url":"https://a.example"}')
    assert json.loads(twilio.received[0].body) == {"webhook": {"callback_url": "https://a.example"}}


async def test_an_unknown_tool_is_a_protocol_error(era):
    async with Client(create_server(sandbox_settings(), sandbox=True), mode=era) as client:
        with pytest.raises(MCPError) as caught:
            await client.call_tool("updateSender", {})
    assert caught.value.error.code == -32602
    assert "updateSender" in caught.value.error.message


async def test_the_tool_is_listed_with_its_title_and_true_annotations(era):
    async with Client(create_server(sandbox_settings(), sandbox=True), mode=era) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        result = await client.call_tool("update_sender", {"sid": PENDING_SENDER, **EXAMPLE})
    tool = tools["update_sender"]
    assert tool.title == "Update sender"
    assert tool.annotations
    hints = tool.annotations.model_dump(exclude_none=True)
    assert hints == {
        "read_only_hint": False,
        "destructive_hint": True,
        "idempotent_hint": True,
        "open_world_hint": True,
    }
    assert not result.is_error
