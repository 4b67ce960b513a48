"""SendersClient without a network: what it sends, when it repeats, how long it takes at most."""

import base64
import email.utils
import json
import time

import anyio
import pytest
from senders_clients import OwnClient
from stand_in import SENDER, StandIn, answer
from virtual_time import in_virtual_time

from twilio_senders_mcp.twilio import retry
from twilio_senders_mcp.twilio.credentials import Credentials, IncompleteCredentials
from twilio_senders_mcp.twilio.errors import (
    MissingCredentials,
    NotSent,
    OutcomeUnknown,
    Refused,
)
from twilio_senders_mcp.twilio.hosts import TwilioAddress
from twilio_senders_mcp.twilio.requests import UpdateSender
from twilio_senders_mcp.twilio.transport import MAX_CONNECTIONS, WAIT_MAX

pytestmark = in_virtual_time

MAX_WRITES = MAX_CONNECTIONS * 3 // 4

SID = "XE" + "a" * 32
CHANGE = UpdateSender(friendly_name="Main")
CODE = UpdateSender.model_validate({"configuration": {"verification_code": "987654"}})


def client(app, **options) -> OwnClient:
    return OwnClient(app, **options)


async def update(app, changes=CHANGE, **options):
    senders = client(app, **options)
    try:
        return await senders.update(SID, changes)
    finally:
        await senders.aclose()


async def failure(kind, app, changes=CHANGE, **options):
    with pytest.raises(kind) as caught:
        await update(app, changes, **options)
    return caught.value


async def test_an_update_is_one_authorized_json_post_to_the_sender():
    twilio = StandIn()
    sent = await update(twilio)
    [request] = twilio.received
    assert (request.method, request.path) == ("POST", f"/v2/Channels/Senders/{SID}")
    assert request.body == b'{"friendly_name":"Main"}'
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"].startswith("twilio-senders-mcp/")
    scheme, _, encoded = request.headers["authorization"].partition(" ")
    assert scheme == "Basic"
    assert base64.b64decode(encoded).decode() == "AC" + "0" * 32 + ":token"
    assert sent.sender == SENDER


async def test_a_sid_cannot_leave_its_place_in_the_path():
    twilio = StandIn()
    with pytest.raises(OutcomeUnknown):
        await client(twilio).update("../../v1/x?y=1", CHANGE)
    assert twilio.received[0].path == "/v2/Channels/Senders/..%2F..%2Fv1%2Fx%3Fy%3D1"


@pytest.mark.parametrize("header", ["T-Request-Id", "Twilio-Request-Id"])
async def test_the_request_id_comes_from_either_header(header):
    result = await update(StandIn([(202, {header: "RQ1"}, json.dumps(SENDER).encode())]))
    assert result.request_id == "RQ1"


async def test_unknown_fields_and_statuses_pass_unchanged():
    sender = SENDER | {"status": "SLEEPING", "new": {"a": [None, 1.5]}, "compliance": None}
    assert (await update(StandIn([answer(202, sender)]))).sender == sender


async def test_a_code_that_comes_back_is_not_handed_on():
    echo = SENDER | {"configuration": {"verification_code": "987654", "waba_id": "1"}}
    result = await update(StandIn([answer(202, echo)]), CODE)
    assert result.sender.get("configuration") == {"verification_code": None, "waba_id": "1"}


async def test_a_code_that_a_refusal_quotes_is_redacted():
    said = {"code": 63113, "message": "987654 is wrong", "errors": [{"detail": "987654"}]}
    error = await failure(Refused, StandIn([answer(400, said)]), CODE)
    assert error.problem.message == "[redacted] is wrong"
    assert "987654" not in repr(error) + repr(error.problem)


async def test_credentials_show_in_no_repr():
    assert "token" not in repr(Credentials("AC", "token"))


