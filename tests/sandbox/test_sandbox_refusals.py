"""What the sandbox refuses, and with which of Twilio's codes."""

import json

import httpx2 as httpx
import pytest

from twilio_senders_mcp.sandbox import (
    ACCOUNT_SID,
    API_KEY,
    API_SECRET,
    AUTH_TOKEN,
    ONLINE_SENDER,
    RCS_SENDER,
)

pytestmark = pytest.mark.anyio
SENDERS = "/v2/Channels/Senders"
ONLINE = f"{SENDERS}/{ONLINE_SENDER}"
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    "auth", [(ACCOUNT_SID, "wrong"), (API_KEY, AUTH_TOKEN), ("", ""), (API_SECRET, API_KEY)]
)
async def test_wrong_credentials_are_refused(client, auth):
    answer = await client.get(ONLINE, auth=auth)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert answer.json() == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }


async def test_no_credentials_and_other_schemes_are_refused(sandbox):
    transport = httpx.ASGITransport(app=sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="https://a.example") as client:
        assert (await client.get(ONLINE)).status_code == 401
        bearer = {"authorization": "Bearer token"}
        assert (await client.get(ONLINE, headers=bearer)).status_code == 401


async def test_an_api_key_opens_the_account(client):
    assert (await client.get(ONLINE, auth=(API_KEY, API_SECRET))).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/v2/Channels", f"{SENDERS}/", f"{SENDERS}/XE1", f"{SENDERS}/XE{'0' * 32}"]
)
async def test_what_does_not_exist_is_not_found(client, path):
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)
    assert answer.json()["message"] == f"The requested resource {path} was not found"


@pytest.mark.parametrize(("method", "path"), [("DELETE", SENDERS), ("PATCH", ONLINE)])
async def test_a_wrong_method_is_refused(client, method, path):
    answer = await client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, 20004)


async def test_every_answer_has_a_request_id_and_twilios_headers(client):
    answers = [
        await client.get(ONLINE),
        await client.get("/nowhere"),
        await client.delete(ONLINE),
    ]
    ids = {answer.headers["t-request-id"] for answer in answers}
    assert len(ids) == 3
    assert all(len(each) == 34 and each.startswith("RQ") for each in ids)
    assert all("access-control-expose-headers" in answer.headers for answer in answers)


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"", JSON),
        (b"{", JSON),
        (b"[]", JSON),
        (b"\xff", JSON),
        (b"[" * 100_000, JSON),
        (b"{}", {"content-type": "application/x-www-form-urlencoded"}),
        (b"{}", {}),
    ],
)
async def test_a_body_that_is_no_json_object_is_refused(client, content, headers):
    answer = await client.post(ONLINE, content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, 63100)


async def test_a_content_type_may_have_parameters(client):
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert (await client.post(ONLINE, content=b"{}", headers=headers)).status_code == 202


async def test_a_large_body_is_taken_and_an_oversized_one_refused(client):
    million = {"profile": {"description": "x" * 1_000_000}}
    assert (await client.post(ONLINE, json=million)).status_code == 202
    answer = await client.post(ONLINE, content=b" " * (4 * 1024 * 1024 + 1), headers=JSON)
    assert (answer.status_code, answer.json()["status"]) == (413, 413)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "sender_id"),
        ({"sender_id": None}, "sender_id"),
        ({"sender_id": "+15550109999"}, "sender_id"),
        ({"sender_id": "whatsapp:15550109999"}, "sender_id"),
        ({"sender_id": "whatsapp:+15550109999"}, "profile.name"),
        ({"sender_id": "whatsapp:+15550109999", "profile": None}, "profile.name"),
        ({"sender_id": "whatsapp:+15550109999", "profile": {"about": "x"}}, "profile.name"),
        ({"sender_id": "whatsapp:+15550109999", "profile": {"name": ""}}, "profile.name"),
    ],
)
async def test_a_create_is_validated(client, sandbox, body, field):
    answer = await client.post(SENDERS, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, 63100)
    assert answer.json()["message"].startswith(f"{field} ")
    assert len(sandbox.sids()) == 5


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("friendly_name", 1),
        ("configuration", "text"),
        ("configuration.waba_id", 1),
        ("configuration.verification_method", "email"),
        ("configuration.verification_code", 123456),
        ("configuration.voice_application_sid", "AP1"),
        ("configuration.account_type", "isv"),
        ("webhook", []),
        ("webhook.callback_url", "callback.example"),
        ("webhook.callback_url", "ftp://callback.example"),
        ("webhook.callback_method", "GET"),
        ("webhook.fallback_method", "post"),
        ("webhook.fallback_url", 1),
        ("webhook.status_callback_url", "https://"),
        ("webhook.status_callback_method", 1),
        ("profile.name", None),
        ("profile.name", "x" * 256),
        ("profile.name", 7),
        ("profile.about", 1),
        ("profile.vertical", "AUTO"),
        ("profile.logo_url", "logo.png"),
        ("profile.websites", "https://a.example"),
        ("profile.websites", ["https://a.example"]),
        ("profile.websites", [{"label": "Website"}]),
        ("profile.websites", [{"website": ""}]),
        ("profile.websites", [{"website": "https://a.example", "label": []}]),
        ("profile.emails", [{"email": "nobody"}]),
    ],
)
async def test_an_update_is_validated_and_the_message_names_the_field(client, field, value):
    section, _, key = field.partition(".")
    body = {section: {key: value} if key else value}
    before = (await client.get(ONLINE)).json()
    answer = await client.post(ONLINE, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, 63100)
    assert answer.json()["message"].startswith(f"{field} ")
    assert (await client.get(ONLINE)).json() == before


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("privacy_url", "privacy"),
        ("accent_color", "red"),
        ("use_case", "otp"),
        ("phone_numbers", [{"phone_number": 1}]),
    ],
)
async def test_an_rcs_profile_is_validated(client, key, value):
    answer = await client.post(f"{SENDERS}/{RCS_SENDER}", json={"profile": {key: value}})
    assert answer.json()["code"] == 63100
    assert answer.json()["message"].startswith(f"profile.{key} ")


@pytest.mark.parametrize("key", ["logo_url", "accent_color"])
async def test_an_empty_string_is_taken_where_it_clears(client, key):
    answer = await client.post(f"{SENDERS}/{RCS_SENDER}", json={"profile": {key: ""}})
    assert answer.json()["profile"][key] == ""


async def test_unknown_keys_are_dropped_at_every_depth(client):
    body = {
        "sid": "other",
        "webhook": {"callbackUrl": "https://a.example"},
        "profile": {"websites": [{"website": "https://a.example", "verification_code": "1"}]},
    }
    answer = await client.post(ONLINE, content=json.dumps(body), headers=JSON)
    assert answer.status_code == 202
    assert answer.json()["sid"] == ONLINE_SENDER
    assert answer.json()["profile"]["websites"] == [{"website": "https://a.example"}]
    assert "callbackUrl" not in answer.json()["webhook"]
