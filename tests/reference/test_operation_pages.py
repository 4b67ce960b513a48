"""The pages of the operations say what Twilio's own reference portal says of each operation."""

import json
import re

import pytest

from twilio_senders_mcp.reference.library import children, library
from twilio_senders_mcp.reference.operation_pages import compact

PAGE = library()["operations/update-sender"]

BODY = {
    "configuration": "object or null",
    "configuration.waba_id": "text or null",
    "configuration.verification_method": "text or null",
    "configuration.verification_code": "text or null",
    "configuration.voice_application_sid": "text or null",
    "webhook": "object or null",
    "webhook.callback_url": "text or null",
    "webhook.callback_method": "text or null",
    "webhook.fallback_url": "text or null",
    "webhook.fallback_method": "text or null",
    "webhook.status_callback_url": "text or null",
    "webhook.status_callback_method": "text or null",
    "profile": "object or null",
    "profile.name": "text or null",
    "profile.about": "text or null",
    "profile.address": "text or null",
    "profile.description": "text or null",
    "profile.emails": "list or null",
    "profile.logo_url": "text or null",
    "profile.vertical": "text or null",
    "profile.websites": "list or null",
}
RESPONSE = {
    "sid": "text or null",
    "status": "text",
    "sender_id": "text or null",
    "configuration": "object or null",
    "webhook": "object or null",
    "profile": "object or null",
    "properties": "object or null",
    "properties.quality_rating": "text or null",
    "properties.messaging_limit": "text or null",
    "offline_reasons": "list of objects or null",
    "offline_reasons[].code": "text or null",
    "offline_reasons[].message": "text or null",
    "offline_reasons[].more_info": "text or null",
    "url": "text or null",
}
VALUES = {
    "configuration.verification_method": ["sms", "voice"],
    "webhook.callback_method": ["POST", "PUT"],
    "webhook.fallback_method": ["POST", "PUT"],
    "profile.vertical": ["Automotive", "Beauty, Spa and Salon", "Public Service", "Other"],
}
STATUSES = ["CREATING", "ONLINE", "OFFLINE", "PENDING_VERIFICATION", "VERIFYING", "STUBBED"]
HEADERS = [
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Credentials",
    "Access-Control-Expose-Headers",
    "T-Request-Id",
]
EXAMPLE = ["sid", "status", "sender_id", "configuration", "webhook", "profile"]


def section(name: str, page=PAGE) -> str:
    return re.split(r"^## ", page.body, flags=re.MULTILINE)[
        [
            part.partition("\n")[0] for part in re.split(r"^## ", page.body, flags=re.MULTILINE)
        ].index(name)
    ]


def rows(text: str) -> dict[str, tuple[str, str]]:
    """The type and the meaning of each field in the tables of ``text``, links as their text."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    found = re.findall(r"^\| `([^`]+)` \| (.*?) \| (.*?) \|$", plain, re.MULTILINE)
    return {name: (kind, meaning) for name, kind, meaning in found}


@pytest.mark.parametrize("field", BODY)
def test_each_field_of_the_body_has_its_type_its_values_and_a_meaning(field):
    kind, meaning = rows(section("Body"))[field]
    assert kind == BODY[field]
    assert meaning
    for value in VALUES.get(field, []):
        assert f"`{value}`" in meaning


@pytest.mark.parametrize("field", RESPONSE)
def test_each_field_of_the_response_has_its_type_and_a_meaning(field):
    kind, meaning = rows(section("Response"))[field]
    assert kind == RESPONSE[field]
    assert meaning


def test_the_response_says_its_status_its_values_and_its_formats():
    text = section("Response")
    assert text.startswith("Response\n\nHTTP 202. Accepted.")
    fields = rows(text)
    for status in STATUSES:
        assert f"`{status}`" in fields["status"][1]
    assert "34 characters" in fields["sid"][1]
    assert "^XE[0-9a-fA-F]{32}$" in fields["sid"][1]
    assert "URI" in fields["url"][1]
    assert "URI" in fields["offline_reasons[].more_info"][1]
    assert "`configuration`, `webhook` and `profile` have the fields of the body" in text
    assert "schema allows every field" in text


def test_the_path_the_headers_and_the_content_type_are_named():
    assert "POST /v2/Channels/Senders/{Sid}" in PAGE.summary
    kind, meaning = rows(section("Parameters"))["Sid"]
    assert "required" in kind
    assert "34 characters" in meaning
    assert "`application/json`" in section("Body")
    for header in HEADERS:
        assert f"`{header}`" in section("Headers")


def test_a_request_and_a_response_are_shown_once_each():
    request = section("Request example")
    assert request.count('"verification_code": "123456"') == 1
    assert PAGE.body.count('"verification_code": "123456"') == 1
    [body] = re.findall(r"-d '(\{.*?\n\})'", request, re.DOTALL)
    assert set(json.loads(body)) == {"configuration", "webhook", "profile"}
    assert all(url.endswith(".example.com") for url in re.findall(r"https?://([^/\"]+)", body))
    [response] = re.findall(r"```json\n(.*?)```", section("Response example"), re.DOTALL)
    assert set(EXAMPLE) <= json.loads(response).keys()


@pytest.mark.parametrize("page", children("operations"), ids=lambda page: page.path)
def test_an_operation_is_read_whole_in_nine_kilobytes(page):
    assert len(page.markdown.encode()) <= 8_950
    for header in HEADERS:
        assert f"`{header}`" in page.body
    assert "## Errors" in page.body
    assert ("## Response example" in page.body) == (page.path != "operations/delete-sender")


@pytest.mark.parametrize("page", children("schemas"), ids=lambda page: page.path)
def test_each_field_of_a_schema_has_a_meaning(page):
    fields = rows(page.body)
    assert fields
    assert [name for name, (_, meaning) in fields.items() if not meaning] == []


def test_nested_objects_are_links():
    sender, profile = (library()[f"schemas/{name}"].body for name in ("sender", "profile"))
    for name in ("configuration", "webhook", "profile", "properties"):
        assert f"| `{name}` | [object](/schemas/{name}) or null |" in sender
    assert "| `offline_reasons` | list of [objects](/schemas/offline-reason) or null |" in sender
    assert "| `emails` | list of [objects](/schemas/email) or null |" in profile


def test_json_is_compact_and_the_same():
    value = {"a": [1, {"b": "c" * 90}], "d": {"e": None}, "f": [{"g": "h" * 99}, []]}
    text = compact(value)
    assert json.loads(text) == value
    assert '"d": {"e": null}' in text
    assert text.startswith('{\n  "a": [\n    1,\n')
