"""`check_sender` on webhooks: Twilio's alerts, the rules of delivery, and test requests."""

import json
from typing import Any

import anyio
import pytest
from checked_senders import Partly, check, checks
from mcp.types import ElicitResult
from sandboxed import ERAS, connected, meta_of, text_of
from stand_in import StandIn, answer

from twilio_senders_mcp.sandbox import (
    OFFLINE_SENDER,
    ONLINE_SENDER,
    PENDING_SENDER,
    RCS_SENDER,
    Sandbox,
)

pytestmark = pytest.mark.anyio

RULE = {"id": "r1", "matchType": "DEFAULT", "settings": [{"settingId": "s1"}]}
TESTED: dict[str, Any] = {"sid": RCS_SENDER, "probe": False, "twilio_test": True}
UNASKED: dict[str, Any] = {"twilio_senders_confirm": "never"}


async def test_what_twilio_saw_names_the_code_its_meaning_and_its_cure():
    result = await check(Sandbox(), sid=OFFLINE_SENDER, probe=False)
    first, second = checks(result, "alerts")
    assert first[0] == "warn"
    assert first[1].startswith('Twilio logged 2 errors "11200" with webhook.callback_url in the')
    assert second[0] == "warn"
    assert '"11237" with webhook.status_callback_url' in second[1]
    warnings = [one for one in result.structured_content["checks"] if one["state"] == "warn"]
    assert warnings[0]["check"] == "alerts"
    assert warnings[0]["cure"].startswith("Call the URL yourself")


async def test_a_setting_that_cannot_be_read_is_named_by_its_id():
    result = await check(Partly({"/v1/Webhooks/Settings": 403}), sid=ONLINE_SENDER, probe=False)
    assert (
        'applies, with the setting "webhooks_setting_00000000000000000000000002"'
        in checks(result, "delivery_rule")[0][1]
    )


