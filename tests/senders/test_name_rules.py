"""What is documented of Meta's rules for display names, each rule both ways, with its source."""

from typing import Any

import pytest

from twilio_senders_mcp.senders.name_rules import NAME_RULES, name_findings

META = "Meta's display name guidelines, as other providers quote them"
TWILIO_63124 = "Twilio error page 63124"
TWILIO_63060 = "Twilio error page 63060"

RULES: list[tuple[str, str, list[str], list[str]]] = [
    ("length", TWILIO_63124, ["x" * 256], ["x" * 255]),
    ("minimum", META, ["KT", "A "], ["KT1", "Owl"]),
    ("capitals", TWILIO_63060, ["OWL BAKERY", "GRANDE 1"], ["Owl Bakery", "IBM", "KLM 24", "東京"]),
    (
        "characters",
        TWILIO_63124,
        ["Owl!!", "Owl 🦉", "Owl™", "Owl*", "A -- B"],
        ["Owl & Co.", "Lil'Cakes", "A-B", "O.W.L.", "Crème, brûlée"],
    ),
    ("spaces", META, ["Owl  Bakery", " Owl", "Owl\tBakery"], ["Owl Bakery"]),
    (
        "address",
        META,
        ["www.owl.example", "owl.com", "Owl owl@a.example", "https://x"],
        ["Owl Bakery", "St. Mary", "No. 7", "Call 555 010 0002"],
    ),
    ("number", "our advice", ["Call 555 010 0002", "+15550100002"], ["Route 66", "Owl 2026"]),
    ("generic", TWILIO_63124, ["Bakery", "Customer Support", "The Shop"], ["Owl Bakery", "1 2"]),
    ("promotional", TWILIO_63124, ["Best Shoes", "Shoes for free"], ["Freedom Shoes", "Bestway"]),
    ("endorsement", META, ["Owl Official", "Verified Owl"], ["Officials", "Owl Bakery"]),
    ("trademark", TWILIO_63060, ["WhatsApp Owl", "Owl Meta"], ["Metal Works"]),
]


@pytest.mark.parametrize(
    ("rule", "name", "breaks"),
    [
        (rule, name, breaks)
        for rule, _, bad, good in RULES
        for names, breaks in ((bad, True), (good, False))
        for name in names
    ],
)
def test_a_rule_tells_the_names_that_break_it_from_others(rule, name, breaks):
    [found] = [known for known in NAME_RULES if known.name == rule]
    assert found.breaks(name) is breaks


def test_every_rule_is_tested_and_names_its_source():
    sources = {rule: source for rule, source, _, _ in RULES}
    assert sources.keys() == {rule.name for rule in NAME_RULES}
    for rule in NAME_RULES:
        assert sources[rule.name] in rule.source


def test_only_a_limit_of_twilio_itself_makes_a_name_fail():
    assert [rule.name for rule in NAME_RULES if rule.state == "fail"] == ["length"]
    assert all(rule.source == TWILIO_63124 for rule in NAME_RULES if rule.state != "warn")


def findings(**sender: Any) -> list[tuple[str, str]]:
    whole = {"sender_id": "whatsapp:+15550100001", **sender}
    return [(one.state, one.found.format(*one.outside)) for one in name_findings(whole)]  # pyright: ignore[reportArgumentType] # parts of a sender


def test_a_good_name_passes_and_a_bad_one_names_each_rule():
    assert findings(profile={"name": "Owl Bakery"}) == [
        ("pass", "The name Owl Bakery breaks no documented rule.")
    ]
    assert findings(profile={"name": "BAKERY!!"}) == [
        ("warn", "The name BAKERY!! is all in capitals."),
        ("warn", "The name BAKERY!! has unusual punctuation, symbols or emoji."),
        ("warn", "The name BAKERY!! consists of generic words only."),
    ]


def test_a_whatsapp_sender_needs_a_name_unless_one_is_pending():
    assert findings(profile={}) == [("fail", "There is no display name.")]
    [(state, _)] = findings(pending_display_name="A", pending_display_name_status="APPROVED")
    assert state == "pass"


def test_rcs_names_are_not_reviewed():
    assert findings(sender_id="rcs:a", profile={"name": "BAKERY!!"}) == []


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("PENDING_REVIEW", "warn"),
        ("DECLINED", "warn"),
        ("PIN_MISMATCH", "warn"),
        ("REGISTRATION_FAILED", "warn"),
        ("EXPIRED", "warn"),
        ("APPROVED", "pass"),
        ("COMPLETED", "pass"),
        ("NEW_STATE", "unknown"),
    ],
)
def test_a_pending_name_is_told_by_its_state(status, state):
    """Source of the states: twilio library 9.13.0."""
    pending = {"pending_display_name": "New", "pending_display_name_status": status}
    first, second = findings(profile={"name": "Owl Bakery"}, **pending)
    assert first[0] == state
    assert first[1].startswith(f"The new name New is {status}: ")
    assert second[0] == "pass"
