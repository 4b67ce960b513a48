"""How a tool reads its arguments, and how it says what is wrong with them."""

import json

import pytest
from pydantic import BaseModel

from twilio_senders_mcp.protocol.arguments import ISSUES_MAX, ArgumentsReader
from twilio_senders_mcp.tools.errors import InvalidArguments
from twilio_senders_mcp.tools.update_sender import UpdateSenderArguments

SID = "XE" + "a" * 32
READER = ArgumentsReader(UpdateSenderArguments)


def refused(arguments: dict) -> InvalidArguments:
    with pytest.raises(InvalidArguments) as caught:
        READER.read(arguments)
    return caught.value


def only_issue(**arguments) -> tuple[str, str, str | None]:
    [issue] = refused({"sid": SID, **arguments}).issues
    return issue.path, issue.expected, issue.suggestion


@pytest.mark.parametrize(
    ("arguments", "path", "suggestion"),
    [
        ({"profile": {"nmae": "x"}}, "profile.nmae", "name"),
        ({"webhook": {"callbackUrl": "x"}}, "webhook.callbackUrl", "callback_url"),
        ({"profil": {"name": "x"}}, "profil", "profile"),
        ({"name": "x"}, "name", "profile.name"),
        ({"verification_code": "1"}, "verification_code", "configuration.verification_code"),
        (
            {"profile": {"emails": [{"email": "x", "lable": "y"}]}},
            "profile.emails[0].lable",
            "label",
        ),
        ({"profile": {"color": "x"}}, "profile.color", "accent_color"),
        ({"zzz": 1}, "zzz", None),
        ({"profile": {"zzz": 1}}, "profile.zzz", None),
    ],
)
def test_an_unknown_field_is_named_with_the_nearest_one(arguments, path, suggestion):
    arguments.setdefault("friendly_name", "x")
    assert only_issue(**arguments) == (path, "unknown field", suggestion)


@pytest.mark.parametrize(
    ("given", "suggestion"),
    [
        ("PROFESSIONAL_SERVICES", "Professional Services"),
        ("medical and heath", "Medical and Health"),
        ("Automobile", "Automotive"),
        ("retail", "Shopping and Retail"),
    ],
)
def test_a_mistyped_vertical_gets_the_nearest_one(given, suggestion):
    assert only_issue(profile={"vertical": given}) == (
        "profile.vertical",
        "expected one of 22 values",
        suggestion,
    )


def test_a_vertical_that_is_like_none_gets_the_whole_list():
    _, expected, suggestion = only_issue(profile={"vertical": "zzz"})
    assert suggestion is None
    assert expected.count('"') == 44


