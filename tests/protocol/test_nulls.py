"""Null means "not given": it never wipes a field, whoever fills it in; `clear` sends it."""

import json
from typing import get_args

import pytest
from openai.lib._pydantic import _ensure_strict_json_schema
from sandboxed import call, sentence, text_of
from stand_in import StandIn
from virtual_time import in_virtual_time

from twilio_senders_mcp.protocol.schemas import input_schema
from twilio_senders_mcp.sandbox import ONLINE_SENDER, Sandbox
from twilio_senders_mcp.tools.catalog import TOOLS
from twilio_senders_mcp.tools.sender_changes import CLEARABLE
from twilio_senders_mcp.tools.update_sender import UpdateSenderArguments

pytestmark = in_virtual_time

URL = "https://new.example/in"
PLANS = {"plan_changes", "apply_plan", "follow_run", "control_run"}


def filled_with_null(schema: dict) -> dict:
    """Every property that a strict schema requires, null wherever null is allowed."""
    return {name: least_value(field) for name, field in schema["properties"].items()}


def least_value(schema: dict):
    forms = schema.get("anyOf", [schema])
    if {"type": "null"} in forms:
        return None
    return filled_with_null(schema) if schema["type"] == "object" else ""


async def sent(**arguments) -> dict:
    twilio = StandIn()
    result = await call(twilio, {"sid": ONLINE_SENDER, **arguments})
    assert not result.is_error, text_of(result)
    return json.loads(twilio.received[0].body)


async def test_a_client_that_fills_every_optional_argument_with_null_wipes_nothing():
    webhook = dict.fromkeys(
        get_args(UpdateSenderArguments.model_fields["webhook"].annotation)[0].model_fields
    )
    everything = {
        "friendly_name": None,
        "configuration": None,
        "webhook": {**webhook, "callback_url": URL},
        "profile": None,
        "clear": None,
    }
    assert await sent(**everything) == {"webhook": {"callback_url": URL}}


async def test_a_model_that_must_fill_every_property_wipes_nothing():
    strict = _ensure_strict_json_schema(
        input_schema(UpdateSenderArguments), path=(), root=input_schema(UpdateSenderArguments)
    )
    assert set(strict["required"]) == strict["properties"].keys()
    arguments = filled_with_null(strict)
    arguments["webhook"]["callback_url"] = URL
    assert arguments["profile"]["name"] is None
    del arguments["sid"]
    assert await sent(**arguments) == {"webhook": {"callback_url": URL}}


@pytest.mark.parametrize(
    "arguments",
    [
        {"friendly_name": None, "profile": None},
        {"profile": {"name": None, "about": None}, "clear": None},
        {"webhook": "null", "profile": '{"name": null}'},
        {"profile": {"emails": None}, "clear": []},
    ],
)
async def test_nothing_but_nulls_is_the_empty_update(arguments):
    twilio = StandIn()
    result = await call(twilio, {"sid": ONLINE_SENDER, **arguments})
    assert "give at least one field to change; null counts as not given" in text_of(result)
    assert not twilio.received


async def test_the_result_says_what_was_kept_and_how_to_empty_a_field():
    result = await call(
        Sandbox(), {"sid": ONLINE_SENDER, "friendly_name": "x", "profile": {"about": None}}
    )
    assert sentence(result).endswith(
        'Kept because null: profile.about (to empty a field, give "" or [], or list it in clear).'
    )
    nulls = dict.fromkeys(["name", "about", "address", "vertical", "description"])
    result = await call(Sandbox(), {"sid": ONLINE_SENDER, "friendly_name": "x", "profile": nulls})
    assert "Kept because null: profile.name, profile.about, profile.address and 2 more (" in (
        sentence(result)
    )


async def test_only_fields_that_were_kept_are_called_kept():
    arguments = {
        "clear": ["webhook.fallback_url", "profile"],
        "friendly_name": "x",
        "webhook": {"fallback_url": None},
        "profile": {"about": None},
        "configuration": {"verification_code": None},
    }
    result = await call(Sandbox(), {"sid": ONLINE_SENDER, **arguments})
    assert "Kept because null" not in sentence(result)
    emails = [{"email": "a@b.example", "label": None}]
    result = await call(
        Sandbox(), {"sid": ONLINE_SENDER, "profile": {"emails": emails}, "clear": None}
    )
    assert "Kept because null" not in sentence(result)


