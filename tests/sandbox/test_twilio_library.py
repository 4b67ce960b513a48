"""Twilio's own Python library drives the sandbox, unmodified but for the host."""

import socket
import threading
from datetime import UTC, datetime

import pytest
import requests
import uvicorn
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from twilio.rest.messaging.v2.channels_sender import ChannelsSenderInstance, ChannelsSenderList

from twilio_senders_mcp.sandbox import (
    ACCOUNT_SID,
    API_KEY,
    API_SECRET,
    AUTH_TOKEN,
    OFFLINE_SENDER,
    ONLINE_SENDER,
    PENDING_SENDER,
    RCS_SENDER,
    REVIEW_SENDER,
    Fault,
)

Create = ChannelsSenderList.MessagingV2ChannelsSenderRequestsCreate
Update = ChannelsSenderList.MessagingV2ChannelsSenderRequestsUpdate
Status = ChannelsSenderInstance.Status

# The library's async transport passes credentials in the way that aiohttp now calls deprecated.
ASYNC_WARNINGS = pytest.mark.filterwarnings(
    "ignore:BasicAuth is deprecated:DeprecationWarning",
    "ignore:The 'auth' parameter is deprecated:DeprecationWarning",
)


@pytest.fixture
def anyio_backend():
    """The plain event loop: these tests wait for real sockets."""
    return "asyncio"


