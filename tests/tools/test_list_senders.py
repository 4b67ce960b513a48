"""`list_senders`: finding senders by what people know of them, over however many pages."""

import tracemalloc
from typing import Any

import anyio
import pytest
from sandboxed import ERAS, call, connected, meta_of, sentence, text_of
from stand_in import StandIn, answer
from virtual_time import in_virtual_time

from twilio_senders_mcp.sandbox import OFFLINE_SENDER, ONLINE_SENDER, RCS_SENDER, Fault, Sandbox
from twilio_senders_mcp.senders.paging import PAGES_MAX
from twilio_senders_mcp.senders.search import matches

pytestmark = in_virtual_time


async def find(app, *, era="auto", **arguments):
    arguments = {"channel": "whatsapp", **arguments}
    return await call(app, arguments, tool="list_senders", era=era)


def sids(result) -> list[str]:
    return [sender["sid"] for sender in result.structured_content["senders"]]


def page(senders, next_page_url=None):
    meta = {"next_page_url": next_page_url, "key": "senders"}
    return answer(200, {"senders": senders, "meta": meta})


def sender(number: int, **others) -> Any:
    return {
        "sid": f"XE{number:032x}",
        "sender_id": f"whatsapp:+1555{number:07d}",
        "status": "ONLINE",
        "profile": {"name": f"Shop {number}"},
        **others,
    }


@pytest.mark.parametrize("era", ERAS)
async def test_a_page_is_listed_in_few_words(era):
    result = await find(Sandbox(), era=era)
    assert sentence(result) == "4 whatsapp senders; there are no more."
    assert result.structured_content["senders"][1] == {
        "sid": ONLINE_SENDER,
        "sender_id": "whatsapp:+15550100002",
        "name": "Owl Bakery",
        "status": "ONLINE",
    }
    assert result.structured_content["complete"] is True


async def test_the_other_channel_has_its_own_senders():
    assert sids(await find(Sandbox(), channel="rcs")) == [RCS_SENDER]


async def test_an_offline_sender_is_listed_with_its_reason():
    [found] = (await find(Sandbox(), status="offline")).structured_content["senders"]
    assert found["sid"] == OFFLINE_SENDER
    assert found["offline_reasons"][0].startswith("63020: ")


async def test_full_detail_is_what_twilio_sent():
    result = await find(Sandbox(), query="Owl Bakery", detail="full")
    [found] = result.structured_content["senders"]
    assert found["webhook"]["callback_url"]


@pytest.mark.parametrize(
    "query",
    [
        "+1 (555) 010-0199",
        "15550100199",
        "whatsapp:+15550100199",
        "WHATSAPP:+1 555 010 0199",
        "+1.555.010.0199",
        "(555) 010-0199",
        "0015550100199",
        "0555 0100199",
        "tel:+15550100199",
        "011 1 555 010 0199",
        "+1 (0)555 010 0199",
        "0199",
        "corner shop",
        "CORNER",
        "Main line",
        "Pending",
    ],
)
async def test_a_sender_is_found_by_its_number_or_a_name_in_any_spelling(query):
    known = sender(
        100199,
        sender_id="whatsapp:+15550100199",
        friendly_name="Main line",
        profile={"name": "Corner Shop", "pending_display_name": "Pending Name"},
    )
    assert matches(query, known)


@pytest.mark.parametrize(
    "query", ["+1 555 010 0198", "Corner Café", "99 red", "()", "+", "whatsapp:"]
)
async def test_what_means_another_sender_does_not_match(query):
    other = sender(100199, sender_id="rcs:agent", profile={"name": "Corner Shop 99"})
    assert not matches(query, other)


async def test_a_search_walks_the_pages_and_says_how_many_senders_it_saw():
    pages = [
        page([sender(1), sender(2)], "https://messaging.twilio.com/x?PageToken=T2"),
        page([sender(3)], "https://messaging.twilio.com/x?PageToken=T3&Page=2"),
        page([sender(40)]),
    ]
    twilio = StandIn(pages)
    result = await find(twilio, query="Shop 4")
    assert sids(result) == [sender(40)["sid"]]
    assert sentence(result) == "1 whatsapp sender found among 4; there are no more."
    queries = [request.query for request in twilio.received]
    assert queries == [
        "Channel=whatsapp&PageSize=50",
        "Channel=whatsapp&PageSize=50&PageToken=T2",
        "Channel=whatsapp&PageSize=50&PageToken=T3",
    ]


