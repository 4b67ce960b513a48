"""`create_sender` and `get_sender`."""

import json

import pytest
from sandboxed import ERAS, call, connected, meta_of, sentence, text_of
from stand_in import StandIn, answer
from virtual_time import in_virtual_time

from twilio_senders_mcp.sandbox import (
    OFFLINE_SENDER,
    ONLINE_SENDER,
    RCS_SENDER,
    REVIEW_SENDER,
    Fault,
    Sandbox,
)

pytestmark = in_virtual_time

NEW = {
    "sender_id": "whatsapp:+15550100101",
    "friendly_name": None,
    "configuration": {"waba_id": "1234567890", "verification_method": "voice"},
    "webhook": {"callback_url": "https://a.example/in"},
    "profile": {"name": "New", "emails": [{"email": "a@b.example"}], "about": ""},
}


MADE = {"sid": "XE1", "sender_id": NEW["sender_id"], "status": "CREATING"}
NONE = answer(200, {"senders": [], "meta": {}})
"""Twilio's response to the look before a registration: the account has no such sender."""


async def create(app, arguments, era="auto"):
    return await call(app, arguments, tool="create_sender", era=era)


async def get(app, sid, era="auto"):
    return await call(app, {"sid": sid}, tool="get_sender", era=era)


@pytest.mark.parametrize("era", ERAS)
async def test_a_new_sender_is_sent_as_given_and_the_text_says_what_comes_next(era):
    twilio = StandIn([NONE, answer(202, MADE)])
    result = await create(twilio, NEW, era)
    look, request = twilio.received
    assert (look.method, look.query) == ("GET", "Channel=whatsapp&PageSize=1000")
    assert (request.method, request.path) == ("POST", "/v2/Channels/Senders")
    sent = json.loads(request.body)
    assert sent.pop("profile") == {
        "name": "New",
        "emails": [{"email": "a@b.example", "label": "Email"}],
        "about": "",
    }
    assert sent == {key: NEW[key] for key in sent}
    assert sent.keys() == NEW.keys() - {"profile", "friendly_name"}  # null: left out
    assert sentence(result) == (
        "Twilio accepted the registration of whatsapp:+15550100101 as XE1; status is now CREATING "
        "(Twilio is registering it). Next: Wait with wait_for_sender until it settles; if it is "
        "then PENDING_VERIFICATION, send the code with update_sender. "
        "Register one number at a time."
    )


async def test_a_number_that_waits_for_its_code_says_so():
    pending = MADE | {"status": "PENDING_VERIFICATION"}
    result = await create(StandIn([NONE, answer(202, pending)]), NEW)
    assert "Next: Send the code that the number receives with update_sender" in sentence(result)


async def test_an_rcs_sender_can_be_registered():
    result = await create(Sandbox(), {"sender_id": "rcs:new_agent", "profile": {"name": "New"}})
    assert not result.is_error


async def test_a_create_whose_answer_was_lost_is_not_repeated_and_says_where_to_look():
    sandbox = Sandbox()
    sandbox.inject(Fault(delay=0.01))  # the look goes through
    sandbox.inject(Fault(drop=True, apply=True))
    result = await create(sandbox, NEW)
    assert [request.method for request in sandbox.requests] == ["GET", "POST"]
    assert (
        "It is unknown whether anything changed: search for its sender_id with list_senders before "
        "trying again."
    ) in text_of(result)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"sender_id": "+15550100101"},
            "sender_id: expected whatsapp:+ and a number with its country code",
        ),
        ({"sender_id": "whatsapp:15550100101"}, "sender_id: expected whatsapp:+"),
        ({"sid": "XE" + "a" * 32}, "sid: unknown field"),
        ({"profile": {"nmae": "x"}}, "profile.nmae: unknown field; did you mean name?"),
        ({"webhook": {"callback_method": "GET"}}, 'expected one of "POST", "PUT"'),
    ],
)
async def test_a_create_is_as_strict_as_an_update(changes, said):
    sandbox = Sandbox()
    result = await create(sandbox, NEW | changes)
    assert said in text_of(result)
    assert not sandbox.requests


