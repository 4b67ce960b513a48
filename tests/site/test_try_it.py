"""Forms that send requests to the embedded sandbox, which exist only with it."""

import pytest
from documents import Document
from starlette.testclient import TestClient

from twilio_senders_mcp.http.app import create_http_app
from twilio_senders_mcp.reference.generated import examples
from twilio_senders_mcp.reference.operation_pages import compact
from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN, PENDING_SENDER, Sandbox
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.settings import load_settings
from twilio_senders_mcp.site.try_it import SandboxRelay

ORIGIN = "http://127.0.0.1:8000"
SENDERS = "/docs/try/v2/Channels/Senders"
OPERATIONS = ["list-senders", "create-sender", "fetch-sender", "update-sender", "delete-sender"]


def client(relay):
    server = create_server(load_settings(), sandbox=True)
    return TestClient(create_http_app(server, "127.0.0.1", relay=relay), base_url=ORIGIN)


@pytest.fixture
def tried():
    return client(SandboxRelay(Sandbox(), ACCOUNT_SID, AUTH_TOKEN, PENDING_SENDER))


def forms(site, operation):
    document = Document(site.get(f"/docs/operations/{operation}").text)
    return [form for form in document.all("form") if form.get("class") == "try"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_operation_has_a_form_whose_request_the_sandbox_accepts(tried, operation):
    [form] = forms(tried, operation)
    assert "hidden" in form  # a form without a script would send nothing useful
    document = Document(tried.get(f"/docs/operations/{operation}").text)
    fields = {e["name"]: e for tag in ("input", "select", "textarea") for e in document.all(tag)}
    target = form["data-target"]
    if "sid" in fields:
        assert fields["sid"]["value"] == PENDING_SENDER
        target = target.replace("{Sid}", PENDING_SENDER)
    if "channel" in fields:
        target += "?Channel=rcs"
    body = None
    if "body" in fields:
        body = examples()[operation.partition("-")[0]]
        assert compact(body) in document.text
    answer = tried.request(form["data-method"], target, json=body)
    assert answer.status_code == {
        "create-sender": 202,
        "update-sender": 202,
        "delete-sender": 204,
    }.get(operation, 200)
    assert answer.headers["content-security-policy"]


def test_without_the_sandbox_there_is_neither_a_form_nor_a_relay():
    site = client(None)
    assert [forms(site, operation) for operation in OPERATIONS] == [[]] * 5
    assert site.get(f"{SENDERS}?Channel=rcs").status_code == 404


def test_other_pages_have_no_form(tried):
    assert 'class="try"' not in tried.get("/docs/topics/webhooks").text


def test_the_sandbox_gets_its_own_credentials_and_no_other_header(tried):
    answer = tried.get(f"{SENDERS}?Channel=whatsapp", headers={"Authorization": "Basic eDp5"})
    assert answer.status_code == 200
    assert AUTH_TOKEN not in answer.text


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
def test_pages_of_other_sites_cannot_send_anything(tried, headers):
    answer = tried.delete(f"{SENDERS}/{PENDING_SENDER}", headers=headers)
    assert answer.status_code in (403, 421)
    assert tried.get(f"{SENDERS}/{PENDING_SENDER}").status_code == 200
