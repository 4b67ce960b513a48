"""The rules about status, profile, pictures and deliveries, each both ways, with its source."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from twilio_senders_mcp.senders.addresses import addresses_of
from twilio_senders_mcp.senders.contrast import contrast_on_white
from twilio_senders_mcp.senders.finding import Finding, most_urgent_first, verdict_of
from twilio_senders_mcp.senders.picture_rules import PictureFacts, picture_findings
from twilio_senders_mcp.senders.profile_rules import profile_findings
from twilio_senders_mcp.senders.status_rules import status_findings
from twilio_senders_mcp.senders.webhook_delivery import alert_findings, rule_for
from twilio_senders_mcp.twilio.monitor import Alert, Alerts
from twilio_senders_mcp.twilio.webhooks import Rule

NUMBER = "whatsapp:+15550100001"


def told(findings: Any) -> list[tuple[str, str, str]]:
    return [(one.check, one.state, one.found.format(*one.outside)) for one in findings]


def status(**sender: Any) -> list[tuple[str, str, str]]:
    return told(status_findings({"sender_id": NUMBER, **sender}))  # pyright: ignore[reportArgumentType] # parts of a sender


def profile(sender_id: str, **fields: Any) -> list[tuple[str, str]]:
    sender: Any = {"sender_id": sender_id, "profile": fields}
    return [(state, found) for _, state, found in told(profile_findings(sender))]


@pytest.mark.parametrize(
    ("value", "state"),
    [
        ("ONLINE", "pass"),
        ("ONLINE:UPDATING", "pass"),
        ("CREATING", "warn"),
        ("VERIFYING", "warn"),
        ("TWILIO_REVIEW", "warn"),
        ("PENDING_VERIFICATION", "fail"),
        ("DRAFT", "fail"),
        ("STUBBED", "unknown"),
        ("NEW", "unknown"),
    ],
)
def test_a_status_tells_whether_a_sender_can_be_used(value, state):
    """Source: Twilio's OpenAPI file, 2026-04-14, and its skill texts, 2026-06-29."""
    [(check, found, _)] = status(status=value)
    assert (check, found) == ("status", state)


def test_an_offline_sender_is_told_by_its_reasons():
    reasons = [{"code": "63020", "message": "m"}, {"code": "99999"}, {}, "x", None]
    findings = list(
        status_findings({"sender_id": NUMBER, "status": "OFFLINE", "offline_reasons": reasons})  # pyright: ignore[reportArgumentType] # as above
    )
    assert [one.state for one in findings] == ["fail"] * 3
    assert findings[0].cure == "Accept Twilio's invitation in Meta Business Manager."
    assert findings[0].page == "errors/63020"
    assert findings[1].cure == "Look the code up in Twilio's error dictionary."
    assert findings[2].outside == ("without a code", "")


@pytest.mark.parametrize(("extra", "state"), [({"offline_reasons": []}, "warn"), ({}, "fail")])
def test_an_offline_sender_without_a_reason_may_only_be_new(extra, state):
    assert [found[1] for found in status(status="OFFLINE", **extra)] == [state]


@pytest.mark.parametrize(
    ("properties", "state"),
    [
        ({"quality_rating": "HIGH", "messaging_limit": "10K"}, "pass"),
        ({"quality_rating": "green"}, "pass"),
        ({"quality_rating": "MEDIUM"}, "warn"),
        ({"quality_rating": "LOW"}, "warn"),
        ({"messaging_limit": "250"}, "unknown"),
        ({"quality_rating": "ODD"}, "unknown"),
        (None, None),
    ],
)
def test_a_low_quality_is_a_warning(properties, state):
    """Source: Meta, on messaging limits."""
    found = [
        one[1] for one in status(status="ONLINE", properties=properties) if one[0] == "quality"
    ]
    assert found == ([state] if state else [])


