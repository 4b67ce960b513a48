"""The app of the HTTP form in process: its own routes beside MCP and the documentation."""

import pytest
from processes import INITIALIZE
from starlette.testclient import TestClient

from twilio_senders_mcp.http.app import create_http_app
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.settings import load_settings

ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture
def client():
    server = create_server(load_settings(), sandbox=True)
    return TestClient(create_http_app(server, "127.0.0.1"), base_url=ORIGIN, follow_redirects=False)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_root_leads_to_the_documentation_for_now(client, method):
    answer = client.request(method, "/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")
    assert answer.content == b""
    assert client.get(answer.headers["location"]).status_code == 200


def test_the_root_takes_no_other_method(client):
    answer = client.post("/", json={})
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize("path", ["/", "/docs", "/llms.txt"])
@pytest.mark.parametrize(
    ("header", "status"),
    [({"Origin": "https://evil.example"}, 403), ({"Host": "evil.example"}, 421)],
)
def test_what_people_read_is_served_to_the_hosts_and_origins_of_mcp_only(
    client, path, header, status
):
    answer = client.get(path, headers=header)
    assert answer.status_code == status
    assert "location" not in answer.headers


@pytest.mark.parametrize("path", ["/healthz/", "/llms.txt/", "/docs/search/", "/nothing/"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1"])
def test_a_slash_too_many_leads_to_no_other_address(client, path, host):
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code >= 400
    assert "location" not in answer.headers


def test_an_address_with_a_slash_at_its_end_is_the_same(client):
    with client:
        accept = {"Accept": "application/json, text/event-stream"}
        assert client.post("/mcp/", headers=accept, json=INITIALIZE).status_code == 200
        answer = client.post("/mcp/", headers={**accept, "Host": "evil.example"}, json=INITIALIZE)
    assert answer.status_code == 421
    assert "location" not in answer.headers
