"""The sandbox as Twilio's Monitor and Webhooks configuration APIs."""

import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from twilio.rest.webhooks.v1 import test as webhook_tests

from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN, BAKERY

ALERTS = "https://monitor.twilio.com/v1/Alerts"
WEBHOOKS = "https://webhooks.twilio.com/v1/Webhooks"


@pytest.fixture
def twilio(sandbox):
    """Twilio's own library, unmodified but for the hosts."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(sandbox, log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    http = TwilioHttpClient()
    client = Client(ACCOUNT_SID, AUTH_TOKEN, http_client=http)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    client.monitor.base_url = client.webhooks.base_url = address
    yield client
    assert http.session
    http.session.close()
    server.should_exit = True
    thread.join()
    listener.close()


def test_twilios_library_lists_alerts(twilio):
    since = datetime.now(UTC) - timedelta(hours=24)
    alerts = twilio.monitor.v1.alerts.list(start_date=since)
    assert [alert.error_code for alert in alerts] == ["11200", "11200", "11237", "12300"]
    assert alerts[0].request_url == "http://10.0.0.5/inbound"
    assert datetime.now(UTC) - alerts[0].date_generated < timedelta(minutes=9)
    assert len(twilio.monitor.v1.alerts.list()) == 5
    assert len(twilio.monitor.v1.alerts.list(log_level="warning")) == 1
    assert len(list(twilio.monitor.v1.alerts.stream(page_size=2))) == 5
    earlier = datetime.now(UTC) - timedelta(days=1)
    assert len(twilio.monitor.v1.alerts.list(end_date=earlier)) == 1


def test_twilios_library_reads_rules_and_settings(twilio):
    rules = twilio.webhooks.v1.rules.list()
    assert [rule.match_type for rule in rules] == ["DEFAULT", "PREFIX_MATCH"]
    assert rules[1].prefix == "https://hooks.example.com/"
    assert len(list(twilio.webhooks.v1.rules.stream(page_size=1))) == 2
    setting = twilio.webhooks.v1.settings(rules[0].settings[0]["settingId"]).fetch()
    assert setting.type == "SYSTEM"
    assert setting.connection["retryPolicy"]["retryCount"] == 1


def test_twilios_library_tests_a_delivery(twilio):
    [system, _] = twilio.webhooks.v1.rules.list()
    body = {"settingId": system.settings[0]["settingId"], "method": "POST"}
    tested = twilio.webhooks.v1.tests.create(
        webhook_tests.TestList.TestRequest({"url": "https://hooks.example.com/in", **body})
    )
    assert tested.result["response"]["statusCode"] == 200
    assert tested.result["timing"]["totalMs"] == 120
    assert tested.created_at is not None
    with pytest.raises(TwilioRestException) as caught:
        twilio.webhooks.v1.tests.create(
            webhook_tests.TestList.TestRequest({"url": "ftp://a.example", **body})
        )
    assert (caught.value.status, caught.value.code) == (400, 20001)


@pytest.mark.anyio
async def test_only_the_main_account_has_alerts(client):
    own = (BAKERY.sid, BAKERY.auth_token)
    assert len((await client.get(ALERTS)).json()["alerts"]) == 5
    assert (await client.get(ALERTS, auth=own)).json()["alerts"] == []
    assert (await client.get(ALERTS, auth=("a", "b"))).status_code == 401


@pytest.mark.anyio
async def test_pages_of_alerts_are_linked(client):
    first = (await client.get(ALERTS, params={"PageSize": "3"})).json()
    second = (await client.get(first["meta"]["next_page_url"])).json()
    assert [len(first["alerts"]), len(second["alerts"])] == [3, 2]
    assert second["meta"]["next_page_url"] is None
    assert "Page=0" in second["meta"]["previous_page_url"]


@pytest.mark.anyio
async def test_pages_of_rules_have_tokens(client):
    first = (await client.get(f"{WEBHOOKS}/Rules", params={"pageSize": "1"})).json()
    token = first["meta"]["nextToken"]
    query = {"pageSize": "1", "pageToken": token}
    second = (await client.get(f"{WEBHOOKS}/Rules", params=query)).json()
    assert (second["meta"]["nextToken"], second["meta"]["previousToken"]) == (None, "0")


@pytest.mark.parametrize(
    ("method", "url", "content", "status"),
    [
        ("GET", f"{ALERTS}?StartDate=yesterday", None, 400),
        ("GET", f"{ALERTS}?StartDate=2020-01-01", None, 200),
        ("GET", f"{ALERTS}?LogLevel=loud", None, 400),
        ("GET", f"{ALERTS}?PageSize=0", None, 400),
        ("GET", f"{ALERTS}?PageSize=x", None, 400),
        ("GET", f"{ALERTS}/NO{'0' * 32}", None, 404),
        ("POST", ALERTS, None, 405),
        ("GET", f"{WEBHOOKS}/Rules?pageSize=x", None, 400),
        ("GET", f"{WEBHOOKS}/Settings/webhooks_setting_9", None, 404),
        ("GET", f"{WEBHOOKS}/Tests", None, 405),
        ("POST", f"{WEBHOOKS}/Rules", None, 405),
        ("POST", f"{WEBHOOKS}/Tests", b"{", 400),
        ("POST", f"{WEBHOOKS}/Tests", b"[]", 400),
        ("POST", f"{WEBHOOKS}/Tests", b'{"url": "https://a.example", "settingId": "x"}', 400),
    ],
)
@pytest.mark.anyio
async def test_other_requests_are_refused(client, method, url, content, status):
    assert (await client.request(method, url, content=content)).status_code == status


@pytest.mark.anyio
async def test_a_method_that_no_webhook_has_is_refused(client):
    [rule, _] = (await client.get(f"{WEBHOOKS}/Rules")).json()["rules"]
    setting = rule["settings"][0]["settingId"]
    url = f"{WEBHOOKS}/Settings/{setting}"
    assert (await client.delete(url)).status_code == 405
    body = {"url": "http://a.example", "settingId": setting, "method": "DELETE"}
    assert (await client.post(f"{WEBHOOKS}/Tests", json=body)).status_code == 400
    tested = (await client.post(f"{WEBHOOKS}/Tests", json=body | {"method": "GET"})).json()
    assert tested["result"]["response"]["statusCode"] == 502