class Rules(Sandbox):
    """A sandbox whose account has other rules."""

    def __init__(self, *rules: dict[str, Any], setting: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.rules = {"rules": list(rules), "meta": {"key": "rules"}}
        self.setting = setting or {}
        self.tests: list[bytes] = []
        self.delivery: tuple[int, Any] = (201, {"result": {}})
        self.hangs = False

    async def __call__(self, scope, receive, send):
        path = scope.get("path", "")
        if path == "/v1/Webhooks/Rules":
            await StandIn([answer(200, self.rules)])(scope, receive, send)
        elif path.startswith("/v1/Webhooks/Settings"):
            await StandIn([answer(200, self.setting)])(scope, receive, send)
        elif path == "/v1/Webhooks/Tests":
            if self.hangs:
                await anyio.sleep_forever()
            app = StandIn([answer(*self.delivery)])
            await app(scope, receive, send)
            self.tests.append(app.received[0].body)
        else:
            await super().__call__(scope, receive, send)


async def test_an_account_without_rules_applies_no_setting():
    result = await check(Rules(), sid=PENDING_SENDER, probe=False)
    assert checks(result, "delivery_rule") == []
    result = await check(Rules(), **TESTED, **UNASKED)
    assert checks(result, "delivery_rule")[0] == (
        "pass",
        "webhook.callback_url: no rule applies, so Twilio uses no setting.",
    )
    assert checks(result, "delivery_test")[0] == (
        "skipped",
        "webhook.callback_url: Twilio tests only with a setting, and no setting applies.",
    )


async def test_a_rule_and_a_setting_without_names_are_shown_by_their_ids():
    found = checks(await check(Rules(RULE), sid=RCS_SENDER, probe=False), "delivery_rule")
    assert 'the rule "r1" (default) applies, with the setting "s1".' in found[0][1]
    bare = {"id": "r1", "matchType": "DEFAULT", "settings": []}
    result = await check(Rules(bare), **TESTED, **UNASKED)
    found = checks(result, "delivery_rule")
    assert 'the rule "r1" (default) applies, with the setting "none".' in found[0][1]
    assert checks(result, "delivery_test")[0][0] == "skipped"


@pytest.mark.parametrize(("count", "words"), [(0, "0 retries"), (1, "1 retry"), (2, "2 retries")])
async def test_a_setting_tells_how_often_twilio_retries(count, words):
    setting = {"type": "CUSTOMER", "connection": {"retryPolicy": {"retryCount": count}}}
    result = await check(Rules(RULE, setting=setting), sid=RCS_SENDER, probe=False)
    assert f"(customer, {words})" in checks(result, "delivery_rule")[0][1]


@pytest.mark.parametrize(
    ("delivery", "state", "words"),
    [
        (
            (201, {"result": {"response": {"statusCode": 204}, "timing": {"totalMs": 80}}}),
            "pass",
            "the server responded with HTTP 204 to Twilio's test in 80 ms.",
        ),
        (
            (201, {"result": {"response": {"statusCode": 500}}}),
            "fail",
            "the server responded with HTTP 500 to Twilio's test.",
        ),
        ((201, {"result": {"response": None}}), "fail", "did not respond to Twilio's test."),
        (
            (422, {"code": 20422, "message": "too young"}),
            "skipped",
            "Twilio reported no outcome of the test: ",
        ),
    ],
)
async def test_a_test_delivery_tells_its_status_and_time(delivery, state, words):
    app = Rules(RULE)
    app.delivery = delivery
    result = await check(app, **TESTED, **UNASKED)
    found = checks(result, "delivery_test")
    assert [one[0] for one in found] == [state] * 3
    assert words in found[0][1]
    assert len(app.tests) == 3


async def test_no_test_is_sent_unless_it_is_asked_for():
    app = Rules(RULE)
    await check(app, sid=RCS_SENDER, probe=False)
    assert app.tests == []


async def test_a_url_in_several_fields_is_tested_once():
    app = Rules(RULE)
    url = "https://hooks.owl-bakery.com/in"
    webhook = {"callback_url": url, "fallback_url": url, "status_callback_url": f"{url}?s=1"}
    draft = {"sender_id": "rcs:new_agent", "webhook": webhook}
    result = await check(app, draft=draft, probe=False, twilio_test=True, **UNASKED)
    assert [json.loads(body)["url"] for body in app.tests] == [url, f"{url}?s=1"]
    [both, other] = checks(result, "delivery_test")
    assert both[1].startswith("webhook.callback_url, webhook.fallback_url: the server ")
    assert other[1].startswith("webhook.status_callback_url: the server ")


async def test_tests_that_take_too_long_do_not_hide_the_rules(monkeypatch):
    monkeypatch.setattr("twilio_senders_mcp.tools.check_sender.PARTS_SECONDS", 0.3)
    app = Rules(RULE)
    app.hangs = True
    result = await check(app, **TESTED, **UNASKED)
    assert checks(result, "delivery_test") == [("skipped", "Not finished within 0 s.")]
    assert len(checks(result, "delivery_rule")) == 3


@pytest.mark.parametrize("era", ERAS)
async def test_a_person_is_asked_before_a_test_where_that_is_possible(era):
    app, asked = Rules(RULE), []
    answers = [
        ElicitResult(action="decline"),
        ElicitResult(action="accept", content={"confirm": True}),
    ]

    async def elicit(_, params):
        asked.append(params.message)
        return answers[len(asked) - 1]

    async with connected(app, era=era, elicitation_callback=elicit) as client:
        declined = await client.call_tool("check_sender", TESTED)
        assert declined.is_error
        assert app.tests == []
        accepted = await client.call_tool("check_sender", TESTED)
    assert not accepted.is_error
    assert len(app.tests) == 3
    assert asked[0].startswith(
        "Let Twilio send a test request to the webhooks of rcs:owl_bakery_agent? A real request "
        'arrives at "https://hooks.example.com/inbound"'
    )


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("mode", ["ask", "always"])
async def test_a_test_is_refused_where_nobody_can_be_asked(era, mode):
    """The tool is marked as reading, so a client may let a model call it without asking."""
    app = Rules(RULE)
    result = await check(app, era=era, twilio_senders_confirm=mode, **TESTED)
    assert result.is_error
    assert "this AI tool cannot ask. Nothing changed." in text_of(result)
    assert "TWILIO_SENDERS_CONFIRM=never" in text_of(result)
    assert meta_of(result)["twilio-senders-mcp/error"]["type"] == "cannot_ask"
    assert app.tests == []


@pytest.mark.parametrize("era", ERAS)
async def test_a_test_is_sent_without_a_question_where_nobody_shall_be_asked(era):
    app = Rules(RULE)
    result = await check(app, era=era, **TESTED, **UNASKED)
    assert not result.is_error
    assert len(app.tests) == 3


async def test_nobody_is_asked_where_there_is_no_webhook_to_test():
    result = await check(Sandbox(), sid=PENDING_SENDER, probe=False, twilio_test=True)
    assert not result.is_error
    assert checks(result, "delivery_test") == []


async def test_a_test_is_refused_where_nothing_may_be_sent():
    sandbox = Sandbox()
    result = await check(
        sandbox, sid=ONLINE_SENDER, twilio_test=True, twilio_senders_read_only="true"
    )
    assert result.is_error
    assert "twilio_test: not allowed: the server or the account is read-only" in text_of(result)
    assert meta_of(result)["twilio-senders-mcp/error"]["outcome"] == "nothing_sent"
    assert not sandbox.requests
    result = await check(sandbox, sid=ONLINE_SENDER, probe=False, twilio_senders_read_only="true")
    assert not result.is_error