async def test_without_a_search_one_page_is_read_and_the_next_is_named():
    first = page([sender(1)], "https://messaging.twilio.com/x?PageToken=T2")
    twilio = StandIn([first, page([sender(2)])])
    async with connected(twilio) as client:
        one = await client.call_tool("list_senders", {"channel": "whatsapp", "page_size": 1})
        token = one.structured_content["next_page_token"]
        arguments = {"channel": "whatsapp", "page_size": 1, "page_token": token}
        two = await client.call_tool("list_senders", arguments)
    assert (token, one.structured_content["complete"]) == ("T2", False)
    assert one.structured_content["summary"] == "1 whatsapp sender; there are more."
    assert (
        one.structured_content["next"]
        == "Call list_senders again with this next_page_token as page_token."
    )
    assert sentence(two) == "1 whatsapp sender; there are no more after these."
    assert two.structured_content["complete"] is True


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/v2/Channels/Senders?PageToken=T",
        "http://messaging.twilio.com/?PageToken=T",
        "file:///etc/passwd?PageToken=T",
        "//evil.example?PageToken=T",
        "?PageToken=T",
    ],
)
async def test_a_hostile_next_page_gets_no_request_and_no_credentials(address):
    twilio = StandIn([page([sender(1)], address), page([sender(2)])])
    result = await find(twilio, query="Shop")
    assert result.structured_content["looked_at"] == 2
    assert {request.headers["host"] for request in twilio.received} == {"messaging.twilio.com"}
    assert twilio.received[1].query.endswith("PageToken=T")


@pytest.mark.parametrize("address", ["https://[", 5, "https://x.example/?Page=2", ["a"]])
async def test_a_next_page_that_leads_nowhere_ends_the_list_and_is_not_called_all(address):
    result = await find(StandIn([page([sender(1)], address)]), query="Shop")
    assert result.structured_content["complete"] is False
    assert "next-page link is unusable, so there may be more" in sentence(result)


async def test_a_search_gives_about_as_many_as_were_asked_for():
    address = "https://x.example/?PageToken=T"
    senders = [sender(number) for number in range(5)]
    result = await find(StandIn([page(senders, address)]), status="online", page_size=5)
    assert len(result.structured_content["senders"]) == 5
    assert result.structured_content["next_page_token"] == "T"


async def test_what_was_found_before_a_failure_is_not_lost():
    twilio = StandIn([page([sender(1)], "https://x.example/?PageToken=T2"), answer(403)])
    result = await find(twilio, query="Shop")
    assert not result.is_error
    assert len(result.structured_content["senders"]) == 1
    assert result.structured_content["complete"] is False
    assert sentence(result) == (
        "1 whatsapp sender; the next page could not be read. "
        "Next: Call list_senders again with this next_page_token as page_token."
    )


@pytest.mark.parametrize("body", [{}, {"senders": None}, {"foo": 1}, {"senders": {}}])
async def test_what_is_no_list_is_not_called_empty(body):
    result = await find(StandIn([answer(200, body)]))
    assert result.is_error
    assert "not a valid Twilio API response" in text_of(result)


async def test_a_long_query_is_refused_and_a_blank_one_is_none():
    assert "query: expected at most 100" in text_of(await find(Sandbox(), query="1" * 101))
    assert len(sids(await find(Sandbox(), query=" "))) == 4


async def test_pages_that_lead_in_a_circle_end():
    twilio = StandIn([page([sender(1)], "https://x.example/?PageToken=T")])
    result = await find(twilio, query="Shop")
    assert "next-page link is unusable" in sentence(result)
    assert result.structured_content["complete"] is False
    assert len(twilio.received) == 2


async def test_pages_without_end_are_bounded():
    class Endless(StandIn):
        def _next(self):
            token = len(self.received)
            return page([sender(token)], f"https://x.example/?PageToken=T{token}")

    twilio = Endless()
    result = await find(twilio, query="no such name")
    assert len(twilio.received) == PAGES_MAX
    assert "there are more" in sentence(result)