async def test_a_null_inside_an_entry_of_a_list_is_left_out():
    body = await sent(profile={"emails": [{"email": "a@b.example", "label": None}]})
    assert body == {"profile": {"emails": [{"email": "a@b.example", "label": "Email"}]}}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"profile": {"emails": [None]}}, "profile.emails[0]: expected an object"),
        ({"profile": {"nmae": None}}, "profile.nmae: unknown field; did you mean name?"),
        ({"sid": None, "friendly_name": "x"}, "sid: required"),
    ],
)
async def test_null_hides_no_mistake(arguments, said):
    twilio = StandIn()
    result = await call(twilio, {"sid": ONLINE_SENDER, **arguments})
    assert said in text_of(result)
    assert not twilio.received


@pytest.mark.parametrize("path", CLEARABLE)
async def test_clear_sends_null_for_any_field_or_section(path):
    body = await sent(clear=[path])
    section, _, field = path.partition(".")
    assert body == ({section: {field: None}} if field else {section: None})


async def test_clear_goes_with_values_in_the_same_section():
    body = await sent(
        webhook={"callback_url": URL},
        clear=["webhook.fallback_url", "webhook.fallback_url", "profile", "profile.about"],
    )
    assert body == {"webhook": {"callback_url": URL, "fallback_url": None}, "profile": None}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"clear": ["profile.abuot"]}, "no such field to clear; did you mean profile.about?"),
        ({"clear": ["callback_url"]}, "no such field to clear; did you mean webhook.callback_url?"),
        ({"clear": ["webhooks"]}, "no such field to clear; did you mean webhook?"),
        ({"clear": ["zzz"]}, "clear[0]: there is no such field to clear\n"),
        ({"clear": ["profile.about", "clear"]}, "clear[1]: there is no such field to clear"),
        ({"clear": ["sid"]}, "clear[0]: this field cannot be cleared"),
        ({"clear": ["configuration.verification_code"]}, "clear[0]: this field cannot be cleared"),
        (
            {"clear": ["profile.about"], "profile": {"about": "x"}},
            "clear[0]: this field is also given a value; give one or the other",
        ),
        ({"clear": ["profile"], "profile": {"about": "x"}}, "clear[0]: this field is also given"),
        ({"clear": ["friendly_name"], "friendly_name": "x"}, "clear[0]: this field is also given"),
        ({"clear": "profile.about"}, "clear: expected a list"),
        ({"clear": [1]}, "clear[0]: expected text"),
    ],
)
async def test_what_cannot_be_cleared_is_refused_with_its_reason(arguments, said):
    twilio = StandIn()
    result = await call(twilio, {"sid": ONLINE_SENDER, **arguments})
    assert said in text_of(result)
    assert not twilio.received


# The tools for plans and runs use threads, which virtual time does not wait for.
IN_VIRTUAL_TIME = [tool for tool in TOOLS if not PLANS & {tool.name}]


@pytest.mark.parametrize("tool", IN_VIRTUAL_TIME, ids=lambda tool: tool.name)
async def test_every_tool_takes_null_for_whatever_may_be_left_out(tool):
    schema = input_schema(tool.arguments)
    arguments = {
        name: None for name in schema["properties"] if name not in schema.get("required", [])
    }
    given = {"sid": ONLINE_SENDER, "sender_id": "whatsapp:+15550100002", "query": "name"}
    given |= {"channel": "whatsapp", "pages": ["errors/63128"], "clear": ["friendly_name"]}
    arguments |= {name: given[name] for name in schema["properties"] if name in given}
    if tool.name == "list_senders":
        arguments["query"] = None
    if tool.name == "create_sender":
        arguments |= {"sender_id": "whatsapp:+15550100077", "profile": {"name": "N"}}
    result = await call(Sandbox(), arguments, tool=tool.name)
    assert not result.is_error, text_of(result)
