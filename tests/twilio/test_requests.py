"""The request models: what is accepted, what is refused, and what becomes JSON."""

import json
from typing import get_args

import pytest
from pydantic import SecretStr, ValidationError

from twilio_senders_mcp.twilio.requests import Configuration, UpdateSender
from twilio_senders_mcp.twilio.values import Vertical


def body(given: dict) -> dict:
    return json.loads(UpdateSender.model_validate(given).model_dump_json())


@pytest.mark.parametrize(
    "given",
    [
        {"friendly_name": "Main"},
        {"friendly_name": None},
        {"configuration": None},
        {"webhook": None, "profile": None},
        {"profile": {"about": ""}},
        {"profile": {"emails": [], "websites": None}},
        {"webhook": {"callback_url": None, "status_callback_method": "GET"}},
        {"webhook": {"callback_url": "", "fallback_url": "http://user:pw@h.example:8080/a?b#c"}},
        {"webhook": {"callback_url": "https://müller.example/ü"}},
        {"configuration": {"account_type": ""}},
        {"configuration": {"voice_application_sid": ""}},
        {"profile": {"phone_numbers": [{"phone_number": "+15550100001"}]}},
        {"profile": {}, "friendly_name": "x"},
    ],
)
def test_what_is_given_is_what_is_sent(given):
    assert body(given) == given


def test_an_omitted_label_becomes_the_one_of_twilios_examples():
    given = {"emails": [{"email": "a@b.example"}], "websites": [{"website": "https://a.example"}]}
    assert body({"profile": given})["profile"] == {
        "emails": [{"email": "a@b.example", "label": "Email"}],
        "websites": [{"website": "https://a.example", "label": "Website"}],
    }


@pytest.mark.parametrize("code", ["123456", "123-456", "123 456", " 12\u201134 56 ", "1\u20132"])
def test_a_code_loses_its_spaces_and_hyphens(code):
    sent = body({"configuration": {"verification_code": code}})["configuration"]
    assert sent["verification_code"] == "".join(c for c in code if c.isdigit())


@pytest.mark.parametrize("code", ["", "-", "12a456", "\u0661\u0662\u0663", 123456, ["1"], True])
def test_a_code_that_is_not_digits_as_text_is_refused(code):
    with pytest.raises(ValidationError):
        UpdateSender.model_validate({"configuration": {"verification_code": code}})


def test_a_code_shows_in_no_repr_and_no_error():
    update = UpdateSender.model_validate({"configuration": {"verification_code": "987654"}})
    assert isinstance(update.configuration, Configuration)
    assert isinstance(update.configuration.verification_code, SecretStr)
    assert "987654" not in repr(update) + str(update) + str(update.model_dump())
    with pytest.raises(ValidationError) as caught:
        UpdateSender.model_validate({"configuration": {"verification_code": "987654x"}})
    assert "987654" not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "example.com",
        "//example.com",
        "/path",
        "ftp://example.com",
        "https://",
        "https:///x",
        "https://a b.example",
        "https://a.example/x y",
        "https://a.example\n",
        "https:a.example",
        "https://a.example:99999",
        "javascript:alert(1)",
        "https://?x",
    ],
)
@pytest.mark.parametrize("field", ["callback_url", "fallback_url", "status_callback_url"])
def test_a_url_that_is_not_absolute_http_is_refused(field, url):
    with pytest.raises(ValidationError):
        UpdateSender.model_validate({"webhook": {field: url}})


def test_an_entry_of_websites_needs_a_url():
    with pytest.raises(ValidationError):
        UpdateSender.model_validate({"profile": {"websites": [{"website": ""}]}})


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"webhook": {}},
        {"webhook": {}, "profile": {}, "configuration": {}},
        {"sid": "XE" + "a" * 32, "friendly_name": "x"},
        {"webhook": {"callback_method": "GET"}},
        {"webhook": {"callback_method": "post"}},
        {"configuration": {"verification_method": "email"}},
        {"configuration": {"account_type": "isv"}},
        {"configuration": {"voice_application_sid": "AP123"}},
        {"profile": {"vertical": "PROFESSIONAL_SERVICES"}},
        {"profile": {"use_case": "otp"}},
        {"profile": {"emails": ["a@b.example"]}},
        {"profile": {"emails": [{"label": "Email"}]}},
        {"profile": {"emails": {"email": "a@b.example"}}},
        {"profile": {"emails": [{"email": "a@b.example", "extra": 1}]}},
        {"profile": {"nmae": "x"}},
        {"profile": "x"},
        {"profile": {"about": 5}},
        {"profile": {"about": "\ud800"}},
    ],
)
def test_what_twilio_would_refuse_or_ignore_is_refused(given):
    with pytest.raises(ValidationError):
        UpdateSender.model_validate(given)


def test_there_are_22_verticals():
    assert len(set(get_args(Vertical))) == 22
