"""The clients of Twilio's Monitor and Webhooks configuration APIs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from senders_clients import SOMEBODY, one_account
from stand_in import StandIn, answer

from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN, Sandbox
from twilio_senders_mcp.twilio.credentials import Credentials
from twilio_senders_mcp.twilio.errors import OutcomeUnknown, Refused
from twilio_senders_mcp.twilio.monitor import Alerts

pytestmark = pytest.mark.anyio

SINCE = datetime(2026, 11, 24, 10, 20, 30, tzinfo=UTC)
SANDBOX_USER = Credentials(ACCOUNT_SID, AUTH_TOKEN)


async def test_alerts_are_read_from_the_sandbox():
    accounts = one_account(Sandbox(), SANDBOX_USER)
    day = await accounts.default.monitor.alerts(datetime.now(UTC) - timedelta(hours=24))
    await accounts.aclose()
    assert [alert.code for alert in day.items] == ["11200", "11200", "11237", "12300"]
    assert day.items[0].url == "http://10.0.0.5/inbound"


async def alerts(*answers: Any) -> tuple[Alerts, StandIn]:
    app = StandIn([answer(200, body) for body in answers])
    accounts = one_account(app, SOMEBODY)
    found = await accounts.default.monitor.alerts(SINCE)
    await accounts.aclose()
    return found, app


async def test_alerts_are_asked_for_by_time_and_read_over_all_pages():
    following = "https://elsewhere.example/v1/Alerts?PageSize=1000&Page=1&PageToken=PA1"
    first = {"alerts": [{"error_code": "1", "request_url": "u"}], "meta": {}}
    pages = [first | {"meta": {"next_page_url": following}}, first]
    found, app = await alerts(*pages)
    assert [alert.code for alert in found.items] == ["1", "1"]
    assert found.complete
    assert app.received[0].query == "StartDate=2026-11-24T10%3A20%3A30Z&PageSize=1000"
    assert app.received[1].query == "PageSize=1000&Page=1&PageToken=PA1"
    assert len(app.received) == 2


async def test_alerts_end_where_the_pages_repeat_or_their_link_is_broken():
    same = "https://a.example/?PageSize=1"
    _, app = await alerts({"alerts": [], "meta": {"next_page_url": same}})
    assert len(app.received) == 2
    _, app = await alerts({"alerts": [], "meta": {"next_page_url": "https://[x"}})
    assert len(app.received) == 1
    _, app = await alerts({"alerts": [], "meta": None})
    assert len(app.received) == 1


async def test_at_most_ten_pages_of_alerts_are_read():
    pages = [
        {"alerts": [], "meta": {"next_page_url": f"https://a.example/?Page={n}"}} for n in range(20)
    ]
    found, app = await alerts(*pages)
    assert len(app.received) == 10
    assert not found.complete


async def test_alerts_without_a_url_or_of_an_odd_form_are_left_out():
    items = [None, {"request_url": None}, {"request_url": "u", "date_created": "d"}]
    found, _ = await alerts({"alerts": items})
    assert [(alert.url, alert.at, alert.code) for alert in found.items] == [("u", "d", "")]


async def test_a_response_without_alerts_is_no_answer():
    with pytest.raises(OutcomeUnknown):
        await alerts({"meta": {}})


async def test_rules_and_settings_are_read_from_the_sandbox():
    accounts = one_account(Sandbox(), SANDBOX_USER)
    webhooks = accounts.default.webhooks
    [default, prefix] = await webhooks.rules()
    assert (default.match, default.url) == ("DEFAULT", "")
    assert (prefix.match, prefix.url) == ("PREFIX_MATCH", "https://hooks.example.com/")
    setting = await webhooks.setting(prefix.setting_ids[0])
    assert (setting.kind, setting.name) == ("CUSTOMER", "Two retries")
    assert (setting.total_timeout_ms, setting.retry_count) == (10000, 2)
    delivery = await webhooks.test("https://hooks.example.com/in", default.setting_ids[0])
    assert (delivery.status, delivery.total_ms) == (200, 120)
    await accounts.aclose()


async def rules(*answers: Any) -> tuple[list[Any], StandIn]:
    app = StandIn([answer(200, body) for body in answers])
    accounts = one_account(app, SOMEBODY)
    found = await accounts.default.webhooks.rules()
    await accounts.aclose()
    return found, app


async def test_rules_are_read_over_all_pages_and_at_most_ten():
    pages = [{"rules": [{}], "meta": {"nextToken": "t", "key": "rules"}}, {"rules": [{}]}]
    found, app = await rules(*pages)
    assert len(found) == 2
    assert app.received[1].query == "pageSize=100&pageToken=t"
    _, app = await rules(*[{"rules": [], "meta": {"nextToken": str(n)}} for n in range(20)])
    assert len(app.received) == 10


async def test_rules_end_where_the_token_repeats():
    _, app = await rules({"rules": [], "meta": {"nextToken": "t"}})
    assert len(app.received) == 2


async def test_a_response_without_rules_is_no_answer():
    with pytest.raises(OutcomeUnknown):
        await rules({"meta": []})


async def test_a_rule_of_an_odd_form_is_read_as_far_as_possible():
    odd = [{"settings": [None, {"settingId": 1}, {"settingId": "s"}], "id": 5}, None]
    found, _ = await rules({"rules": odd})
    assert found[0].setting_ids == ("s",)
    assert found[0].id == ""


async def test_a_test_without_a_result_has_no_status():
    app = StandIn([answer(200, {"url": "u", "result": {"timing": {"totalMs": True}}})])
    accounts = one_account(app, SOMEBODY)
    delivery = await accounts.default.webhooks.test("https://a.example", "s")
    await accounts.aclose()
    assert (delivery.status, delivery.total_ms) == (None, None)
    assert b'"method":"POST"' in app.received[0].body


async def test_a_test_is_sent_once_only():
    app = StandIn([answer(422, {"code": 20422, "message": "too young"})])
    accounts = one_account(app, SOMEBODY)
    with pytest.raises(Refused):
        await accounts.default.webhooks.test("https://a.example", "s")
    await accounts.aclose()
    assert len(app.received) == 1