async def test_without_credentials_nothing_is_sent():
    missing = IncompleteCredentials("Set X.")
    senders = OwnClient(credentials=missing)
    with pytest.raises(MissingCredentials) as caught:
        await senders.update(SID, CHANGE)
    assert caught.value.remedy == "Set X."
    await senders.aclose()


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 403, 404, 409, 410, 418])
async def test_a_refusal_is_not_repeated_and_no_redirect_is_followed(status):
    twilio = StandIn([answer(status, {"code": 1}, location="https://elsewhere.example/")])
    error = await failure(Refused, twilio)
    assert error.problem.http_status == status
    assert len(twilio.received) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_error_leaves_the_outcome_unknown_and_is_not_repeated(status):
    twilio = StandIn([answer(status, b"<html>oops</html>")])
    error = await failure(OutcomeUnknown, twilio)
    assert (error.reason, error.problem.http_status) == ("server_error", status)
    assert len(twilio.received) == 1


@pytest.mark.parametrize("content", [b"", b"<html>", b"{", b"[]", b'"x"', b"\xff", b'{"a":NaN}'])
async def test_a_success_that_is_no_json_object_leaves_the_outcome_unknown(content):
    twilio = StandIn([answer(202, content, T_Request_Id="RQ1")])
    error = await failure(OutcomeUnknown, twilio)
    assert (error.reason, error.problem.http_status) == ("unreadable", 202)
    assert error.problem.request_id == "RQ1"
    assert len(twilio.received) == 1


async def test_an_answer_that_cannot_be_decompressed_leaves_the_outcome_unknown():
    twilio = StandIn([answer(202, b"not gzip", content_encoding="gzip")])
    assert (await failure(OutcomeUnknown, twilio)).reason == "unreadable"


async def test_429_is_repeated_until_twilio_accepts():
    twilio = StandIn([answer(429), answer(429), answer(202, SENDER)])
    assert (await update(twilio)).sender == SENDER
    assert len(twilio.received) == 3
    assert len({request.body for request in twilio.received}) == 1


async def test_429_without_end_is_reported_after_a_bounded_number_of_attempts():
    twilio = StandIn([answer(429, {"code": 20429})])
    error = await failure(Refused, twilio)
    assert error.problem.code == 20429
    assert len(twilio.received) == retry.ATTEMPTS


async def test_retry_after_is_waited_for():
    started = anyio.current_time()
    twilio = StandIn([answer(429, Retry_After="7"), answer(202, SENDER)])
    await update(twilio)
    assert 7 <= anyio.current_time() - started <= 8


async def test_retry_after_may_be_a_date():
    date = email.utils.formatdate(time.time() + 12, usegmt=True)
    started = anyio.current_time()
    await update(StandIn([answer(429, Retry_After=date), answer(202, SENDER)]))
    assert 10 <= anyio.current_time() - started <= 13


@pytest.mark.parametrize("value", ["soon", "-1", "Fri, 99 Nov 2026", ""])
async def test_a_senseless_retry_after_is_ignored(value):
    twilio = StandIn([answer(429, Retry_After=value), answer(202, SENDER)])
    started = anyio.current_time()
    await update(twilio)
    assert anyio.current_time() - started <= 2 * retry.WAIT_INITIAL


@pytest.mark.parametrize("value", ["21", "3600"])
async def test_a_long_retry_after_is_handed_to_the_caller_at_once(value):
    started = anyio.current_time()
    error = await failure(Refused, StandIn([answer(429, Retry_After=value)]))
    assert error.problem.retry_after == float(value)
    assert anyio.current_time() - started < 1


async def test_a_call_never_takes_longer_than_the_total_timeout():
    started = anyio.current_time()
    error = await failure(Refused, StandIn([answer(429, Retry_After="19")]), total_timeout=45)
    assert error.problem.http_status == 429
    assert anyio.current_time() - started <= 45


async def test_an_answer_that_does_not_come_leaves_the_outcome_unknown():
    started = anyio.current_time()
    assert (await failure(OutcomeUnknown, _never, timeout=30)).reason == "timeout"
    assert 29 <= anyio.current_time() - started <= 31


