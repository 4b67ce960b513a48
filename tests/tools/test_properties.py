"""For any valid body: it arrives as meant. For any body with one mistake: nothing is sent."""

import json
import re
from typing import Any, get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcp import Client
from openapi_schemas import problems
from sandboxed import sandbox_settings, text_of
from stand_in import StandIn
from virtual_time import in_virtual_time

from twilio_senders_mcp.sandbox import PENDING_SENDER, Sandbox
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.twilio.values import SENDER_SID, UseCase, Vertical

pytestmark = in_virtual_time

# The environment that the one fixture cleans does not change between examples.
many = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

text = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20)
labels = st.text(st.characters(categories=["L", "N"], max_codepoint=0x2FF), min_size=1, max_size=9)
urls = st.builds(
    "{}://{}.example{}".format,
    st.sampled_from(["http", "https", "HTTPS"]),
    st.from_regex(r"[a-z]{1,9}", fullmatch=True),
    st.sampled_from(["", "/", ":8080/a?b=c#d", "/ü", "/#rc=3&rp=ct,rt"]),
)
sids = st.from_regex(r"XE[0-9a-fA-F]{32}", fullmatch=True)
methods = st.sampled_from(["POST", "PUT"])


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any choice of the fields, each of them possibly null."""
    return st.fixed_dictionaries(
        {}, optional={name: st.none() | values for name, values in fields.items()}
    )


def entries(key: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[list[Any]]:
    entry = st.fixed_dictionaries({key: values}, optional={"label": labels})
    return st.lists(entry, max_size=3)


bodies = optional(
    friendly_name=text,
    configuration=optional(
        waba_id=text,
        verification_method=st.sampled_from(["sms", "voice"]),
        verification_code=st.from_regex(r"[0-9]{3}[- ]?[0-9]{3}", fullmatch=True),
        voice_application_sid=st.from_regex(r"(AP[0-9a-f]{32})?", fullmatch=True),
        account_type=st.sampled_from(["ISV", "ISVSubAccount", ""]),
    ),
    webhook=optional(
        callback_url=urls | st.just(""),
        callback_method=methods,
        fallback_url=urls | st.just(""),
        fallback_method=methods,
        status_callback_url=urls | st.just(""),
        status_callback_method=text,
    ),
    profile=optional(
        name=text,
        about=text,
        address=text,
        description=text,
        emails=entries("email", text),
        logo_url=urls | st.just(""),
        vertical=st.sampled_from(get_args(Vertical)),
        websites=entries("website", urls),
        banner_url=urls | st.just(""),
        privacy_url=urls | st.just(""),
        terms_of_service_url=urls | st.just(""),
        accent_color=text,
        phone_numbers=entries("phone_number", text),
        use_case=st.sampled_from(get_args(UseCase)),
    ),
).filter(lambda body: any(section not in ({}, None) for section in without_nulls(body).values()))


@st.composite
def mistaken(draw: st.DrawFn) -> dict[str, Any]:
    """A valid call with one mistake in it."""
    arguments = {"sid": draw(sids), **draw(bodies)}
    sections = [part for part in arguments.values() if isinstance(part, dict)]
    lists = [part for section in sections for part in section.values() if isinstance(part, list)]
    objects = [arguments, *sections, *(entry for part in lists for entry in part)]
    mistake = draw(st.sampled_from(MISTAKES))
    if mistake == "unknown key":
        draw(st.sampled_from(objects))["unknown_" + draw(labels)] = draw(text)
    elif mistake == "no change":
        arguments = {"sid": arguments["sid"]}
    elif mistake == "sid":
        arguments["sid"] = draw(text | sids.map(lambda sid: sid[1:]))
    else:
        section, field, wrong = draw(st.sampled_from(WRONG_VALUES))
        arguments[section] = {**(arguments.get(section) or {}), field: draw(wrong)}
    return arguments


MISTAKES = ["unknown key", "no change", "sid", "value"]
not_text = st.integers() | st.booleans() | st.lists(text) | st.dictionaries(text, text)
not_urls = st.sampled_from(
    ["a.example", "//a.example", "ftp://a.example", "https://", "https://a b"]
)
WRONG_VALUES = [
    ("configuration", "verification_code", st.sampled_from(["", "12a", "١٢٣", "-"]) | not_text),
    ("configuration", "verification_method", st.sampled_from(["email", "SMS", ""]) | not_text),
    ("configuration", "account_type", st.sampled_from(["isv", " "]) | not_text),
    ("configuration", "voice_application_sid", st.just("AP12") | not_text),
    ("configuration", "waba_id", not_text),
    ("webhook", "callback_url", not_urls | not_text),
    ("webhook", "fallback_url", not_urls | not_text),
    ("webhook", "status_callback_url", not_urls | not_text),
    ("profile", "banner_url", not_urls | not_text),
    ("profile", "privacy_url", not_urls | not_text),
    ("profile", "terms_of_service_url", not_urls | not_text),
    ("webhook", "callback_method", st.sampled_from(["GET", "post", ""]) | not_text),
    ("webhook", "fallback_method", st.sampled_from(["DELETE", "put"]) | not_text),
    ("webhook", "status_callback_method", not_text),
    ("profile", "vertical", st.sampled_from(["automotive", "PROF_SERVICES", ""]) | not_text),
    ("profile", "use_case", st.sampled_from(["otp", ""]) | not_text),
    ("profile", "logo_url", not_urls | not_text),
    ("profile", "emails", st.lists(text, min_size=1) | st.just([{}]) | text),
    ("profile", "websites", not_urls.map(lambda url: [{"website": url}])),
    ("profile", "phone_numbers", st.just([{"label": "phone"}]) | st.integers()),
    ("profile", "name", not_text),
]


def without_nulls(body: dict[str, Any]) -> dict[str, Any]:
    """`body` without what is null, and without sections that held nothing else."""
    kept = {}
    for name, value in body.items():
        given = value
        if isinstance(value, dict) and value:
            given = {key: entry for key, entry in value.items() if entry is not None} or None
        if given is not None:
            kept[name] = given
    return kept


def meant(body: dict[str, Any]) -> dict[str, Any]:
    """What must arrive for `body`: the two labels filled in, the code without separators."""
    copy = json.loads(json.dumps(without_nulls(body)))
    for key, label in (("emails", "Email"), ("websites", "Website")):
        for entry in (copy.get("profile") or {}).get(key) or []:
            entry.setdefault("label", label)
    configuration = copy.get("configuration") or {}
    if configuration.get("verification_code"):
        code = configuration["verification_code"]
        configuration["verification_code"] = code.replace("-", "").replace(" ", "")
    return copy


@many
@given(sid=sids, body=bodies)
async def test_any_valid_body_arrives_as_it_was_meant(sid, body):
    twilio = StandIn()
    async with Client(create_server(sandbox_settings(), app=twilio)) as client:
        result = await client.call_tool("update_sender", {"sid": sid, **body})
    assert not result.is_error, text_of(result)
    [request] = twilio.received
    assert request.path == f"/v2/Channels/Senders/{sid}"
    assert json.loads(request.body) == meant(body)
    assert problems("UpdateSender", meant(body)) == []


@many
@given(arguments=mistaken())
async def test_any_body_with_a_mistake_is_refused_and_nothing_is_sent(arguments):
    sandbox = Sandbox()
    async with Client(create_server(sandbox_settings(), app=sandbox)) as client:
        result = await client.call_tool("update_sender", arguments)
    assert result.is_error
    assert text_of(result).startswith("Invalid arguments. Nothing was sent")
    assert not sandbox.requests
    body = {name: value for name, value in arguments.items() if name != "sid"}
    # Every mistake but that in the SID, which is in the path, is one in the document's eyes too.
    assert problems("UpdateSender", body) or not re.fullmatch(SENDER_SID, arguments["sid"])


@many
@given(body=bodies)
async def test_the_sandbox_understands_whatever_the_models_accept(body):
    sandbox = Sandbox()
    async with Client(create_server(sandbox_settings(), app=sandbox)) as client:
        await client.call_tool("update_sender", {"sid": PENDING_SENDER, **body})
    [request] = sandbox.requests
    assert request.status in (202, 400)