@pytest.fixture
def address(sandbox):
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(sandbox, log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def twilio(address):
    http = TwilioHttpClient()
    client = Client(ACCOUNT_SID, AUTH_TOKEN, http_client=http)
    client.messaging.base_url = address
    yield client
    assert http.session
    http.session.close()


@pytest.fixture
def senders(twilio):
    return twilio.messaging.v2.channels_senders


def test_it_lists_the_accounts_and_the_senders_of_each(twilio, address):
    twilio.api.base_url = address
    accounts = twilio.api.v2010.accounts.list(status="active", page_size=2)
    assert [account.friendly_name for account in accounts] == ["Sandbox", "Bakery", "Florist"]
    seen = {}
    for account in accounts:
        own = Client(account.sid, account.auth_token, http_client=twilio.http_client)
        own.messaging.base_url = address
        listed = own.messaging.v2.channels_senders.list(channel="whatsapp")
        seen[account.friendly_name] = len(listed)
    assert seen == {"Sandbox": 4, "Bakery": 1, "Florist": 2}


def test_it_lists_a_channel(senders):
    listed = senders.list(channel="whatsapp")
    assert [sender.sid for sender in listed] == [
        PENDING_SENDER,
        ONLINE_SENDER,
        OFFLINE_SENDER,
        REVIEW_SENDER,
    ]
    assert [sender.status for sender in listed] == [
        Status.PENDING_VERIFICATION,
        Status.ONLINE,
        Status.OFFLINE,
        Status.ONLINE,
    ]
    assert [sender.sid for sender in senders.list(channel="rcs")] == [RCS_SENDER]


def test_it_streams_over_pages_and_stops_at_a_limit(senders, sandbox):
    assert len(list(senders.stream(channel="whatsapp", page_size=1))) == 4
    assert len(sandbox.requests) == 4
    assert len(senders.list(channel="whatsapp", limit=3, page_size=2)) == 3
    assert len(senders.list(channel="whatsapp", limit=3)) == 3
    answer = senders.list_with_http_info(channel="whatsapp", page_size=3)
    assert (len(answer.data), answer.status_code) == (4, 200)
    streamed, status, headers = senders.stream_with_http_info(channel="rcs")
    assert (len(list(streamed)), status) == (1, 200)
    assert headers["t-request-id"].startswith("RQ")


def test_it_pages_forth_and_back(senders):
    first = senders.page(channel="whatsapp", page_size=3, page_number=0)
    second = first.next_page()
    assert [sender.sid for sender in second] == [REVIEW_SENDER]
    assert second.next_page() is None
    assert len(list(second.previous_page())) == 3
    assert len(list(senders.get_page(first.next_page_url))) == 1
    page = senders.page_with_http_info(channel="whatsapp", page_size=1)
    assert page.data.previous_page_url is None


def test_it_fetches_typed_senders(senders, address):
    online = senders(ONLINE_SENDER).fetch()
    assert online.sender_id == "whatsapp:+15550100002"
    assert online.friendly_name == "Main line"
    assert online.profile["vertical"] == "Food and Grocery"
    assert online.properties["quality_rating"] == "HIGH"
    assert online.url == f"{address}/v2/Channels/Senders/{ONLINE_SENDER}"
    assert online.compliance is None
    assert senders(OFFLINE_SENDER).fetch().offline_reasons[0]["code"] == "63020"
    assert senders(RCS_SENDER).fetch().compliance["countries"][0]["country"] == "US"
    answer = senders(ONLINE_SENDER).fetch_with_http_info()
    assert (answer.status_code, answer.data.sid) == (200, ONLINE_SENDER)
    assert answer.headers["t-request-id"].startswith("RQ")


def test_it_reads_the_date_of_a_pending_name(senders):
    sender = senders(REVIEW_SENDER).fetch()
    assert sender.pending_display_name == "Harbor Clinic Downtown"
    assert sender.pending_display_name_status == "PENDING_REVIEW"
    assert isinstance(sender.pending_display_name_status_date, datetime)
    assert sender.pending_display_name_status_date.tzinfo is UTC


def test_it_registers_verifies_renames_and_deletes_a_sender(senders, clock):
    body = {
        "sender_id": "whatsapp:+15550101111",
        "configuration": {"waba_id": "1", "verification_method": "voice"},
        "webhook": {"callback_url": "https://a.example/in", "callback_method": "PUT"},
        "profile": {
            "name": "New",
            "vertical": "Other",
            "websites": [{"website": "https://a.example", "label": "Website"}],
        },
    }
    created = senders.create(Create(body))
    assert created.status == Status.CREATING
    assert created.configuration["verification_method"] == "voice"
    assert created.webhook["callback_method"] == "PUT"
    assert created.url is None
    clock.now += 2
    assert created.fetch().status == Status.PENDING_VERIFICATION
    verifying = created.update(Update({"configuration": {"verification_code": "123456"}}))
    assert verifying.status == Status.VERIFYING
    assert verifying.configuration["verification_code"] is None
    clock.now += 2
    assert created.fetch().status == Status.ONLINE
    renamed = senders(created.sid).update(Update({"profile": {"name": "Newer"}}))
    assert renamed.display_name_status == "updating"
    assert renamed.status == Status.ONLINE_UPDATING
    clock.now += 8
    assert created.fetch().profile["name"] == "Newer"
    assert created.delete() is True
    with pytest.raises(TwilioRestException):
        created.fetch()


def test_its_answers_carry_status_and_headers(senders):
    body = {"sender_id": "rcs:agent", "friendly_name": "Agent"}
    created = senders.create_with_http_info(Create(body))
    assert (created.status_code, created.data.friendly_name) == (202, "Agent")
    sender = senders(created.data.sid)
    updated = sender.update_with_http_info(Update({"profile": {"accent_color": "#112233"}}))
    assert (updated.status_code, updated.data.profile["accent_color"]) == (202, "#112233")
    deleted = sender.delete_with_http_info()
    assert (deleted.status_code, deleted.data) == (204, True)


def test_it_works_with_an_api_key(address):
    http = TwilioHttpClient()
    client = Client(API_KEY, API_SECRET, ACCOUNT_SID, http_client=http)
    client.messaging.base_url = address
    assert client.messaging.v2.channels_senders(ONLINE_SENDER).fetch().sid == ONLINE_SENDER
    assert http.session
    http.session.close()


@pytest.mark.parametrize(
    ("call", "status", "code", "words"),
    [
        (lambda s: s("XE" + "0" * 32).fetch(), 404, 20404, "was not found"),
        (lambda s: s("XE" + "0" * 32).delete(), 404, 20404, "was not found"),
        (
            lambda s: s(ONLINE_SENDER).update(Update({"profile": {"vertical": "AUTO"}})),
            400,
            63100,
            "profile.vertical",
        ),
        (
            lambda s: s(REVIEW_SENDER).update(Update({"profile": {"name": "Third"}})),
            409,
            63128,
            "pending",
        ),
        (
            lambda s: s(PENDING_SENDER).update(
                Update({"configuration": {"verification_code": "111111"}})
            ),
            400,
            63113,
            "verified",
        ),
        (
            lambda s: s.create(Create({"sender_id": "whatsapp:+15550100001"})),
            400,
            63100,
            "profile.name",
        ),
    ],
)
def test_refusals_are_its_typed_exceptions(senders, call, status, code, words):
    with pytest.raises(TwilioRestException) as caught:
        call(senders)
    assert (caught.value.status, caught.value.code) == (status, code)
    assert words in caught.value.msg


def test_wrong_credentials_and_throttling_are_its_typed_exceptions(twilio, senders, sandbox):
    sandbox.inject(Fault(status=429))
    with pytest.raises(TwilioRestException) as caught:
        senders(ONLINE_SENDER).fetch()
    assert (caught.value.status, caught.value.code) == (429, 20429)
    twilio.auth = (ACCOUNT_SID, "wrong")
    with pytest.raises(TwilioRestException) as caught:
        senders(ONLINE_SENDER).fetch()
    assert (caught.value.status, caught.value.code) == (401, 20003)
    assert caught.value.msg.endswith("Authenticate")


def test_a_dropped_connection_is_a_broken_one(senders, sandbox):
    sandbox.inject(Fault(drop=True))
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        senders(ONLINE_SENDER).fetch()


@ASYNC_WARNINGS
@pytest.mark.anyio
async def test_its_async_form_reads_and_deletes(address):
    async with AsyncTwilioHttpClient() as http:
        client = Client(ACCOUNT_SID, AUTH_TOKEN, http_client=http)
        client.messaging.base_url = address
        senders = client.messaging.v2.channels_senders
        assert len(await senders.list_async(channel="whatsapp", page_size=2)) == 4
        page = await senders.page_async(channel="rcs")
        assert [sender.sid for sender in page] == [RCS_SENDER]
        online = await senders(ONLINE_SENDER).fetch_async()
        assert online.status == Status.ONLINE
        deleted = await senders(ONLINE_SENDER).delete_with_http_info_async()
        assert deleted.status_code == 204


@ASYNC_WARNINGS
@pytest.mark.anyio
async def test_its_async_writes_are_refused_because_they_are_no_json(address, sandbox):
    """Version 9.13.0 form-encodes the body of an async write that it calls JSON."""
    async with AsyncTwilioHttpClient() as http:
        client = Client(ACCOUNT_SID, AUTH_TOKEN, http_client=http)
        client.messaging.base_url = address
        sender = client.messaging.v2.channels_senders(ONLINE_SENDER)
        with pytest.raises(TwilioRestException) as caught:
            await sender.update_async(Update({"friendly_name": "New"}))
    assert (caught.value.status, caught.value.code) == (400, 63100)
    assert sandbox.requests[-1].headers["content-type"] == "application/json"