async def test_a_slow_walk_stops_after_a_minute_with_what_it_has():
    twilio = StandIn()

    async def slow(scope, receive, send):
        number = len(twilio.received) + 1
        twilio.answers = [page([sender(number)], f"https://x.example/?PageToken=T{number}")]
        await anyio.sleep(25)
        await twilio(scope, receive, send)

    result = await find(slow, query="Shop")
    assert result.structured_content["looked_at"] == 3
    assert result.structured_content["next_page_token"] == "T3"


async def test_a_thousand_senders_are_searched_in_bounded_memory():
    pages = [
        page(
            [sender(100 * block + number) for number in range(100)],
            f"https://x.example/?PageToken=T{block}" if block < 9 else None,
        )
        for block in range(10)
    ]
    twilio = StandIn(pages)
    tracemalloc.start()
    result = await find(twilio, query="Shop 999")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sids(result) == [sender(999)["sid"]]
    assert result.structured_content["looked_at"] == 1000
    assert peak < 20 << 20


async def test_fifty_summaries_stay_small():
    reasons = [{"code": "63020", "message": "x" * 500, "more_info": "y" * 100}] * 3
    senders = [sender(number, status="OFFLINE", offline_reasons=reasons) for number in range(50)]
    result = await find(StandIn([page(senders)]))
    assert len(text_of(result).encode()) <= 12_000


async def test_a_failed_list_says_that_nothing_changed():
    sandbox = Sandbox()
    sandbox.inject(Fault(times=9, status=500))
    result = await find(sandbox)
    assert "Nothing changed: the request that failed only reads." in text_of(result)
    facts = meta_of(result)["twilio-senders-mcp/error"]
    assert (facts["type"], facts["outcome"]) == ("no_answer", "nothing_changed")


async def test_a_status_that_does_not_exist_is_answered_with_those_that_do():
    result = await find(Sandbox(), status="BROKEN")
    assert result.structured_content["summary"] == (
        "0 whatsapp senders found among 4; there are no more. BROKEN is not a known status: "
        "CREATING, PENDING_VERIFICATION, VERIFYING, ONLINE, ONLINE:UPDATING, OFFLINE, "
        "TWILIO_REVIEW, DRAFT, STUBBED."
    )
    result = await find(Sandbox(), status="draft")
    assert result.structured_content["summary"] == (
        "0 whatsapp senders found among 4; there are no more."
    )


async def test_all_details_come_for_few_senders_at_a_time():
    twilio = StandIn([page([sender(1)])])
    await find(twilio, detail="full", page_size=200)
    assert twilio.received[0].query == "Channel=whatsapp&PageSize=20"


async def test_null_arguments_count_as_not_given():
    names = ("query", "status", "page_size", "page_token", "detail")
    result = await find(Sandbox(), **dict.fromkeys(names))
    assert len(sids(result)) == 4


async def test_a_first_page_without_senders_before_a_failure_can_be_asked_for_again():
    twilio = StandIn([page([sender(1)], "https://x.example/?PageToken=T2"), answer(403)])
    result = await find(twilio, query="nobody")
    assert result.structured_content["senders"] == []
    assert result.structured_content["next"].endswith("as page_token.")


async def test_a_read_whose_answer_was_lost_is_tried_again():
    sandbox = Sandbox()
    sandbox.inject(Fault(times=2, drop=True))
    assert len(sids(await find(sandbox))) == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"channel": "sms"}, 'channel: expected one of "whatsapp", "rcs"'),
        ({"page_size": 0}, "page_size: expected 1 or more"),
        ({"page_size": 201}, "page_size: expected 200 or less"),
        ({"page_token": "x" * 5000}, "page_token: expected at most 4096"),
        ({"page_size": "many"}, "page_size: expected a whole number"),
        ({"number": "+1"}, "number: unknown field"),
        ({"detail": "all"}, 'detail: expected one of "summary", "full"'),
    ],
)
async def test_wrong_arguments_are_named_before_anything_is_sent(arguments, said):
    sandbox = Sandbox()
    result = await find(sandbox, **arguments)
    assert said in text_of(result)
    assert not sandbox.requests
