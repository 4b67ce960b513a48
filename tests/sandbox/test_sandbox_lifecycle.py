"""How statuses and display names move with the clock."""

from datetime import UTC, datetime

import pytest

from twilio_senders_mcp.sandbox import (
    OFFLINE_SENDER,
    ONLINE_SENDER,
    PENDING_SENDER,
    RCS_SENDER,
    REVIEW_SENDER,
    Sandbox,
)

pytestmark = pytest.mark.anyio
SENDERS = "/v2/Channels/Senders"


async def statuses(client, clock, sid, steps):
    seen = []
    for _ in range(steps):
        seen.append((await client.get(f"{SENDERS}/{sid}")).json()["status"])
        clock.now += 2
    return seen


async def update(client, sid, **body):
    return await client.post(f"{SENDERS}/{sid}", json=body)


async def fetch(client, sid):
    return (await client.get(f"{SENDERS}/{sid}")).json()


@pytest.mark.parametrize(
    ("sender_id", "expected"),
    [
        ("whatsapp:+15550101112", ["CREATING", "OFFLINE", "VERIFYING", "ONLINE"]),
        ("whatsapp:+15550101111", ["CREATING", *["PENDING_VERIFICATION"] * 3]),
        ("rcs:agent", ["CREATING", "TWILIO_REVIEW", "ONLINE", "ONLINE"]),
    ],
)
async def test_a_new_sender_moves_step_by_step(client, clock, sender_id, expected):
    body = {"sender_id": sender_id, "profile": {"name": "New"}}
    created = (await client.post(SENDERS, json=body)).json()
    assert await statuses(client, clock, created["sid"], 4) == expected


async def test_steps_that_passed_unseen_are_caught_up_in_the_list_too(client, clock):
    body = {"sender_id": "whatsapp:+15550101112", "profile": {"name": "New"}}
    await client.post(SENDERS, json=body)
    clock.now += 3600
    listed = (await client.get(SENDERS, params={"Channel": "whatsapp"})).json()
    assert listed["senders"][-1]["status"] == "ONLINE"
    assert listed["senders"][-1]["properties"] is not None


async def test_the_right_code_verifies(client, clock):
    answer = await update(client, PENDING_SENDER, configuration={"verification_code": "123456"})
    assert answer.json()["status"] == "VERIFYING"
    assert "display_name_status" not in answer.json()
    assert await statuses(client, clock, PENDING_SENDER, 2) == ["VERIFYING", "ONLINE"]
    assert (await fetch(client, PENDING_SENDER))["configuration"]["verification_method"] is None


async def test_a_sender_without_configuration_verifies_too(client, clock):
    await update(client, PENDING_SENDER, configuration={"verification_code": "123456"})
    await update(client, PENDING_SENDER, configuration=None)
    clock.now += 2
    assert (await fetch(client, PENDING_SENDER))["status"] == "ONLINE"


@pytest.mark.parametrize("code", ["654321", "123-456", ""])
async def test_a_wrong_code_is_refused_and_nothing_else_is_applied(client, code):
    answer = await update(
        client,
        PENDING_SENDER,
        configuration={"verification_code": code, "waba_id": "changed"},
        profile={"name": "Changed"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, 63113)
    sender = await fetch(client, PENDING_SENDER)
    assert sender["status"] == "PENDING_VERIFICATION"
    assert sender["configuration"]["waba_id"] == "1234567890"
    assert sender["profile"]["name"] == "Example Business"


async def test_a_sender_that_awaits_no_code_ignores_the_right_one_and_refuses_others(client):
    right = await update(client, ONLINE_SENDER, configuration={"verification_code": "123456"})
    wrong = await update(client, ONLINE_SENDER, configuration={"verification_code": "1"})
    null = await update(client, ONLINE_SENDER, configuration={"verification_code": None})
    assert (right.json()["status"], null.json()["status"]) == ("ONLINE", "ONLINE")
    assert wrong.json()["code"] == 63113


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"profile": {"about": "New"}}, "ONLINE:UPDATING"),
        ({"profile": {"name": "Other"}}, "ONLINE:UPDATING"),
        ({"profile": None}, "ONLINE:UPDATING"),
        ({"profile": {"name": "Owl Bakery"}}, "ONLINE"),
        ({"profile": {}}, "ONLINE"),
        ({"webhook": {"callback_method": "PUT"}}, "ONLINE"),
        ({}, "ONLINE"),
    ],
)
async def test_a_profile_change_shows_for_one_step(client, clock, body, shown):
    assert (await update(client, ONLINE_SENDER, **body)).json()["status"] == shown
    assert await statuses(client, clock, ONLINE_SENDER, 2) == [shown, "ONLINE"]


