"""Faults on demand, the record of requests, and the control routes for other processes."""

import anyio
import httpx2 as httpx
import pytest

from twilio_senders_mcp.sandbox import ONLINE_SENDER, PENDING_SENDER, Fault, Sandbox

pytestmark = pytest.mark.anyio
SENDERS = "/v2/Channels/Senders"
ONLINE = f"{SENDERS}/{ONLINE_SENDER}"
FAULTS = "/_sandbox/faults"
RENAME = {"friendly_name": "Applied"}


@pytest.fixture
def slept(monkeypatch):
    """The seconds that the sandbox asked to sleep; none of them pass."""
    seconds = []

    async def sleep(delay):
        seconds.append(delay)

    monkeypatch.setattr(anyio, "sleep", sleep)
    return seconds


async def label(client):
    return (await client.get(ONLINE)).json()["friendly_name"]


@pytest.mark.parametrize(
    ("status", "code"), [(429, 20429), (500, 20500), (503, 20500), (401, 20003)]
)
async def test_a_status_alone_has_twilios_error_shape(client, sandbox, status, code):
    sandbox.inject(Fault(status=status, retry_after=1.5))
    answer = await client.post(ONLINE, json=RENAME)
    assert answer.status_code == status
    assert answer.json().keys() == {"code", "message", "more_info", "status"}
    assert answer.json()["code"] == code
    assert answer.headers["retry-after"] == "1.5"
    assert answer.headers["t-request-id"].startswith("RQ")
    assert await label(client) == "Main line"


async def test_faults_happen_in_order_each_as_often_as_it_says(client, sandbox):
    sandbox.inject(Fault(status=429, times=2))
    sandbox.inject(Fault(status=503))
    assert [(await client.get(ONLINE)).status_code for _ in range(4)] == [429, 429, 503, 200]


async def test_cleared_faults_do_not_happen(client, sandbox):
    sandbox.inject(Fault(status=429, times=2))
    sandbox.clear_faults()
    assert (await client.get(ONLINE)).status_code == 200


@pytest.mark.parametrize(
    ("body", "content"),
    [(b"\x00", b"\x00"), ("<html>", b"<html>"), ({"a": 1}, b'{"a": 1}'), ([], b"[]")],
)
async def test_a_body_is_sent_as_it_is(client, sandbox, body, content):
    sandbox.inject(Fault(body=body, content_type="text/html", headers={"X-Extra": "1"}))
    answer = await client.get(ONLINE)
    assert (answer.status_code, answer.content) == (200, content)
    assert (answer.headers["content-type"], answer.headers["x-extra"]) == ("text/html", "1")


async def test_a_success_without_a_body_is_empty(client, sandbox):
    sandbox.inject(Fault(status=202))
    assert (await client.post(ONLINE, json=RENAME)).content == b""


async def test_a_delay_alone_answers_normally_afterwards(client, sandbox, slept):
    sandbox.inject(Fault(delay=30, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"))
    answer = await client.post(ONLINE, json=RENAME)
    assert (slept, answer.status_code) == ([30], 202)
    assert answer.headers["retry-after"] == "Wed, 21 Oct 2026 07:28:00 GMT"


async def test_an_applied_operation_whose_answer_is_lost_has_happened(client, sandbox):
    sandbox.inject(Fault(status=503, apply=True))
    assert (await client.post(ONLINE, json=RENAME)).status_code == 503
    assert await label(client) == "Applied"


async def test_an_operation_is_applied_before_a_delay_that_the_caller_does_not_wait_for(
    client, sandbox
):
    sandbox.inject(Fault(delay=3600, apply=True))
    with anyio.move_on_after(0.01):
        await client.post(ONLINE, json=RENAME)
    assert sandbox.requests[-1].status is None
    assert await label(client) == "Applied"


@pytest.mark.parametrize(("applied", "expected"), [(True, "Applied"), (False, "Main line")])
async def test_a_dropped_connection_breaks_in_the_middle(client, sandbox, applied, expected):
    sandbox.inject(Fault(drop=True, apply=applied))
    with pytest.raises(ConnectionResetError):
        await client.post(ONLINE, json=RENAME)
    assert await label(client) == expected


async def test_a_dropped_connection_has_promised_more_than_it_sent(sandbox):
    sandbox.inject(Fault(drop=True, status=500))
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request"}

    scope = {
        "type": "http",
        "method": "GET",
        "path": ONLINE,
        "scheme": "https",
        "query_string": b"",
        "headers": [],
    }
    with pytest.raises(ConnectionResetError):
        await sandbox(scope, receive, send)
    start, body = sent
    assert start["status"] == 500
    assert int(dict(start["headers"])[b"content-length"]) > len(body["body"]) > 0
    assert body["more_body"] is True


async def test_a_request_that_the_caller_breaks_off_has_no_effect(sandbox):
    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        raise AssertionError(message)

    await sandbox({"type": "http"}, receive, send)
    assert not sandbox.requests


@pytest.mark.parametrize("wrong", [{"times": 0}, {"delay": -1.0}, {"status": 99}])
def test_an_impossible_fault_is_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        Fault(**wrong)


async def test_another_process_injects_and_clears_faults_without_credentials(client, sandbox):
    fault = {"times": 3, "status": 418, "body": "no", "retry_after": 7, "headers": {"a": "b"}}
    assert (await client.post(FAULTS, json=fault, auth=("", ""))).status_code == 201
    answer = await client.get(ONLINE)
    assert (answer.status_code, answer.text) == (418, "no")
    assert answer.headers["retry-after"] == "7"
    assert (await client.delete(FAULTS)).status_code == 204
    assert (await client.get(ONLINE)).status_code == 200
    assert len(sandbox.requests) == 2


@pytest.mark.parametrize("nonsense", [b"", b"[]", b'{"status": "500"}', b'{"times": 0}'])
async def test_a_nonsense_fault_is_refused(client, nonsense):
    answer = await client.post(FAULTS, content=nonsense)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("expected an object with some of times, delay, status")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"statsu": 500, "times": 0}, "unknown key 'statsu'; did you mean status?"),
        ({"status": 500, "retryAfter": 1}, "unknown key 'retryAfter'; did you mean retry_after?"),
        ({"x\x1b": 1}, "unknown key 'x\\x1b'; the known keys are times, delay, status, body, "),
        ({"k" * 1000: 1}, f"unknown key '{'k' * 60}'; the known keys are times, "),
    ],
)
async def test_an_unknown_key_of_a_fault_is_named_and_nothing_is_injected(client, fault, said):
    answer = await client.post(FAULTS, json=fault)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(said)
    assert (await client.get(ONLINE)).status_code == 200


