"""The OpenAPI document: valid, complete, and true of what the sandbox sends and the tools take."""

import json
import re

import httpx2 as httpx
import pytest
from openapi_schemas import problems
from openapi_spec_validator import OpenAPIV31SpecValidator
from sandboxed import call
from stand_in import StandIn

from twilio_senders_mcp.reference.openapi import openapi
from twilio_senders_mcp.reference.operations import operations
from twilio_senders_mcp.sandbox import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    OFFLINE_SENDER,
    ONLINE_SENDER,
    PENDING_SENDER,
    RCS_SENDER,
    REVIEW_SENDER,
    Sandbox,
)
from twilio_senders_mcp.twilio.client import SENDERS_PATH

pytestmark = pytest.mark.anyio

ONE_SENDER = f"{SENDERS_PATH}/{{Sid}}"
OPERATIONS = {
    "listSenders": ("get", SENDERS_PATH, "200"),
    "createSender": ("post", SENDERS_PATH, "202"),
    "fetchSender": ("get", ONE_SENDER, "200"),
    "updateSender": ("post", ONE_SENDER, "202"),
    "deleteSender": ("delete", ONE_SENDER, "204"),
}
NEW = {"sender_id": "whatsapp:+15550100123", "profile": {"name": "New"}}
RENAME = {"profile": {"name": "Another Name"}}
REQUESTS = [
    ("listSenders", None, "?Channel=whatsapp", None),
    ("listSenders", None, "?Channel=rcs&PageSize=1", None),
    ("listSenders", None, "", None),
    ("createSender", None, "", NEW),
    ("createSender", None, "", {}),
    *(
        ("fetchSender", sid, "", None)
        for sid in (ONLINE_SENDER, OFFLINE_SENDER, PENDING_SENDER, RCS_SENDER, REVIEW_SENDER)
    ),
    ("fetchSender", "XE" + "0" * 32, "", None),
    ("updateSender", ONLINE_SENDER, "", RENAME),
    ("updateSender", RCS_SENDER, "", {"profile": {"phone_numbers": [{"phone_number": "+1555"}]}}),
    ("updateSender", ONLINE_SENDER, "", {"webhook": 5}),
    ("deleteSender", ONLINE_SENDER, "", None),
    ("deleteSender", "XE" + "0" * 32, "", None),
]


def operation(name: str) -> dict:
    method, path, _ = OPERATIONS[name]
    return openapi()["paths"][path][method]