async def test_an_offline_sender_stays_offline(client, clock):
    assert (await update(client, OFFLINE_SENDER, profile={"about": "x"})).json()[
        "status"
    ] == "OFFLINE"
    clock.now += 60
    assert (await fetch(client, OFFLINE_SENDER))["status"] == "OFFLINE"


async def test_a_new_name_is_reviewed_before_it_is_live(client, clock):
    answer = (await update(client, ONLINE_SENDER, profile={"name": "Owl Cafe"})).json()
    assert answer["display_name_status"] == "updating"
    assert answer["profile"]["name"] == "Owl Bakery"
    seen = []
    for _ in range(5):
        sender = await fetch(client, ONLINE_SENDER)
        assert sender["pending_display_name"] == "Owl Cafe"
        seen.append((sender["pending_display_name_status"], sender["profile"]["name"]))
        clock.now += 2
    assert seen == [
        *[("PENDING_REVIEW", "Owl Bakery")] * 3,
        ("APPROVED", "Owl Bakery"),
        ("COMPLETED", "Owl Cafe"),
    ]
    assert "display_name_status" not in sender
    clock.now += 14 * 24 * 3600
    assert "pending_display_name" not in await fetch(client, ONLINE_SENDER)


async def test_the_date_of_a_name_status_is_when_it_changed_in_utc(client, clock):
    await update(client, ONLINE_SENDER, profile={"name": "Owl Cafe"})
    submitted = (await fetch(client, ONLINE_SENDER))["pending_display_name_status_date"]
    clock.now += 100
    completed = (await fetch(client, ONLINE_SENDER))["pending_display_name_status_date"]
    start, end = (
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        for text in (submitted, completed)
    )
    assert (end - start).total_seconds() == 8
    assert abs((datetime.now(UTC) - start).total_seconds()) < 120


async def test_a_declined_name_leaves_the_old_one_and_another_may_follow(client, clock):
    await update(client, ONLINE_SENDER, profile={"name": "Declined Owl"})
    clock.now += 100
    sender = await fetch(client, ONLINE_SENDER)
    assert sender["pending_display_name_status"] == "DECLINED"
    assert sender["profile"]["name"] == "Owl Bakery"
    again = (await update(client, ONLINE_SENDER, profile={"name": "Owl Cafe"})).json()
    assert again["display_name_status"] == "updating"


async def test_the_same_names_need_no_new_review(client, clock):
    live = await update(client, REVIEW_SENDER, profile={"name": "Harbor Clinic"})
    pending = await update(client, REVIEW_SENDER, profile={"name": "Harbor Clinic Downtown"})
    assert live.json()["display_name_status"] == "no_change"
    assert pending.json()["display_name_status"] == "pending_review"
    await update(client, ONLINE_SENDER, profile={"name": "Owl Cafe"})
    clock.now += 6
    approved = await update(client, ONLINE_SENDER, profile={"name": "Owl Cafe"})
    assert approved.json()["display_name_status"] == "updating"


async def test_a_second_name_while_one_is_in_review_is_refused(client, clock):
    clock.now += 1e6
    answer = await update(client, REVIEW_SENDER, profile={"name": "Third"})
    assert (answer.status_code, answer.json()["code"]) == (409, 63128)
    sender = await fetch(client, REVIEW_SENDER)
    assert sender["pending_display_name"] == "Harbor Clinic Downtown"
    assert sender["pending_display_name_status"] == "PENDING_REVIEW"


async def test_a_refused_name_does_not_keep_other_fields_from_being_applied(client):
    answer = await update(client, REVIEW_SENDER, profile={"name": "Third"}, friendly_name="Applied")
    assert answer.status_code == 202
    assert answer.json()["display_name_status"] == "error"
    assert answer.json()["friendly_name"] == "Applied"
    assert answer.json()["profile"]["name"] == "Harbor Clinic"


async def test_a_code_counts_as_another_field_beside_a_refused_name(client):
    configuration = {"verification_code": "123456"}
    answer = await update(
        client, REVIEW_SENDER, profile={"name": "Third"}, configuration=configuration
    )
    assert (answer.status_code, answer.json()["display_name_status"]) == (202, "error")


@pytest.mark.parametrize("sid", [PENDING_SENDER, RCS_SENDER])
async def test_a_name_without_review_is_live_at_once(client, sid):
    answer = (await update(client, sid, profile={"name": "At once"})).json()
    assert answer["profile"]["name"] == "At once"
    assert "display_name_status" not in answer


async def test_an_rcs_name_may_be_null(client):
    answer = (await update(client, RCS_SENDER, profile={"name": None})).json()
    assert answer["profile"]["name"] is None
    assert answer["profile"]["description"] is not None


def test_a_sandbox_needs_no_settings():
    assert Sandbox().sids()