@pytest.mark.parametrize(
    ("arguments", "path", "expected"),
    [
        ({"webhook": {"callback_method": "GET"}}, "webhook.callback_method", '"POST", "PUT"'),
        ({"configuration": {"account_type": "x"}}, "configuration.account_type", '"ISV"'),
        ({"webhook": {"callback_url": "x"}}, "webhook.callback_url", "absolute http(s) URL"),
        (
            {"configuration": {"verification_code": "x"}},
            "configuration.verification_code",
            "digits",
        ),
        ({"profile": {"about": 1}}, "profile.about", "text"),
        ({"profile": {"about": "\ud800"}}, "profile.about", "valid Unicode"),
        ({"profile": 1}, "profile", "an object with name, about"),
        ({"profile": {"emails": "a@b"}}, "profile.emails", "a list"),
        ({"profile": {"emails": ["a@b"]}}, "profile.emails[0]", "an object with email"),
        ({"profile": {"emails": [{}]}}, "profile.emails[0].email", "required"),
        ({"profile": {"websites": [{"website": "x"}]}}, "profile.websites[0].website", "URL"),
        ({}, "", "at least one field"),
        ({"webhook": {}}, "", "at least one field"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_expected(arguments, path, expected):
    where, said, _ = only_issue(**arguments)
    assert where == path
    assert expected in said


@pytest.mark.parametrize("sid", ["", "XE", SID + "0", "xe" + "a" * 32, "+15550100001", SID + "\n"])
def test_a_malformed_sid_is_refused(sid):
    [issue] = refused({"sid": sid, "friendly_name": "x"}).issues
    assert (issue.path, issue.expected) == (
        "sid",
        "expected a sender's SID: XE and 32 hexadecimal digits, not its number",
    )


def test_a_missing_sid_is_required():
    [issue] = refused({"friendly_name": "x"}).issues
    assert (issue.path, issue.expected) == ("sid", "required")


def test_every_issue_is_listed_up_to_a_bound():
    error = refused({f"field{number}": 1 for number in range(100)})
    assert len(error.issues) == ISSUES_MAX
    assert error.total == 101  # the SID is missing too


def test_no_value_is_repeated():
    error = refused(
        {
            "sid": "hunter2",
            "configuration": {
                "verification_code": "hunter2",
                "verification_method": "hunter2",
                "verification_cod": "hunter2",
            },
            "webhook": {"callback_url": "hunter2"},
            "profile": "hunter2",
        }
    )
    assert "hunter2" not in repr(error) + repr(error.issues)


@pytest.mark.parametrize(
    "key",
    ["verification_code 123-456", "code123456", "a\x1b[2J", "b" * 10_000, "", "ключ", "hunter2 "],
)
def test_a_key_that_looks_like_no_name_is_not_repeated(key):
    [issue] = refused({"sid": SID, "friendly_name": "x", key: 1}).issues
    assert (issue.path, issue.expected) == ("(key not shown)", "unknown field")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        ({"webhook": '{"callback_url": ""}'}, {"webhook": {"callback_url": ""}}),
        ({"profile": '{"emails": "[]"}'}, {"profile": {"emails": []}}),
        ({"profile": {"websites": '[{"website": "https://a.example"}]'}}, None),
        ({"profile": {"emails": ['{"email": "x"}']}}, None),
    ],
)
def test_sections_sent_as_json_text_are_understood(arguments, sent):
    read = READER.read({"sid": SID, **arguments}).model
    if sent is not None:
        assert read.body().model_dump(mode="json") == sent
    assert read.model_fields_set == {"sid", *arguments}


@pytest.mark.parametrize("text", ["null", "[1]", '{"a":1}', "true", "123", '"x"'])
def test_a_text_field_keeps_text_that_looks_like_json(text):
    read = READER.read({"sid": SID, "friendly_name": text, "profile": {"about": text}})
    body = read.model.body().model_dump(mode="json")
    assert body == {"friendly_name": text, "profile": {"about": text}}


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "x", "5", '{"name":"a","name":"b"}'])
def test_text_that_is_no_json_object_is_refused_as_text(text):
    assert only_issue(profile=text)[0] == "profile"


def test_a_mistake_that_has_no_words_yet_is_still_named():
    class Odd(BaseModel):
        number: float

    with pytest.raises(InvalidArguments) as caught:
        ArgumentsReader(Odd).read({"number": "x"})
    [issue] = caught.value.issues
    assert (issue.path, issue.expected) == ("number", "not valid")


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\x9b", "\x0b"])
@pytest.mark.parametrize("field", ["about", "name"])
def test_a_control_character_is_refused(field, character):
    assert only_issue(profile={field: f"a{character}b"}) == (
        f"profile.{field}",
        "expected text without control characters",
        None,
    )


def test_line_breaks_and_tabs_are_text():
    read = READER.read({"sid": SID, "profile": {"description": "a\n\tb\r\nc"}})
    sent = read.model.body().model_dump(mode="json")
    assert sent == {"profile": {"description": "a\n\tb\r\nc"}}


@pytest.mark.parametrize(
    "arguments",
    [
        {"profile": {"emails": [1] * 200_000}},
        {"profile": {f"k{number}": 1 for number in range(200_000)}},
        {"profile": {"emails": json.dumps([{}] * 100_000)}},
    ],
)
def test_more_values_than_any_call_needs_are_refused_before_they_are_checked(arguments):
    assert only_issue(**arguments) == ("", "expected at most 20,000 values", None)
