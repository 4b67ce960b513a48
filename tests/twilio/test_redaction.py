"""Redaction where the secrets are many."""

import pytest

from twilio_senders_mcp.twilio.credentials import Credentials
from twilio_senders_mcp.twilio.redaction import KnownSecrets, Redaction


def redaction(*secrets: str, code: str = "") -> Redaction:
    known = KnownSecrets()
    known.add(secrets)
    return Redaction(known, code)


TOKEN = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (TOKEN, "[redacted]"),
        (f"x{TOKEN}y", "x[redacted]y"),
        (f"{TOKEN}{OTHER}", "[redacted][redacted]"),
        (f"{TOKEN}1{OTHER}2", "[redacted]1[redacted]2"),
        (f"{TOKEN[1:]} {OTHER[:-1]}", f"{TOKEN[1:]} {OTHER[:-1]}"),
        ("AC" + "1" * 32, "AC" + "1" * 32),
        ("hush and short", "[redacted] and short"),
        ("", ""),
    ],
)
def test_every_secret_is_found_wherever_it_stands(text, shown):
    found = redaction(TOKEN, OTHER, "hush", "")
    assert found.apply({"a": [text]}) == {"a": [shown]}
    assert found.is_needed(text.encode()) is (text != shown)


def test_a_basic_header_is_redacted_with_its_padding():
    credentials = Credentials("AC" + "1" * 32, "not only letters: ~?>" * 2)
    basic = credentials.secrets[1]
    assert redaction(*credentials.secrets).apply(f"Basic {basic}") == "Basic [redacted]"


def test_numbers_keys_and_other_values_are_handled_too():
    found = redaction(TOKEN, "7654321")
    value = {TOKEN: 7654321, "n": 76543210, "t": True, "x": None, "f": 1.5}
    assert found.apply(value) == {
        "[redacted]": "[redacted]",
        "n": 76543210,
        "t": True,
        "x": None,
        "f": 1.5,
    }


def test_a_code_is_left_alone_within_a_longer_number():
    assert redaction(code="123456").apply("123456 9123456") == "[redacted] 9123456"
