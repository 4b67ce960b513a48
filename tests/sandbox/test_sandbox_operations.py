"""What the five operations answer, and how an update merges."""

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
PAGE_REQUEST = {
    "configuration": {
        "verification_code": "123456",
        "voice_application_sid": "APaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    },
    "webhook": {
        "callback_url": "https://callback.com",
        "callback_method": "POST",
        "fallback_url": "https://fallback.com",
        "fallback_method": "POST",
        "status_callback_url": "https://statuscallback.com",
        "status_callback_method": "POST",
    },
    "profile": {
        "name": "Example Business",
        "about": "Example about text",
        "address": "123 Example St, Example City, EX 12345",
        "description": "Example description",
        "logo_url": "https://logo_url.com",
        "vertical": "Automotive",
        "websites": [
            {"website": "https://example.com", "label": "Website"},
            {"website": "http://example.org", "label": "Website"},
        ],
        "emails": [{"email": "email@email.com", "label": "Email"}],
    },
}
RCS_ONLY = {
    "banner_url",
    "privacy_url",
    "terms_of_service_url",
    "accent_color",
    "phone_numbers",
    "use_case",
}


async def test_the_documented_update_gives_the_documented_answer(client):
    answer = await client.post(f"{SENDERS}/{PENDING_SENDER}", json=PAGE_REQUEST)
    assert answer.status_code == 202
    assert answer.json() == {
        "sid": "XE" + "a" * 32,
        "status": "VERIFYING",
        "sender_id": "whatsapp:+15550100001",
        "friendly_name": None,
        "configuration": {
            "waba_id": "1234567890",
            "verification_method": "sms",
            "verification_code": None,
            "voice_application_sid": "APaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "account_type": None,
        },
        "webhook": PAGE_REQUEST["webhook"],
        "profile": PAGE_REQUEST["profile"] | dict.fromkeys(RCS_ONLY),
        "compliance": None,
    }


async def test_fetch_shows_what_an_update_leaves_out(client):
    sender = (await client.get(f"{SENDERS}/{ONLINE_SENDER}")).json()
    updated = (await client.post(f"{SENDERS}/{ONLINE_SENDER}", json={})).json()
    assert sender["url"] == f"https://messaging.twilio.com{SENDERS}/{ONLINE_SENDER}"
    assert sender["properties"]["quality_rating"] == "HIGH"
    assert sender.keys() - updated.keys() == {"url", "properties", "offline_reasons"}


async def test_an_offline_sender_says_why(client):
    sender = (await client.get(f"{SENDERS}/{OFFLINE_SENDER}")).json()
    assert sender["status"] == "OFFLINE"
    assert sender["offline_reasons"][0]["code"] == "63020"


async def test_a_sender_has_properties_once_it_is_registered(client, clock):
    body = {"sender_id": "whatsapp:+15550101112", "profile": {"name": "New"}}
    url = f"{SENDERS}/{(await client.post(SENDERS, json=body)).json()['sid']}"
    assert (await client.get(url)).json()["properties"] is None
    clock.now += 6
    assert (await client.get(url)).json()["properties"]["quality_rating"] == "HIGH"


async def test_an_rcs_sender_has_its_own_profile_and_compliance(client):
    sender = (await client.get(f"{SENDERS}/{RCS_SENDER}")).json()
    assert sender["compliance"]["countries"][0]["carriers"][0]["status"] == "APPROVED"
    assert all(sender["profile"][key] is not None for key in RCS_ONLY)


async def test_a_created_sender_is_answered_and_fetched(client, sandbox):
    body = {
        "sender_id": "whatsapp:+15550101111",
        "friendly_name": "New",
        "configuration": {"waba_id": "1", "verification_code": "000000"},
        "profile": {"name": "New", "unknown": 1, "banner_url": "https://a.example/b.png"},
        "unknown": True,
    }
    answer = await client.post(SENDERS, json=body)
    created = answer.json()
    assert answer.status_code == 202
    assert created["status"] == "CREATING"
    assert created["friendly_name"] == "New"
    assert created["configuration"]["verification_method"] == "sms"
    assert created["configuration"]["verification_code"] is None
    assert created["profile"]["name"] == "New"
    assert created["profile"]["banner_url"] is None
    assert "unknown" not in created
    assert "url" not in created
    assert created["sid"] == sandbox.sids()[-1]
    fetched = (await client.get(f"{SENDERS}/{created['sid']}")).json()
    assert fetched["sender_id"] == body["sender_id"]


async def test_a_created_rcs_sender_has_empty_compliance(client):
    created = (await client.post(SENDERS, json={"sender_id": "rcs:new_agent"})).json()
    assert created["compliance"] == {"registration_sid": "", "countries": []}
    assert created["profile"]["use_case"] == "MULTI_USE"


async def test_a_taken_number_is_refused(client):
    body = {"sender_id": "whatsapp:+15550100001", "profile": {"name": "Again"}}
    answer = await client.post(SENDERS, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, 63110)


async def test_an_update_keeps_what_it_omits_and_replaces_arrays(client):
    url = f"{SENDERS}/{ONLINE_SENDER}"
    before = (await client.get(url)).json()
    websites = [{"website": "https://new.example"}]
    change = {
        "webhook": {"callback_url": "https://new.example/in"},
        "profile": {"websites": websites, "emails": [], "about": "", "address": None},
    }
    after = (await client.post(url, json=change)).json()
    assert after["webhook"] == before["webhook"] | change["webhook"]
    assert after["profile"] == before["profile"] | change["profile"]
    assert after["configuration"] == before["configuration"]


async def test_a_section_given_as_null_becomes_null_but_a_whatsapp_name_stays(client):
    change = {"webhook": None, "configuration": None, "profile": None, "friendly_name": None}
    after = (await client.post(f"{SENDERS}/{ONLINE_SENDER}", json=change)).json()
    assert (after["webhook"], after["configuration"], after["friendly_name"]) == (None, None, None)
    assert after["profile"]["name"] == "Owl Bakery"
    assert after["profile"]["about"] is None
    rcs = (await client.post(f"{SENDERS}/{RCS_SENDER}", json={"profile": None})).json()
    assert rcs["profile"] is None
    again = {"configuration": {"waba_id": "9"}, "webhook": {"callback_method": "PUT"}}
    after = (await client.post(f"{SENDERS}/{ONLINE_SENDER}", json=again)).json()
    assert after["configuration"]["waba_id"] == "9"
    assert after["webhook"]["callback_method"] == "PUT"


async def test_an_empty_account_type_clears_it(client):
    url = f"{SENDERS}/{ONLINE_SENDER}"
    isv = (await client.post(url, json={"configuration": {"account_type": "ISV"}})).json()
    kept = (await client.post(url, json={"configuration": {"waba_id": "1"}})).json()
    cleared = (await client.post(url, json={"configuration": {"account_type": ""}})).json()
    types = [answer["configuration"]["account_type"] for answer in (isv, kept, cleared)]
    assert types == ["ISV", "ISV", None]


async def test_a_deleted_sender_is_gone_and_its_number_is_free(client):
    answer = await client.delete(f"{SENDERS}/{ONLINE_SENDER}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers
    for gone in (
        await client.delete(f"{SENDERS}/{ONLINE_SENDER}"),
        await client.get(f"{SENDERS}/{ONLINE_SENDER}"),
        await client.post(f"{SENDERS}/{ONLINE_SENDER}", json={}),
    ):
        assert (gone.status_code, gone.json()["code"]) == (404, 20404)
    body = {"sender_id": "whatsapp:+15550100002", "profile": {"name": "Again"}}
    assert (await client.post(SENDERS, json=body)).status_code == 202


async def test_the_seeds_are_the_documented_ones_and_fresh_in_every_sandbox(sandbox, client):
    documented = [PENDING_SENDER, ONLINE_SENDER, OFFLINE_SENDER, REVIEW_SENDER, RCS_SENDER]
    assert sandbox.sids() == documented
    await client.delete(f"{SENDERS}/{ONLINE_SENDER}")
    assert Sandbox().sids() == documented
    assert Sandbox(seed=False).sids() == []
