"""What an update would change on a sender."""

from typing import Any

import pytest

from twilio_senders_mcp.senders.diff import (
    FieldChange,
    body_of,
    field_changes,
    is_of_other_channel,
    same_value,
    shows_fields,
    value_of,
)

SENDER: Any = {
    "sid": "XE" + "a" * 32,
    "sender_id": "whatsapp:+15550100002",
    "friendly_name": None,
    "webhook": {"callback_url": "https://a.example/in", "fallback_url": None},
    "profile": {
        "name": "Owl Bakery",
        "about": "Bread",
        "websites": [{"website": "https://a.example", "label": "Web"}],
    },
}


def changes(body, sender=SENDER):
    return [(each.field, each.before, each.after) for each in field_changes(body, sender)]


def test_only_fields_that_differ_are_changes():
    body = {
        "friendly_name": "Main",
        "webhook": {"callback_url": "https://a.example/in", "fallback_url": "https://b.example"},
        "profile": {"about": "Cakes"},
    }
    assert changes(body) == [
        ("friendly_name", None, "Main"),
        ("webhook.fallback_url", None, "https://b.example"),
        ("profile.about", "Bread", "Cakes"),
    ]


def test_a_section_given_as_null_empties_each_of_its_fields_that_has_a_value():
    assert changes({"webhook": None}) == [("webhook.callback_url", "https://a.example/in", None)]


def test_the_name_of_a_whatsapp_sender_cannot_be_emptied():
    assert [each for each, _, _ in changes({"profile": None})] == [
        "profile.about",
        "profile.websites",
    ]
    rcs = {**SENDER, "sender_id": "rcs:agent"}
    assert "profile.name" in [each for each, _, _ in changes({"profile": None}, rcs)]


def test_a_field_that_is_null_is_no_section():
    assert changes({"friendly_name": None}) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (None, ""),
        ("", []),
        ("a", "a"),
        ([{"email": "a@b.example"}], [{"email": "a@b.example", "label": None}]),
        ({"a": ""}, {}),
    ],
)
def test_values_are_equal_if_a_reader_sees_no_difference(one, other):
    assert same_value(one, other)
    assert same_value(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a", None),
        ("a", "b"),
        (["a"], ["a", "b"]),
        ([{"email": "a@b.example"}], [{"email": "a@b.example", "label": "Mail"}]),
        ("a", ["a"]),
    ],
)
def test_values_differ_if_a_reader_sees_a_difference(one, other):
    assert not same_value(one, other)


def test_a_sender_shows_a_field_if_twilio_sent_it_as_null_too():
    assert shows_fields(SENDER, {"webhook": {"fallback_url": "https://b.example"}})
    assert not shows_fields(SENDER, {"webhook": {"status_callback_url": "https://b.example"}})


def test_paths_and_bodies_are_two_forms_of_the_same():
    fields = {"webhook.callback_url": "https://b.example", "friendly_name": "Main"}
    body = {"webhook": {"callback_url": "https://b.example"}, "friendly_name": "Main"}
    assert body_of(fields) == body
    assert value_of(SENDER, "webhook.callback_url") == "https://a.example/in"
    assert field_changes(body, SENDER)[1] == FieldChange("friendly_name", None, "Main")


def test_a_field_belongs_to_a_channel():
    assert is_of_other_channel("profile.use_case", SENDER)
    assert not is_of_other_channel("profile.about", SENDER)
    assert not is_of_other_channel("webhook.callback_url", SENDER)
    rcs: Any = {**SENDER, "sender_id": "rcs:agent"}
    assert is_of_other_channel("profile.about", rcs)