@pytest.mark.parametrize(
    "path", ["/favicon.ico", "/", "/v2/Channels", f"{SENDERS}X", "/_sandbox/requests"]
)
async def test_a_request_for_another_path_uses_no_fault_up(client, sandbox, path):
    sandbox.inject(Fault(status=503))
    assert (await client.get(path)).status_code != 503
    assert (await client.get(ONLINE)).status_code == 503


@pytest.mark.parametrize("path", [SENDERS, ONLINE, f"{SENDERS}/", f"{SENDERS}/XE1"])
async def test_any_request_to_the_senders_api_uses_a_fault_up(client, sandbox, path):
    sandbox.inject(Fault(status=503))
    assert (await client.get(path)).status_code == 503
    assert (await client.get(ONLINE)).status_code == 200


async def test_an_unknown_control_is_not_found(client):
    assert (await client.get("/_sandbox/nothing")).status_code == 404


async def test_requests_are_recorded_without_credentials(client, sandbox):
    answer = await client.get(SENDERS, params={"Channel": "rcs"})
    recorded = sandbox.requests[-1]
    assert (recorded.method, recorded.path, recorded.status) == ("GET", SENDERS, 200)
    assert recorded.query == {"Channel": "rcs"}
    assert recorded.body is None
    assert recorded.request_id == answer.headers["t-request-id"]
    assert "authorization" not in recorded.headers
    assert recorded.headers["host"] == "messaging.twilio.com"


async def test_a_verification_code_is_never_kept_or_echoed(client, sandbox):
    bodies = [
        {"configuration": {"verification_code": "987654"}},
        {"verificationCode": "987654", "list": [{"verification_code": 987654}]},
        {"configuration": {"verification_code": "987654", "verification_method": "fax"}},
    ]
    for sid in (ONLINE_SENDER, PENDING_SENDER):
        for body in bodies:
            answer = await client.post(f"{SENDERS}/{sid}", json=body)
            assert "987654" not in answer.text
    broken = await client.post(ONLINE, content=b'{"verification_code": "987654"')
    await client.get(ONLINE, params={"verification_code": "987654"})
    assert "987654" not in broken.text
    assert "987654" not in repr(sandbox.requests)
    assert "987654" not in repr([vars(senders) for senders in sandbox._senders.values()])
    assert sandbox.requests[0].body == {"configuration": {"verification_code": "[redacted]"}}
    assert "987654" not in (await client.get("/_sandbox/requests")).text


async def test_a_body_nested_too_deep_is_not_kept_whole(client, sandbox):
    await client.post(ONLINE, content=b"[" * 100 + b'"987654"' + b"]" * 100)
    await client.post(ONLINE, content=b"[" * 100_000)
    assert "987654" not in repr(sandbox.requests)
    assert sandbox.requests[-1].body is None


async def test_the_record_is_readable_from_another_process(client):
    await client.post(ONLINE, json=RENAME)
    recorded = (await client.get("/_sandbox/requests", auth=("", ""))).json()["requests"]
    assert [entry["body"] for entry in recorded] == [RENAME]
    assert recorded[0]["status"] == 202


async def test_only_the_last_requests_are_kept():
    sandbox = Sandbox(record=2)
    transport = httpx.ASGITransport(app=sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="https://a.example") as client:
        for page in "123":
            await client.get(SENDERS, params={"Page": page})
    assert [request.query["Page"] for request in sandbox.requests] == ["2", "3"]