@pytest.mark.parametrize("era", ERAS)
async def test_a_sender_that_the_account_has_already_is_named_instead_of_registered(era):
    sandbox = Sandbox()
    result = await create(sandbox, NEW | {"sender_id": "whatsapp:+15550100002"}, era)
    assert result.is_error
    assert text_of(result) == (
        f"This account already has whatsapp:+15550100002 ({ONLINE_SENDER}, ONLINE). It was not "
        "registered again. Nothing changed. Change it with update_sender."
    )
    facts = meta_of(result)["twilio-senders-mcp/error"]
    assert (facts["type"], facts["sid"]) == ("already_registered", ONLINE_SENDER)
    assert {request.method for request in sandbox.requests} == {"GET"}


async def test_a_create_that_is_repeated_finds_what_the_first_one_made():
    async with connected(Sandbox()) as client:
        first = await client.call_tool("create_sender", NEW)
        again = await client.call_tool("create_sender", NEW)
    assert first.structured_content["sender"]["sid"] in text_of(again)


@pytest.mark.parametrize("refusal", [answer(403), answer(500), answer(200, b"<html>")])
async def test_a_look_that_fails_is_no_reason_not_to_register(refusal):
    class Refusing(StandIn):
        def _next(self):
            made = answer(202, MADE)
            return made if self.received[-1].method == "POST" else refusal

    result = await create(Refusing(), NEW)
    assert not result.is_error


async def test_a_sender_of_which_twilio_shows_only_the_id_is_known_too():
    existing = answer(200, {"senders": [{"sender_id": NEW["sender_id"]}], "meta": {}})
    result = await create(StandIn([existing]), NEW)
    assert text_of(result).startswith(
        "This account already has whatsapp:+15550100101. It was not registered again."
    )


async def test_a_number_that_is_taken_elsewhere_is_refused_with_its_cure():
    taken = answer(400, {"code": 63110, "message": "in use"})
    result = await create(StandIn([NONE, taken]), NEW)
    assert "code 63110" in text_of(result)
    assert "turn off two-step verification" in text_of(result)


@pytest.mark.parametrize("era", ERAS)
async def test_a_sender_is_read_whole(era):
    result = await get(Sandbox(), ONLINE_SENDER, era)
    assert sentence(result) == "whatsapp:+15550100002 is ONLINE."
    sender = result.structured_content["sender"]
    assert sender["properties"]["quality_rating"]
    assert "compliance" not in sender  # null: left out


async def test_each_offline_reason_comes_with_its_cure():
    result = await get(Sandbox(), OFFLINE_SENDER)
    assert text_of(result).startswith(
        "whatsapp:+15550100003 is OFFLINE (not usable).\n"
        '- 63020: "The invitation of the WhatsApp Business Account has not been accepted". '
        "Accept Twilio's invitation in Meta Business Manager. "
        "Next: Call check_sender to find everything that is wrong.\n"
    )


@pytest.mark.parametrize(
    ("reasons", "lines"),
    [
        ([None, {"code": "21211400", "message": "banned"}], ['- 21211400: "banned"']),
        ([{"code": None, "message": "odd"}, {"code": "x"}, {}, 5], ['- "odd"', "- x"]),
        (["63100 bad"], ['- "63100 bad"']),
        ([{"code": "9" * 50}], ["- " + "9" * 50]),
        (
            [{"message": f"r{n}"} for n in range(7)],
            [*(f'- "r{n}"' for n in range(5)), "- and 2 more"],
        ),
        ([{"code": 63020}], ["- 63020. Accept Twilio's invitation in Meta Business Manager."]),
    ],
)
async def test_reasons_that_no_catalogue_knows_are_told_as_they_are(reasons, lines):
    sender = {"sender_id": "x", "status": "OFFLINE", "offline_reasons": reasons}
    result = await get(StandIn([answer(200, sender)]), ONLINE_SENDER)
    told, _, following = text_of(result).rpartition("\n")[0].partition(" Next: ")
    assert told.split("\n")[1:] == lines
    assert following == "Call check_sender to find everything that is wrong."


async def test_an_offline_without_a_reason_is_called_normal_after_a_registration():
    sender = {"sender_id": "x", "status": "OFFLINE", "offline_reasons": None}
    result = await get(StandIn([answer(200, sender)]), ONLINE_SENDER)
    assert sentence(result) == (
        "x is OFFLINE (no reason given: normal right after registration). "
        "Next: Wait with wait_for_sender until it settles."
    )