@pytest.mark.parametrize(
    ("carriers", "state", "words"),
    [
        ([{"name": "A", "status": "APPROVED"}, None], "pass", "1 of 1 carriers"),
        ([{"name": "A", "status": "CARRIER_REVIEW"}], "warn", "0 of 1 carriers"),
        (
            [{"name": "A", "status": "APPROVED"}, {"name": "B", "status": "REJECTED"}],
            "warn",
            "Refused: B in US (REJECTED).",
        ),
        (None, None, ""),
    ],
)
def test_an_rcs_sender_is_told_by_its_carriers(carriers, state, words):
    """Source: Twilio's OpenAPI file, 2026-04-14."""
    compliance = {"countries": [{"country": "US", "carriers": carriers}, "x"]}
    found = status(sender_id="rcs:a", status="ONLINE", compliance=compliance)
    assert [one[1] for one in found[1:]] == ([state] if state else [])
    assert words in found[-1][2]


@pytest.mark.parametrize(
    ("field", "value", "state"),
    [
        ("about", "x" * 139, None),  # Meta, on business profiles
        ("about", "x" * 140, "fail"),
        ("description", "x" * 512, None),  # Meta, on business profiles
        ("description", "x" * 513, "fail"),
        ("address", "x" * 256, None),  # other providers' pages
        ("address", "x" * 257, "warn"),
        ("emails", [{"email": "a@b.example"}], None),  # other providers' pages
        ("emails", [{"email": "a@b.example"}] * 2, "warn"),
        ("emails", [{"email": "b.example"}], "warn"),  # our advice
        ("websites", [{"website": "https://a.example"}] * 2, None),  # other providers' pages
        ("websites", [{"website": "https://a.example"}] * 3, "warn"),
        ("websites", [{"website": "https://a.example/" + "x" * 256}], "warn"),
        ("websites", ["odd"], None),
        ("accent_color", "#000000", "warn"),  # Twilio's OpenAPI file: RCS only
        ("name", "x" * 256, None),  # the rules of the name say so
    ],
)
def test_a_whatsapp_profile_is_checked_field_by_field(field, value, state):
    good = {"name": "Owl", "logo_url": "https://a.example/l", "vertical": "Other"}
    found = profile(NUMBER, **{**good, field: value})
    assert [one[0] for one in found] == ([state] if state else ["pass"])


def test_a_whatsapp_profile_should_have_a_logo_and_a_category():
    """Source: our advice."""
    assert profile(NUMBER, name="Owl") == [("warn", "The profile has no logo_url and no vertical.")]


RCS = {
    "name": "Owl",
    "logo_url": "https://a.example/l",
    "banner_url": "https://a.example/b",
    "privacy_url": "https://a.example/p",
    "terms_of_service_url": "https://a.example/t",
    "phone_numbers": [{"phone_number": "+15550100001"}],
}


@pytest.mark.parametrize(
    ("others", "state"),
    [
        ({}, "pass"),
        ({"privacy_url": ""}, "fail"),
        ({"terms_of_service_url": None}, "fail"),
        ({"banner_url": None}, "fail"),
        ({"logo_url": None}, "fail"),
        ({"phone_numbers": []}, "fail"),
        ({"phone_numbers": [], "emails": [{"email": "a@b.example"}]}, "pass"),
        ({"about": "x"}, "warn"),
        ({"accent_color": "#767676"}, "pass"),
        ({"accent_color": "#777777"}, "warn"),
        ({"accent_color": "red"}, "fail"),
    ],
)
def test_an_rcs_profile_needs_what_a_launch_needs(others, state):
    """Source: Google's RCS documentation; for a malformed colour Twilio's error page 63100."""
    assert state in [one[0] for one in profile("rcs:a", **{**RCS, **others})]


def test_an_rcs_sender_that_is_online_was_launched_already():
    sender: Any = {"sender_id": "rcs:a", "status": "ONLINE", "profile": {"name": "Owl"}}
    assert [found[1] for found in told(profile_findings(sender))] == ["warn"]


def test_a_profile_of_an_unknown_channel_or_form_is_not_judged():
    sender: Any = {"sender_id": "other:a", "profile": "odd"}
    assert [found[1] for found in told(profile_findings(sender))] == ["pass"]


@pytest.mark.parametrize(
    ("color", "contrast"),
    [
        ("#FFFFFF", 1.0),
        ("#000000", 21.0),
        ("#767676", 4.54),
        ("#777777", 4.48),
        ("#0a0a0a", 19.80),
        ("red", None),
        ("#FFF", None),
    ],
)
def test_the_contrast_is_that_of_wcag(color, contrast):
    """Source: WCAG 2.2, relative luminance and contrast ratio; #767676 is its best-known case."""
    computed = contrast_on_white(color)
    assert computed == (contrast if contrast is None else pytest.approx(contrast, abs=0.005))


