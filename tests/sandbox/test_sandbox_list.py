"""The list: its query, its pages and its meta block."""

import pytest

from twilio_senders_mcp.sandbox import REVIEW_SENDER

pytestmark = pytest.mark.anyio
SENDERS = "/v2/Channels/Senders"
ENDPOINT = f"https://messaging.twilio.com{SENDERS}"


async def test_a_channel_that_fits_on_one_page_has_no_other_pages(client):
    listed = (await client.get(SENDERS, params={"Channel": "rcs"})).json()
    address = f"{ENDPOINT}?PageSize=50&Page=0&Channel=rcs"
    assert [sender["sender_id"] for sender in listed["senders"]] == ["rcs:owl_bakery_agent"]
    assert listed["meta"] == {
        "page": 0,
        "page_size": 50,
        "first_page_url": address,
        "previous_page_url": None,
        "url": address,
        "next_page_url": None,
        "key": "senders",
    }


async def test_whatsapp_pages_have_twenty_senders_unless_asked(client):
    listed = (await client.get(SENDERS, params={"Channel": "whatsapp"})).json()
    assert listed["meta"]["page_size"] == 20
    assert len(listed["senders"]) == 4


async def test_pages_lead_forth_and_back(client):
    params = {"Channel": "whatsapp", "PageSize": "2"}
    first = (await client.get(SENDERS, params=params)).json()
    second = (await client.get(first["meta"]["next_page_url"])).json()
    back = (await client.get(second["meta"]["previous_page_url"])).json()
    assert [s["sid"][2] for s in first["senders"] + second["senders"]] == ["a", "b", "c", "d"]
    assert second["meta"]["next_page_url"] is None
    assert (second["meta"]["page"], back["meta"]["page"]) == (1, 0)
    assert back["senders"] == first["senders"]
    assert back["meta"]["previous_page_url"] is None


async def test_a_sender_deleted_between_pages_makes_the_next_page_skip_none(client):
    first = (await client.get(SENDERS, params={"Channel": "whatsapp", "PageSize": "2"})).json()
    for sender in first["senders"]:
        await client.delete(f"{SENDERS}/{sender['sid']}")
    second = (await client.get(first["meta"]["next_page_url"])).json()
    assert [sender["sid"][2] for sender in second["senders"]] == ["c", "d"]


async def test_the_page_number_is_only_echoed(client):
    listed = (await client.get(SENDERS, params={"Channel": "whatsapp", "Page": "7"})).json()
    assert listed["meta"]["page"] == 7
    assert len(listed["senders"]) == 4


async def test_addresses_are_on_the_host_that_was_asked(client):
    params = {"Channel": "whatsapp", "PageSize": "1"}
    listed = (await client.get(f"http://127.0.0.1:8123{SENDERS}", params=params)).json()
    assert listed["meta"]["next_page_url"].startswith(f"http://127.0.0.1:8123{SENDERS}?")
    assert listed["senders"][0]["url"].startswith(f"http://127.0.0.1:8123{SENDERS}/XE")


async def test_items_leave_out_the_pending_name_that_fetch_shows(client):
    listed = (await client.get(SENDERS, params={"Channel": "whatsapp"})).json()
    item = next(s for s in listed["senders"] if s["sid"] == REVIEW_SENDER)
    fetched = (await client.get(f"{SENDERS}/{REVIEW_SENDER}")).json()
    assert fetched.keys() - item.keys() == {
        "pending_display_name",
        "pending_display_name_status",
        "pending_display_name_status_date",
    }


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({}, "Channel"),
        ({"Channel": "sms"}, "Channel"),
        ({"Channel": "rcs", "PageSize": "0"}, "PageSize"),
        ({"Channel": "rcs", "PageSize": "1001"}, "PageSize"),
        ({"Channel": "rcs", "PageSize": "many"}, "PageSize"),
        ({"Channel": "rcs", "Page": "-1"}, "Page"),
        ({"Channel": "rcs", "PageToken": "mine"}, "PageToken"),
    ],
)
async def test_a_bad_query_is_refused_by_name(client, query, named):
    answer = await client.get(SENDERS, params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    assert answer.json()["message"].startswith(named)
