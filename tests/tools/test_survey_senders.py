"""`survey_senders`: how all senders are, in one small result."""

import json
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from listed_senders import URL, Listing, sender, with_an_old_host
from mcp import Client
from sandboxed import (
    ERAS,
    call,
    connected,
    connected_to_several,
    sandbox_settings,
    sentence,
    text_of,
)
from stand_in import StandIn, answer
from virtual_time import in_virtual_time

from twilio_senders_mcp.accounts.configured import ConfiguredAccount
from twilio_senders_mcp.sandbox import (
    OFFLINE_SENDER,
    PENDING_SENDER,
    Fault,
    Sandbox,
)
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.tools.survey_reading import SECONDS_MAX
from twilio_senders_mcp.twilio.credentials import Credentials

pytestmark = in_virtual_time


async def survey(app, *, era="auto", **arguments):
    settings = {name: arguments.pop(name) for name in list(arguments) if name.startswith("twilio_")}
    return await call(app, arguments, tool="survey_senders", era=era, **settings)


def groups(result) -> dict[str, dict[str, Any]]:
    return {group["group"]: group for group in result.structured_content["groups"]}


def sizes(result) -> Iterator[int]:
    yield len(text_of(result).encode())
    yield len(
        json.dumps(result.structured_content, separators=(",", ":"), ensure_ascii=False).encode()
    )


@pytest.mark.parametrize("era", ERAS)
async def test_it_counts_all_senders_of_both_channels(era):
    result = await survey(Sandbox(), era=era)
    content = result.structured_content
    assert content["looked_at"] == 5
    assert content["complete"] is True
    assert content["counts"]["status"] == {"ONLINE": 3, "OFFLINE": 1, "PENDING_VERIFICATION": 1}
    assert "account" not in content["counts"]
    assert sentence(result).startswith("[Sandbox") is False
    assert sentence(result).startswith(
        '5 senders, 3 ONLINE. Needs attention: "offline:63020" (1), "status:PENDING_VERIFICATION"'
    )


async def test_a_group_has_its_count_its_senders_a_cure_and_the_next_call():
    found = groups(await survey(Sandbox()))
    assert found["offline:63020"] == {
        "group": "offline:63020",
        "count": 1,
        "sids": [OFFLINE_SENDER],
        "cure": "Accept Twilio's invitation in Meta Business Manager.",
        "call": f'check_sender {{"sid":"{OFFLINE_SENDER}"}}',
    }
    assert found["status:PENDING_VERIFICATION"]["sids"] == [PENDING_SENDER]


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ({}, set()),
        ({"status": "OFFLINE", "offline_reasons": None}, {"offline:no_reason"}),
        ({"status": "OFFLINE", "offline_reasons": [{}, "x"]}, {"offline:unknown"}),
        ({"status": "DRAFT"}, {"status:DRAFT"}),
        ({"properties": {"quality_rating": "LOW"}}, {"quality:LOW"}),
        ({"properties": {"quality_rating": "GREEN"}}, set()),
        ({"properties": None}, set()),
        ({"pending_display_name_status": "DECLINED"}, {"name:DECLINED"}),
        ({"pending_display_name_status": "COMPLETED"}, set()),
        ({"webhook": {}}, {"webhook:none"}),
        ({"webhook": {"callback_url": "http://hooks.example/in"}}, {"webhook:not_https"}),
        ({"webhook": {"callback_url": "https://[x/in"}}, set()),
        ({"profile": {"name": "A"}}, {"profile:logo_url", "profile:vertical"}),
        (
            {"sender_id": "rcs:a", "profile": {"name": "A", "logo_url": "x", "banner_url": "x"}},
            {"profile:privacy_url", "profile:terms_of_service_url", "profile:contact"},
        ),
        ({"sender_id": "other:a", "profile": None}, set()),
    ],
)
async def test_each_rule_finds_what_needs_attention_and_nothing_else(others, expected):
    result = await survey(Listing([sender(1, **others)]))
    assert groups(result).keys() == expected
    if not expected:
        assert "None needs attention" in sentence(result)
        assert "next" not in result.structured_content