@pytest.mark.parametrize("place", ["top", "profile"])
async def test_a_name_under_review_is_read_in_both_places_twilio_documents(place):
    review = {"pending_display_name": "New", "pending_display_name_status": "DECLINED"}
    sender = {"sender_id": "x", "status": "ONLINE", "profile": {"name": "Old"}}
    sender = sender | review if place == "top" else sender | {"profile": review}
    result = await get(StandIn([answer(200, sender)]), ONLINE_SENDER)
    assert sentence(result) == (
        'x is ONLINE; the new name "New" is DECLINED (Meta declined it; choose another).'
    )


async def test_a_new_review_status_is_told_as_it_is():
    sender = {"sender_id": "x", "status": "ONLINE", "pending_display_name_status": "PAUSED"}
    result = await get(StandIn([answer(200, sender)]), ONLINE_SENDER)
    assert sentence(result) == "x is ONLINE; the new name is PAUSED."


async def test_the_seeded_review_and_the_rcs_sender_are_told():
    async with connected(Sandbox()) as client:
        review = await client.call_tool("get_sender", {"sid": REVIEW_SENDER})
        rcs = await client.call_tool("get_sender", {"sid": RCS_SENDER})
    assert "PENDING_REVIEW (Meta is reviewing it)" in sentence(review)
    assert rcs.structured_content["sender"]["compliance"]["countries"]


async def test_an_answer_without_a_status_is_unknown():
    result = await get(StandIn([answer(200, {"sender_id": "x"})]), ONLINE_SENDER)
    assert sentence(result) == "The status of x is unknown."


@pytest.mark.parametrize("tool", ["get_sender", "wait_for_sender"])
async def test_what_is_no_sender_is_not_described_as_one(tool):
    result = await call(StandIn([answer(200, {"foo": 1})]), {"sid": ONLINE_SENDER}, tool=tool)
    assert result.is_error
    assert "not a valid Twilio API response" in text_of(result)


async def test_a_registration_without_a_status_is_described_without_guesses():
    made = {"sid": "XE1", "sender_id": NEW["sender_id"]}
    result = await create(StandIn([NONE, answer(202, made)]), NEW)
    assert sentence(result).startswith(
        "Twilio accepted the registration of whatsapp:+15550100101 as XE1. Next: "
    )


@pytest.mark.parametrize(
    "body", [{}, {"login": "required"}, {"sid": "XE1"}, MADE | {"sender_id": "whatsapp:+1555"}]
)
async def test_a_response_that_is_not_about_the_new_sender_is_no_acceptance(body):
    result = await create(StandIn([NONE, answer(202, body)]), NEW)
    assert text_of(result).startswith(
        "Twilio's response does not name this sender (HTTP 202). It is unknown whether anything "
        "changed"
    )


async def test_another_senders_record_is_not_shown():
    other = {"sid": "XE" + "9" * 32, "sender_id": "x", "status": "ONLINE"}
    result = await get(StandIn([answer(200, other)]), ONLINE_SENDER)
    assert result.is_error
    assert "Twilio's response does not name this sender (HTTP 200). Nothing changed" in (
        text_of(result)
    )


async def test_nothing_is_deleted_after_a_read_of_another_sender():
    other = {"sid": "XE" + "9" * 32, "sender_id": "whatsapp:+15550100002"}
    twilio = StandIn([answer(200, other)])
    arguments = {"sid": ONLINE_SENDER, "sender_id": "whatsapp:+15550100002"}
    result = await call(twilio, arguments, tool="delete_sender")
    assert "does not name this sender" in text_of(result)
    assert [request.method for request in twilio.received] == ["GET"]


@pytest.mark.parametrize("status", [200, 202])
async def test_only_204_confirms_a_deletion(status):
    own = {"sid": ONLINE_SENDER, "sender_id": "whatsapp:+15550100002"}
    twilio = StandIn([answer(200, own), answer(status, own)])
    result = await call(twilio, own, tool="delete_sender")
    assert "It is unknown whether anything changed" in text_of(result)