def test_the_document_is_valid_openapi_3_1():
    assert openapi()["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(openapi()).iter_errors()) == []


def test_the_document_has_every_operation_and_no_other():
    found = {
        entry["operationId"]: (method, path, next(iter(entry["responses"])))
        for path, methods in openapi()["paths"].items()
        for method, entry in methods.items()
    }
    assert found == OPERATIONS
    assert len(operations()) == len(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_described_and_needs_credentials(name):
    entry = operation(name)
    assert entry["summary"]
    assert entry["description"]
    assert entry["tags"] == [tag["name"] for tag in openapi()["tags"]]
    assert "security" not in entry
    assert openapi()["security"] == [{"basic": []}]
    scheme = openapi()["components"]["securitySchemes"]["basic"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "basic")


def test_the_document_speaks_of_the_api_only_and_not_of_tools_or_pages():
    text = json.dumps(openapi())
    assert not re.search(r"\]\(/", text)
    assert not [each["tool"] for each in operations() if each["tool"] in text]


def test_the_query_of_a_list_has_its_bounds():
    parameters = {each["name"]: each for each in operation("listSenders")["parameters"]}
    assert parameters["Channel"]["required"]
    assert parameters["Channel"]["schema"]["enum"] == ["whatsapp", "rcs"]
    size = parameters["PageSize"]["schema"]
    assert (size["minimum"], size["maximum"]) == (1, 1000)
    assert not any(parameters[name]["required"] for name in ("PageSize", "PageToken", "Page"))


@pytest.mark.parametrize("name", ["fetchSender", "updateSender", "deleteSender"])
def test_a_sid_in_the_path_has_its_pattern(name):
    [sid] = operation(name)["parameters"]
    assert (sid["name"], sid["in"], sid["required"]) == ("Sid", "path", True)
    assert re.search(sid["schema"]["pattern"], ONLINE_SENDER)
    assert not re.search(sid["schema"]["pattern"], "../../v1/Services/x?y=1")


@pytest.mark.parametrize(("name", "sid", "query", "body"), REQUESTS)
async def test_every_response_of_the_sandbox_matches_the_document(name, sid, query, body):
    method, path, _ = OPERATIONS[name]
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=Sandbox()),
        base_url=openapi()["servers"][0]["url"],
        auth=(ACCOUNT_SID, AUTH_TOKEN),
    ) as client:
        url = path.replace("{Sid}", sid or "") + query
        response = await client.request(method.upper(), url, json=body)
    declared = operation(name)["responses"]
    status = str(response.status_code)
    entry = declared.get(status) or declared[f"{status[0]}XX"]
    assert "T-Request-Id" in entry["headers"]
    assert response.headers["T-Request-Id"]
    if "content" not in entry:
        assert response.content == b""
        return
    model = entry["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert problems(model, response.json(), closed=True) == []


@pytest.mark.parametrize(
    ("model", "value"),
    [
        ("Sender", {"status": 5}),
        ("Sender", {"profile": {"emails": ["a@example.com"]}}),
        ("Sender", {"configuration": {"verification_code": "123456"}}),
        ("SendersList", {"senders": {}}),
        ("SendersList", {"meta": {"page": "0"}}),
        ("ErrorResponse", {"code": "twenty"}),
    ],
)
def test_a_response_of_another_shape_does_not_match(model, value):
    assert problems(model, value)


def test_a_key_that_twilio_adds_to_a_response_matches():
    assert problems("Sender", {"status": "SLEEPING", "newer": 1}) == []


@pytest.mark.parametrize("name", ["createSender", "updateSender"])
def test_the_example_of_a_request_is_accepted_by_its_schema(name):
    content = operation(name)["requestBody"]["content"]["application/json"]
    model = content["schema"]["$ref"].rpartition("/")[2]
    assert problems(model, content["example"]) == []


@pytest.mark.parametrize(
    "body",
    [
        {"friendly_name": ""},
        {"friendly_name": "two\nlines"},
        {"webhook": {"callback_url": "HTTPS://example.com/a#rc=3"}},
        {"webhook": {"fallback_url": ""}},
        {"configuration": {"account_type": ""}},
        {"profile": {"emails": []}},
        {"profile": {"websites": [{"website": "https://example.com"}]}},
    ],
)
async def test_the_schema_accepts_an_update_that_the_tool_accepts(body):
    twilio = StandIn()
    result = await call(twilio, {"sid": ONLINE_SENDER, **body})
    assert not result.is_error
    assert problems("UpdateSender", body) == []
    assert problems("UpdateSender", json.loads(twilio.received[0].body)) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"profile": {}},
        {"webhook": {}, "configuration": {}},
        {"profil": {"about": "x"}},
        {"profile": {"abot": "x"}},
        {"profile": {"emails": [{"email": "a@example.com", "kind": "x"}]}},
        {"profile": {"websites": ["https://example.com"]}},
        {"profile": {"vertical": "RESTAURANT"}},
        {"profile": {"about": 5}},
        {"friendly_name": "a\x00b"},
        {"webhook": {"callback_url": "example.com"}},
        {"webhook": {"callback_url": "ftp://example.com"}},
        {"webhook": {"callback_method": "GET"}},
        {"configuration": {"verification_code": "12a"}},
        {"configuration": {"voice_application_sid": "AP1"}},
    ],
)
async def test_the_schema_refuses_an_update_that_the_tool_refuses(body):
    twilio = StandIn()
    result = await call(twilio, {"sid": ONLINE_SENDER, **body})
    assert result.is_error
    assert twilio.received == []
    assert problems("UpdateSender", body)


async def test_the_schema_accepts_the_nulls_that_the_tool_sends_for_cleared_fields():
    twilio = StandIn()
    await call(twilio, {"sid": ONLINE_SENDER, "clear": ["webhook.fallback_url", "profile"]})
    body = json.loads(twilio.received[0].body)
    assert body == {"webhook": {"fallback_url": None}, "profile": None}
    assert problems("UpdateSender", body) == []


@pytest.mark.parametrize(
    ("body", "accepted"),
    [
        (NEW, True),
        ({"sender_id": "rcs:agent"}, True),
        ({"profile": {"name": "New"}}, False),
        ({**NEW, "sender_id": "+15550100123"}, False),
        ({**NEW, "sid": ONLINE_SENDER}, False),
    ],
)
def test_the_schema_of_a_create_requires_the_sender_id_with_its_channel(body, accepted):
    assert (problems("CreateSender", body) == []) is accepted