async def test_a_webhook_host_that_few_have_is_found():
    many = [sender(number) for number in range(409)]
    old = {"callback_url": "https://OLD.example/in", "fallback_url": "https://old.example/f"}
    result = await survey(Listing([*many, *(sender(900 + n, webhook=old) for n in range(3))]))
    group = groups(result)["host:old.example"]
    assert group["count"] == 3
    assert group["cure"] == "Nearly all other senders use hooks.example."
    assert groups(result).keys() == {"host:old.example"}


@pytest.mark.parametrize(
    ("given", "account"), [({}, "main"), ({"account": "*"}, "*"), ({"account": "two"}, "two")]
)
async def test_the_move_of_a_host_is_planned_in_the_accounts_that_were_surveyed(given, account):
    accounts = [
        ConfiguredAccount(credentials=Credentials(f"AC{digit * 32}", digit * 32), name=name)
        for digit, name in (("1", "main"), ("2", "two"))
    ]
    app = Listing(with_an_old_host("old.example"))
    async with connected_to_several(accounts, app) as client:
        [group] = groups(await client.call_tool("survey_senders", given)).values()
    _, _, arguments = group["call"].partition(" ")
    assert json.loads(arguments)["senders"] == {"query": "", "account": account}


@pytest.mark.parametrize(
    ("old", "usual"),
    [
        ("a_b.example", "hooks.example"),
        ("münchen.example", "hooks.example"),
        ("localhost", "hooks.example"),
        ("h" * 60 + ".example", "hooks.example"),
        ("old.example", "h" * 60 + ".example"),
    ],
)
async def test_no_move_is_proposed_of_a_host_that_a_key_cannot_hold(old, usual):
    result = await survey(Listing(with_an_old_host(old, usual)))
    [group] = [one for name, one in groups(result).items() if name.startswith("host:")]
    assert group["call"].startswith("check_sender ")


async def test_a_call_is_named_only_if_its_tool_is_offered():
    result = await survey(Sandbox(), twilio_senders_tools="survey_senders")
    assert all("call" not in group for group in groups(result).values())
    assert "next" not in result.structured_content


async def test_webhook_hosts_that_are_shared_evenly_need_no_attention():
    halves = [
        sender(number, webhook={"callback_url": f"https://{'ab'[number % 2]}.example/in"})
        for number in range(10)
    ]
    assert groups(await survey(Listing(halves))) == {}


async def test_only_problems_are_shown_on_request():
    content = (await survey(Sandbox(), problems_only=True)).structured_content
    assert "counts" not in content
    assert content["groups"]


async def test_all_senders_of_a_group_are_listed_in_pages():
    app = Listing([sender(number) for number in range(70)], page_size=30)
    seen: list[str] = []
    token: dict[str, str] = {}
    for size in (30, 30, 10):
        content = (await survey(app, group="status:ONLINE", **token)).structured_content
        assert len(content["senders"]) == size
        seen += [one["sid"] for one in content["senders"]]
        token = {"page_token": content.get("next_page_token", "")}
    assert seen == sorted(one["sid"] for page in app.pages for one in page)
    assert token == {"page_token": ""}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"page_token": "XE" + "0" * 32}, "page_token: only with group"),
        ({"group": "status:ONLINE", "page_token": "PAb"}, "page_token: expected the next_page_tok"),
    ],
)
async def test_a_page_token_is_one_of_a_group(arguments, words):
    sandbox = Sandbox()
    result = await survey(sandbox, **arguments)
    assert result.is_error
    assert words in text_of(result)
    assert not sandbox.requests


async def test_an_unknown_group_is_empty():
    result = await survey(Sandbox(), group="nonsense")
    assert sentence(result) == "0 senders of 5 in the group nonsense."
    assert result.structured_content["senders"] == []