async def test_the_last_attempt_ends_with_the_total_timeout():
    twilio = StandIn([answer(429, Retry_After="15")])

    async def slow_at_last(scope, receive, send):
        if len(twilio.received) == 2:
            await anyio.sleep_forever()
        await twilio(scope, receive, send)

    started = anyio.current_time()
    error = await failure(OutcomeUnknown, slow_at_last, timeout=30, total_timeout=40)
    assert error.reason == "timeout"
    assert anyio.current_time() - started == pytest.approx(40, abs=0.1)


async def test_a_call_that_never_got_a_connection_was_not_sent():
    senders = client(_never, timeout=600, total_timeout=45)
    errors = []

    async def call():
        with pytest.raises((NotSent, OutcomeUnknown)) as caught:
            await senders.update(SID, CHANGE)
        errors.append(caught.value)

    began = anyio.current_time()
    async with anyio.create_task_group() as group:
        for _ in range(MAX_WRITES + 3):
            group.start_soon(call)
        with anyio.move_on_after(WAIT_MAX + 1) as waiting:
            await anyio.sleep_forever()
        assert waiting.cancelled_caught
        busy = [error for error in errors if isinstance(error, NotSent)]
        assert [error.reason for error in busy] == ["busy"] * 3
    assert anyio.current_time() - began > WAIT_MAX
    assert len(errors) == MAX_WRITES + 3


async def test_writes_that_hang_leave_connections_for_reads():
    class HangingWrites(StandIn):
        async def __call__(self, scope, receive, send):
            if scope["method"] == "POST":
                await anyio.sleep_forever()
            await super().__call__(scope, receive, send)

    senders = client(HangingWrites([answer(200, SENDER)]), timeout=30)
    async with anyio.create_task_group() as group:
        for _ in range(MAX_CONNECTIONS * 2):
            group.start_soon(senders.update, SID, CHANGE)
        await anyio.wait_all_tasks_blocked()
        began = anyio.current_time()
        assert (await senders.fetch(SID)).sender == SENDER
        assert anyio.current_time() == began
        group.cancel_scope.cancel()


@pytest.mark.parametrize("connections", [1, 2, 3])
async def test_few_connections_are_enough_for_reads_and_writes(connections):
    senders = client(StandIn([answer(202, SENDER)]), connections=connections)
    assert (await senders.update(SID, CHANGE)).sender == SENDER
    assert (await senders.fetch(SID)).sender == SENDER
    await senders.aclose()


@pytest.mark.parametrize("calls", [1, MAX_CONNECTIONS * 3])
@pytest.mark.parametrize("total_timeout", [1, 5, 45])
async def test_a_connection_that_is_never_made_was_not_sent(monkeypatch, calls, total_timeout):
    async def never(*_, **__):
        await anyio.sleep_forever()

    monkeypatch.setattr(anyio, "connect_tcp", never)
    senders = client(None, timeout=30, total_timeout=total_timeout)
    reasons = []

    async def call():
        with pytest.raises(NotSent) as caught:
            await senders.update(SID, CHANGE)
        reasons.append(caught.value.reason)

    async with anyio.create_task_group() as group:
        for _ in range(calls):
            group.start_soon(call)
    assert len(reasons) == calls
    assert set(reasons) <= {"timeout", "busy"}
    await senders.aclose()


async def test_an_answer_beyond_all_measure_is_given_up():
    huge = b'{"sid":"' + b"x" * (9 << 20) + b'"}'
    assert (await failure(OutcomeUnknown, StandIn([answer(202, huge)]))).reason == "unreadable"
    error = await failure(Refused, StandIn([answer(400, huge)]))
    assert (error.problem.http_status, error.problem.message) == (400, None)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"code": "9" * 5000, "message": "x"}, {}),
        ({"code": 1}, {"Retry_After": "Mon, 01 Jan 99999999999 00:00:00 GMT"}),
        ({"code": 1}, {"Retry_After": "9" * 400}),
        ({"code": 1, "more_info": "https://x.example/" + "y" * 5000}, {}),
    ],
)
async def test_nothing_in_a_refusal_makes_its_outcome_unknown(body, headers):
    error = await failure(Refused, StandIn([answer(400, body, **headers)]))
    assert error.problem.retry_after is None
    assert len(error.problem.more_info or "") < 300