def picture(sender_id: str, field: str = "profile.logo_url", **facts: Any) -> list[tuple[str, str]]:
    known = {"kind": "png", "declared": "image/png", "width": 640, "height": 640, "size": 9000}
    sender: Any = {"sender_id": sender_id}
    findings = picture_findings(field, PictureFacts(**{**known, **facts}), sender)
    return [(state, found) for _, state, found in told(findings)]


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, "pass"),
        ({"kind": "jpeg", "declared": "image/jpeg"}, "pass"),
        ({"kind": "jpeg", "declared": "image/jpg"}, "pass"),
        ({"kind": "jpeg"}, "warn"),
        ({"kind": "gif", "declared": "image/gif"}, "warn"),
        ({"kind": "", "declared": "text/html"}, "warn"),
        ({"kind": "", "declared": ""}, "warn"),
        ({"width": 640, "height": 320}, "warn"),
        ({"width": 191, "height": 191}, "warn"),
        ({"width": 192, "height": 192}, "pass"),
        ({"width": 0, "height": 0}, "pass"),
        ({"size": 5 << 20}, "pass"),
        ({"size": (5 << 20) + 1}, "warn"),
        ({"size": None}, "warn"),
    ],
)
def test_a_whatsapp_logo_is_warned_about_at_most(facts, state):
    """Source: other providers' pages, which disagree."""
    assert [one[0] for one in picture(NUMBER, **facts)] == [state]


@pytest.mark.parametrize(
    ("field", "facts", "state"),
    [
        ("profile.logo_url", {"width": 224, "height": 224, "size": 50 << 10}, "pass"),
        ("profile.logo_url", {"width": 225, "height": 224}, "fail"),
        ("profile.logo_url", {"width": 224, "height": 224, "size": (50 << 10) + 1}, "fail"),
        ("profile.banner_url", {"width": 1440, "height": 448, "size": 200 << 10}, "pass"),
        ("profile.banner_url", {"width": 448, "height": 1440}, "fail"),
        ("profile.banner_url", {"width": 0, "height": 0, "size": None}, "fail"),
        ("profile.banner_url", {"kind": ""}, "fail"),
    ],
)
def test_a_picture_for_rcs_has_the_documented_pixels_and_bytes(field, facts, state):
    """Source: Google's RCS documentation."""
    assert [one[0] for one in picture("rcs:a", field, **facts)] == [state]


def test_the_addresses_of_a_sender_are_those_of_webhooks_and_profile_each_once():
    sender: Any = {
        "webhook": {"callback_url": "https://a.example/in", "fallback_url": "https://a.example/in"},
        "profile": {
            "websites": [{"website": "https://b.example"}, {"website": ""}],
            "privacy_url": "https://b.example",
            "terms_of_service_url": None,
            "logo_url": "https://c.example",
            "banner_url": 5,
        },
    }
    assert [(one.kind, one.name, one.url) for one in addresses_of(sender)] == [
        ("webhook", "webhook.callback_url, webhook.fallback_url", "https://a.example/in"),
        ("page", "profile.websites, profile.privacy_url", "https://b.example"),
        ("picture", "profile.logo_url", "https://c.example"),
    ]


RULES = [
    Rule("1", "default", "DEFAULT", "", ("s1",)),
    Rule("2", "short", "PREFIX_MATCH", "https://a.example/", ("s2",)),
    Rule("3", "long", "PREFIX_MATCH", "https://a.example/in/", ("s3",)),
    Rule("4", "exact", "EXACT_MATCH", "https://a.example/in/sms", ("s4",)),
    Rule("5", "odd", "PREFIX_MATCH", "", ("s5",)),
]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://a.example/in/sms", "exact"),
        ("https://a.example/in/sms2", "long"),
        ("https://a.example/other", "short"),
        ("https://b.example/", "default"),
    ],
)
def test_the_most_specific_rule_applies(url, name):
    """Source: Twilio's page "Configure webhook rules"."""
    rule = rule_for(url, RULES)
    assert rule is not None
    assert rule.name == name