async def test_a_member_of_a_group_is_described_in_few_words():
    result = await survey(Sandbox(), group="offline:63020")
    assert sentence(result) == "1 sender of 5 in the group offline:63020."
    assert result.structured_content["senders"] == [
        {
            "sid": OFFLINE_SENDER,
            "sender_id": "whatsapp:+15550100003",
            "name": "LIGHTHOUSE TOURS!!",
            "status": "OFFLINE",
        }
    ]


def ordinary(count: int) -> list[dict[str, Any]]:
    """Senders of which one in twenty has a problem of some kind."""
    problems: list[dict[str, Any]] = [
        {"status": "OFFLINE", "offline_reasons": [{"code": "63020"}]},
        {"status": "PENDING_VERIFICATION"},
        {"properties": {"quality_rating": "LOW", "messaging_limit": "250 Customers/24hr"}},
        {"webhook": {"callback_url": "http://old.example/in"}},
        {"webhook": {}},
        {"profile": {"name": "A"}},
    ]
    return [
        sender(number, **(problems[number // 20 % len(problems)] if number % 20 == 0 else {}))
        for number in range(count)
    ]


def hostile(count: int) -> list[dict[str, Any]]:
    """Senders of which each has values of its own, as long as they get."""
    return [
        sender(
            number,
            status=f"{number}é😀" * 40,
            offline_reasons=[{"code": f"{number}" * 30}],
            properties={"quality_rating": f"{number}\n\u202e" * 50, "messaging_limit": "x" * 900},
            webhook={"callback_url": f"http://{number}.{'h' * 60}.example/{'p' * 500}"},
            profile={"name": "\u202e" * 500},
            pending_display_name_status=f"{number}" * 30,
        )
        | ({"status": "OFFLINE"} if number % 2 else {})
        for number in range(count)
    ]


@pytest.mark.parametrize("senders", [ordinary(5000), hostile(5000)], ids=["ordinary", "hostile"])
async def test_a_survey_of_5000_senders_is_at_most_4_kb_in_either_form(senders):
    result = await survey(Listing(senders))
    assert result.structured_content["looked_at"] == 5000
    assert max(sizes(result)) <= 4000
    assert len(groups(result)) >= 2


async def test_a_survey_of_many_accounts_of_which_some_cannot_be_read_is_as_small():
    accounts = [
        ConfiguredAccount(
            credentials=Credentials(f"AC{number:032x}", f"{number:032x}"),
            name=f"{number} " + "n" * 90,
        )
        for number in range(1, 8)
    ]
    async with connected_to_several(accounts, OnlyWhatsApp(hostile(300))) as client:
        result = await client.call_tool("survey_senders", {"account": "*"})
    assert result.structured_content["looked_at"] == 2100
    assert len(result.structured_content["unread"]) == 4
    assert max(sizes(result)) <= 4000
    assert len(groups(result)) >= 2


async def test_a_page_of_a_group_is_bounded_too():
    result = await survey(Listing(hostile(200)), group="limit:" + "x" * 54)
    assert len(result.structured_content["senders"]) == 30
    assert max(sizes(result)) <= 7000


async def test_a_survey_says_how_far_it_came_when_a_page_fails():
    first = {"senders": [sender(1)], "meta": {"next_page_url": f"{URL}PAb"}}
    app = StandIn([answer(200, first), answer(500, {"code": 20500, "message": "oops"})])
    result = await survey(app, channel="whatsapp")
    content = result.structured_content
    assert content["complete"] is False
    assert content["looked_at"] == 1
    assert content["unread"] == [
        {"channel": "whatsapp", "reason": "The next page could not be read."}
    ]
    assert "Not all senders could be read" in sentence(result)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://messaging.twilio.com/?x=1", "Twilio's next-page link is unusable."),
        (None, "There are more than 50 pages, or they took too long."),
    ],
)
async def test_a_survey_says_why_it_did_not_read_every_page(url, reason):
    pages = Listing([sender(number) for number in range(60)], page_size=1)
    one = {"senders": [sender(1)], "meta": {"next_page_url": url}}
    app = StandIn([answer(200, one)]) if url else pages
    content = (await survey(app, channel="whatsapp")).structured_content
    assert content["unread"] == [{"channel": "whatsapp", "reason": reason}]
    assert content["looked_at"] == (1 if url else 50)


class OnlyWhatsApp(Listing):
    """Refuses to list RCS senders."""

    async def __call__(self, scope, receive, send):
        if b"Channel=rcs" in scope["query_string"]:
            problem = {"code": 20403, "message": "不" * 900}
            await StandIn([answer(403, problem)])(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


async def test_one_channel_that_cannot_be_read_does_not_hide_the_other():
    content = (await survey(OnlyWhatsApp([sender(1)]))).structured_content
    assert content["looked_at"] == 1
    [unread] = content["unread"]
    assert unread["channel"] == "rcs"
    assert unread["reason"].startswith("Twilio refused the request (HTTP 403")


async def test_a_survey_that_cannot_read_anything_fails_with_the_reason():
    result = await survey(StandIn([answer(401, {"code": 20003, "message": "Authenticate"})]))
    assert result.is_error
    assert "20003" in text_of(result)


async def test_an_empty_channel_does_not_hide_that_the_other_could_not_be_read():
    result = await survey(OnlyWhatsApp([]))
    assert not result.is_error
    assert sentence(result).startswith("0 senders, 0 ONLINE. Not all senders could be read")


async def test_a_survey_ends_after_a_minute_and_says_so():
    sandbox = Sandbox()
    for _ in range(20):
        sandbox.inject(Fault(delay=50))
    began = anyio.current_time()
    result = await survey(
        sandbox, twilio_senders_timeout=600, twilio_senders_total_timeout=600, channel="rcs"
    )
    assert anyio.current_time() - began <= SECONDS_MAX + 1
    assert result.structured_content["looked_at"] == 1

    sandbox.clear_faults()
    sandbox.inject(Fault(delay=90))
    result = await survey(
        sandbox, twilio_senders_timeout=600, twilio_senders_total_timeout=600, channel="rcs"
    )
    assert result.structured_content["unread"] == [
        {"channel": "rcs", "reason": "The survey stopped after 60 s."}
    ]


async def test_progress_tells_how_many_senders_were_read():
    seen: list[tuple[float, str | None]] = []

    async def progress(progress, total, message):
        assert progress <= total
        seen.append((progress, message))

    class Slow(Listing):
        async def __call__(self, scope, receive, send):
            await anyio.sleep(1)
            await super().__call__(scope, receive, send)

    async with connected(Slow([sender(n) for n in range(3)], page_size=1)) as client:
        await client.call_tool(
            "survey_senders", {"channel": "whatsapp"}, progress_callback=progress
        )
    assert [message for _, message in seen] == [
        "1 sender read",
        "2 senders read",
        "3 senders read",
    ]
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


async def test_all_accounts_are_surveyed_and_named_where_there_are_several():
    settings = sandbox_settings(twilio_senders_sandbox_accounts="true")
    async with Client(create_server(settings, sandbox=True)) as client:
        everything = await client.call_tool("survey_senders", {"account": "*"})
        content = everything.structured_content
        assert content["looked_at"] == 9
        assert content["counts"]["account"] == {"main": 5, "Bakery": 2, "Florist": 2}
        assert " in 3 accounts" in sentence(everything)
        found = {group["group"]: group for group in content["groups"]}
        assert found["offline:63020"]["count"] == 2
        one = (await client.call_tool("survey_senders", {"account": "Bakery"})).structured_content
        assert one["looked_at"] == 2
        listed = await client.call_tool(
            "survey_senders", {"account": "*", "group": "offline:63020"}
        )
        assert {s["account"] for s in listed.structured_content["senders"]} == {"main", "Florist"}