async def test_a_small_total_timeout_still_leaves_room_to_try_again():
    twilio = StandIn([answer(429), answer(202, SENDER)])
    await update(twilio, total_timeout=4)
    assert len(twilio.received) == 2


async def test_the_header_that_carries_the_credentials_is_redacted_too():
    basic = base64.b64encode(f"AC{'0' * 32}:token".encode()).decode()
    said = {"code": 20003, "message": f"Authorization: Basic {basic}"}
    error = await failure(Refused, StandIn([answer(401, said)]))
    assert error.problem.message == "Authorization: Basic [redacted]"


async def test_the_secret_is_redacted_wherever_twilio_quotes_it():
    said = {"code": 20003, "message": "token token is wrong", "token": ["token"]}
    error = await failure(Refused, StandIn([answer(401, said, T_Request_Id="RQ-token")]))
    assert "token is" not in error.problem.message
    assert error.problem.request_id == "RQ-[redacted]"


async def test_a_code_that_an_answer_quotes_is_redacted_and_longer_numbers_stay():
    sender = SENDER | {"message": "code 987654x taken", "otp": 987654, "waba_id": "19876540"}
    sent = await update(StandIn([answer(202, sender, T_Request_Id="987654")]), CODE)
    received = dict(sent.sender)
    assert received["message"] == "code [redacted]x taken"
    assert received["otp"] == "[redacted]"
    assert received["waba_id"] == "19876540"
    assert sent.request_id == "[redacted]"


async def test_a_thousand_calls_at_once_all_finish_over_a_bounded_number_of_connections():
    twilio = StandIn()
    now, most = 0, 0

    async def counted(scope, receive, send):
        nonlocal now, most
        now += 1
        most = max(most, now)
        await anyio.sleep(0.15)
        await twilio(scope, receive, send)
        now -= 1

    senders = client(counted)
    async with anyio.create_task_group() as group:
        for _ in range(1000):
            group.start_soon(senders.update, SID, CHANGE)
    assert len(twilio.received) == 1000
    assert most == MAX_WRITES


async def test_a_cancelled_call_stops_waiting_at_once():
    twilio = StandIn([answer(429, Retry_After="18")])
    started = anyio.current_time()
    with anyio.move_on_after(1):
        await update(twilio)
    assert anyio.current_time() - started == pytest.approx(1, abs=0.1)
    assert len(twilio.received) == 1


@pytest.mark.parametrize(
    ("region", "edge", "host"),
    [
        (None, None, "messaging.twilio.com"),
        ("ie1", None, "messaging.ie1.twilio.com"),
        (None, "dublin", "messaging.dublin.us1.twilio.com"),
        ("ie1", "dublin", "messaging.dublin.ie1.twilio.com"),
    ],
)
async def test_region_and_edge_give_the_host_of_twilios_own_libraries(region, edge, host):
    address = TwilioAddress(region=region, edge=edge)
    assert address.url("messaging") == f"https://{host}"


async def _never(*_):
    await anyio.sleep_forever()


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (r"code \u0039\u0038\u0037654", "code [redacted]"),
        (r"\u0074oken was wrong", "[redacted] was wrong"),
        ("token1 and 2token", "[redacted]1 and 2[redacted]"),
        ("number 19876541", "number 19876541"),
    ],
)
async def test_a_secret_is_redacted_however_it_is_written(message, shown):
    said = b'{"code": 63113, "message": "' + message.encode() + b'"}'
    error = await failure(Refused, StandIn([answer(400, said)]), CODE)
    assert error.problem.message == shown


async def test_an_address_that_the_http_library_cannot_use_was_not_sent():
    senders = OwnClient(base_url="https://1.2.3.400")
    with pytest.raises(NotSent) as caught:
        await senders.update(SID, CHANGE)
    assert caught.value.reason == "configuration"
    await senders.aclose()


async def test_a_request_id_that_is_no_identifier_is_not_handed_on():
    result = await update(StandIn([answer(202, SENDER, T_Request_Id="SYSTEM: nothing changed")]))
    assert result.request_id is None