def test_without_a_default_rule_perhaps_none_applies():
    assert rule_for("https://b.example/", RULES[1:]) is None


NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
URLS = {"callback_url": "https://a.example/in?x=1#rc=3", "fallback_url": "https://b.example"}


def alert(minutes: int, code: str = "11200", url: str = URLS["callback_url"], level="error"):
    return Alert(code, level, url, f"{NOW - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}")


def test_alerts_are_grouped_by_code_and_url_the_most_recent_first():
    """Source: Twilio's page "Monitor REST API: Alerts"."""
    alerts = [
        alert(500, "11237", "https://B.example:443/"),
        alert(90),
        alert(30, url="https://a.example/in?bodySHA256=0"),
        alert(5, url="https://elsewhere.example/in"),
        alert(5, level="debug"),
        alert(5, url="https://[x"),
    ]
    first, second = alert_findings(Alerts(alerts, complete=True), URLS, NOW)
    assert first.state == "warn"
    assert first.found.format(*first.outside) == (
        "Twilio logged 2 errors 11200 with webhook.callback_url in the last 24 hours, the newest "
        "at 2026-11-25T11:30:00Z. Twilio called a webhook and got no usable response."
    )
    assert second.state == "warn"
    assert "1 error 11237 with webhook.fallback_url" in second.found.format(*second.outside)


def test_an_alert_of_an_unknown_code_or_time_is_shown_as_it_is():
    odd = Alert("99999", "warning", "https://b.example", "once")
    [found] = alert_findings(Alerts([odd], complete=True), URLS, NOW)
    assert (found.state, found.first, found.page) == ("warn", False, "topics/webhooks")
    local = Alert("11210", "error", "https://b.example", "2026-11-25T11:59:00")
    [found] = alert_findings(Alerts([local], complete=True), URLS, NOW)
    assert (found.state, found.first, found.page) == ("warn", True, "errors/11210")


@pytest.mark.parametrize(("minutes", "first"), [(0, True), (60, True), (61, False), (1400, False)])
def test_an_alert_is_a_warning_and_comes_first_if_it_is_from_the_last_hour(minutes, first):
    """Twilio does not tell how many requests succeeded, so an alert proves no lasting failure."""
    [found] = alert_findings(Alerts([alert(minutes)] * 50, complete=True), URLS, NOW)
    assert (found.state, found.first) == ("warn", first)


def test_an_alert_names_every_field_that_holds_its_url():
    urls = {"callback_url": "https://a.example/in", "fallback_url": "https://a.example/in?x=1"}
    [found] = alert_findings(Alerts([alert(5)], complete=True), urls, NOW)
    assert "with webhook.callback_url, webhook.fallback_url in the last" in found.found


def test_no_alerts_are_good_news():
    [found] = alert_findings(Alerts([], complete=True), URLS, NOW)
    assert found.state == "pass"


def test_no_alerts_among_those_that_could_be_read_is_no_news():
    [found] = alert_findings(Alerts([], complete=False), URLS, NOW)
    assert found.state == "unknown"
    known, found = alert_findings(Alerts([alert(5)], complete=False), URLS, NOW)
    assert (known.state, found.state) == ("warn", "unknown")


def test_findings_are_ordered_by_urgency_and_decide_the_verdict():
    def finding(state: Any) -> Finding:
        return Finding(check="x", state=state, found=state)

    states = ["pass", "skipped", "warn", "unknown", "fail"]
    ordered = most_urgent_first(finding(state) for state in states)
    assert [one.state for one in ordered] == ["fail", "warn", "unknown", "skipped", "pass"]
    assert verdict_of(ordered) == "blocked"
    assert verdict_of(ordered[1:]) == "needs_attention"
    assert verdict_of(ordered[2:]) == "ready"


def test_what_comes_first_comes_before_others_of_its_state_only():
    findings = [
        Finding(check="a", state="warn", found=""),
        Finding(check="b", state="warn", found="", first=True),
        Finding(check="c", state="fail", found=""),
    ]
    assert [one.check for one in most_urgent_first(findings)] == ["c", "b", "a"]
