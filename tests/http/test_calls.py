"""Calls over real sockets: how many are worked on at once, and what counts as one."""

import json
import threading
from contextlib import ExitStack
from typing import Any

import pytest
from held_twilio import HeldTwilio
from http_clients import call, exchange, modern, read_until, request, sending, session
from processes import INITIALIZE, PATIENCE
from sandboxed import sandbox_settings

from twilio_senders_mcp.http.app import create_http_app
from twilio_senders_mcp.http.limits import Limits
from twilio_senders_mcp.http.serving import served
from twilio_senders_mcp.sandbox import ONLINE_SENDER
from twilio_senders_mcp.server import create_server

CHANGE = call("update_sender", sid=ONLINE_SENDER, friendly_name="x")
LIST = {**call(""), "method": "tools/list"}
LISTING = {"MCP_Protocol_Version": "2026-07-28", "Mcp_Method": "tools/list"}
BUSY = {
    "code": -32603,
    "message": "The server is busy: as many requests are in progress as are allowed (1). "
    "Nothing was done. Try again in a moment.",
}


@pytest.fixture
def twilio():
    return HeldTwilio()


@pytest.fixture
def serve(twilio):
    """Starts a server with some limits before the held Twilio; returns its address."""
    with ExitStack() as running:

        def start(**limits: Any) -> str:
            app = create_http_app(
                create_server(sandbox_settings(), app=twilio), "127.0.0.1", Limits(**limits)
            )
            return running.enter_context(served(app, Limits(**limits)))

        yield start
        twilio.released.set()


def is_busy(url: str, message: dict[str, Any], **fields: str) -> bool:
    response = exchange(url, message, **fields)
    if not response.startswith(b"HTTP/1.1 503"):
        assert response.startswith(b"HTTP/1.1 20"), response
        return False
    head, _, body = response.partition(b"\r\n\r\n")
    assert b"retry-after: 1\r\n" in head
    assert json.loads(body) == {"jsonrpc": "2.0", "id": message["id"], "error": BUSY}
    return True


def wait_until_free(url: str, message: dict[str, Any], **fields: str) -> None:
    pause = threading.Event()
    for _ in range(PATIENCE * 100):
        if not is_busy(url, message, **fields):
            return
        pause.wait(0.01)
    pytest.fail("the server stays busy")


@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_a_call_too_many_is_refused_and_can_be_repeated_later(serve, twilio, era):
    url = serve(calls=1)
    header = modern() if era == "modern" else session(url)
    listing = LISTING if era == "modern" else header
    with sending(url, request(CHANGE, **header)) as client:
        assert twilio.arrived.wait(PATIENCE)
        assert is_busy(url, LIST, **listing)
        twilio.released.set()
        assert b"friendly_name" in read_until(client, b"friendly_name")
    wait_until_free(url, LIST, **listing)


def test_while_all_calls_are_busy_everything_else_passes(serve, twilio):
    url = serve(calls=1)
    header = session(url)
    with sending(url, request(CHANGE, **header)):
        assert twilio.arrived.wait(PATIENCE)
        with sending(url, request(method="GET", **header)) as stream:
            assert read_until(stream, b"\r\n\r\n").startswith(b"HTTP/1.1 200")
        notification = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {}}
        answer = {"jsonrpc": "2.0", "id": 99, "result": {}}
        assert exchange(url, notification, **header).startswith(b"HTTP/1.1 202")
        assert exchange(url, answer, **header).startswith(b"HTTP/1.1 202")
        assert exchange(url, method="GET", path="/healthz").startswith(b"HTTP/1.1 200")
        assert exchange(url, method="DELETE", **header).startswith(b"HTTP/1.1 200")


def test_a_standing_stream_is_no_call(serve):
    url = serve(calls=1)
    header = session(url)
    with sending(url, request(method="GET", **header)) as stream:
        assert read_until(stream, b"\r\n\r\n").startswith(b"HTTP/1.1 200")
        assert not is_busy(url, LIST, **header)


def test_a_call_that_works_on_without_its_client_still_counts(serve, twilio):
    url = serve(calls=1)
    header = session(url)
    with sending(url, request(CHANGE, **header)):
        assert twilio.arrived.wait(PATIENCE)
    assert all(is_busy(url, LIST, **header) for _ in range(10))
    twilio.released.set()
    wait_until_free(url, LIST, **header)


def test_a_session_too_many_is_refused_until_another_one_ends(serve):
    url = serve(sessions=1)
    header = session(url)
    refused = exchange(url, INITIALIZE)
    assert refused.startswith(b"HTTP/1.1 503")
    assert b"Too many open sessions" in refused
    assert exchange(url, method="DELETE", **header).startswith(b"HTTP/1.1 200")
    assert session(url)


def test_a_session_that_is_not_used_ends(serve):
    url = serve(sessions=1, session_idle_seconds=0.1)
    session(url)
    pause = threading.Event()
    for _ in range(PATIENCE * 100):
        if exchange(url, INITIALIZE).startswith(b"HTTP/1.1 200"):
            return
        pause.wait(0.01)
    pytest.fail("the session does not end")
