"""What comes in at /mcp over real sockets: bodies of every kind, and clients that leave."""

import json
import logging
import socket
import struct
import threading
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest
from http_clients import (
    META,
    call,
    exchange,
    modern,
    read_until,
    request,
    sending,
    session,
)
from processes import INITIALIZE, PATIENCE
from sandboxed import sandbox_settings

from twilio_senders_mcp.http.app import create_http_app
from twilio_senders_mcp.http.limits import Limits
from twilio_senders_mcp.http.serving import served
from twilio_senders_mcp.sandbox import ONLINE_SENDER
from twilio_senders_mcp.server import create_server

CODE = {"verification_code": "987654"}
SECRET = "987654"
ERAS = ["modern", "legacy", "opening"]
"""Since 2026-07-28; in a session; and before there is one."""


class Watched:
    """An app that counts the requests that came, and those that are over."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._over = 0
        self._changed = threading.Condition()
        self.came = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self.came += 1
        try:
            await self._app(scope, receive, send)
        finally:
            with self._changed:
                self._over += 1
                self._changed.notify_all()

    def wait_until_over(self, number: int) -> None:
        """Wait until this many requests are over, of all that ever came."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._over >= number, PATIENCE)


@pytest.fixture
def running():
    """The servers of a test; closing it ends them."""
    with ExitStack() as servers:
        yield servers


@pytest.fixture
def serve(running):
    """Starts a server on the sandbox with some limits; returns its address and its app."""

    def start(*, settings: dict[str, Any] | None = None, **limits: Any) -> tuple[str, Watched]:
        server = create_server(sandbox_settings(**settings or {}), sandbox=True)
        app = Watched(create_http_app(server, "127.0.0.1", Limits(**limits)))
        return running.enter_context(served(app, Limits(**limits))), app

    return start


@pytest.fixture
def url(serve):
    return serve()[0]


def fields(era: str, url: str) -> dict[str, str]:
    return {"modern": modern, "legacy": lambda: session(url), "opening": dict}[era]()


def error(response: bytes) -> dict[str, Any]:
    return json.loads(response.rpartition(b"\r\n\r\n")[2])["error"]


def changed(**changes: Any) -> dict[str, Any]:
    """A call that carries the code, with changes to the message."""
    return {**call("update_sender", sid=ONLINE_SENDER, configuration=CODE), **changes}


def with_params(**changes: Any) -> dict[str, Any]:
    return changed(params={**changed()["params"], **changes})


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in changed().items() if key != name}


WELL_FORMED = json.dumps(changed()).encode()
MALFORMED = {
    "truncated": WELL_FORMED[:-60],
    "no JSON": b'"verification_code":"987654"',
    "more than one": WELL_FORMED + WELL_FORMED,
    "no UTF-8": WELL_FORMED.replace(b"987654", b"987654\xff"),
    "half a character": WELL_FORMED.replace(b"987654", b"987654\\ud800"),
    "deeply nested": b'["987654",' * 100_000,
    "long number": b'{"id":' + SECRET.encode() * 1000 + b"}",
    "empty": b"",
}
MISTYPED = {
    "batch": [changed()],
    "text": SECRET,
    "params are a text": changed(params=SECRET),
    "params are a list": changed(params=[CODE]),
    "id is an object": changed(id=CODE),
    "id is null": changed(id=None),
    "method is an object": changed(method=CODE),
    "no version": without("jsonrpc"),
    "wrong version": changed(jsonrpc=SECRET),
    "no method": without("method"),
    "result is a text": {"jsonrpc": "2.0", "id": 7, "result": SECRET},
    "error is a text": {"jsonrpc": "2.0", "id": 7, "error": SECRET},
    "notification with a text": {"jsonrpc": "2.0", "method": "notifications/x", "params": SECRET},
}
UNUSABLE = {
    "arguments are a text": with_params(arguments=SECRET),
    "arguments are a list": with_params(arguments=[CODE]),
    "name is an object": with_params(name=CODE),
    "meta is a text": with_params(_meta=SECRET),
    "progress token is an object": with_params(_meta={**META, "progressToken": CODE}),
    "answers are a text": with_params(inputResponses=SECRET),
    "state is a text": with_params(requestState=SECRET),
    "unknown field": call("update_sender", sid=ONLINE_SENDER, **CODE),
    "configuration is a text": call("update_sender", sid=ONLINE_SENDER, configuration=str(CODE)),
    "code is a list": call(
        "update_sender", sid=ONLINE_SENDER, configuration={"verification_code": [SECRET]}
    ),
    "code is refused": changed(),
    "notification": {"jsonrpc": "2.0", "method": "notifications/x", "params": CODE},
    "answer to nothing": {"jsonrpc": "2.0", "id": 7, "result": CODE},
}


@pytest.mark.parametrize("era", ERAS)
def test_a_body_that_is_no_json_is_refused_without_repeating_it(url, caplog, era):
    header = fields(era, url)
    caplog.set_level(logging.DEBUG)
    for kind, body in MALFORMED.items():
        response = exchange(url, body, **header)
        assert SECRET.encode() not in response, kind
        if kind != "half a character":
            assert response.startswith(b"HTTP/1.1 400"), kind
            assert error(response) == {
                "code": -32700,
                "message": "The request body is not valid JSON.",
            }, kind
    assert SECRET not in caplog.text


@pytest.mark.parametrize("era", ERAS)
def test_a_body_that_is_no_message_is_refused_without_repeating_it(url, caplog, era):
    header = fields(era, url)
    caplog.set_level(logging.DEBUG)
    for kind, body in MISTYPED.items():
        response = exchange(url, body, **header)
        assert SECRET.encode() not in response, kind
        assert response.startswith(b"HTTP/1.1 400"), kind
        assert error(response) == {
            "code": -32600,
            "message": "The request body must be one JSON-RPC message: a request, notification or "
            "response.",
        }, kind
    assert SECRET not in caplog.text


@pytest.mark.parametrize("era", ERAS)
def test_a_message_that_cannot_be_used_is_not_repeated(url, caplog, era):
    header = fields(era, url)
    caplog.set_level(logging.DEBUG)
    for kind, body in UNUSABLE.items():
        assert SECRET.encode() not in exchange(url, body, **header), kind
    assert SECRET not in caplog.text


@pytest.mark.parametrize("era", ERAS)
def test_a_body_of_the_largest_size_passes_and_a_larger_one_is_refused(serve, era):
    url, _ = serve(body_bytes=2000)
    header = fields(era, url)
    refused = "The request body is larger than the 2000 bytes that are allowed."
    fitting = WELL_FORMED.ljust(2000)
    assert not exchange(url, fitting, **header).startswith(b"HTTP/1.1 413")
    response = exchange(url, fitting + b" ", **header)
    assert response.startswith(b"HTTP/1.1 413")
    assert error(response) == {"code": -32600, "message": refused}


def test_a_body_in_pieces_counts_as_a_whole(serve):
    url, _ = serve(body_bytes=2000)

    def pieces():
        for _ in range(3):
            yield b" " * 1000

    response = httpx2.post(f"{url}/mcp", headers=modern(), content=pieces())
    assert response.status_code == 413


def test_the_connection_survives_a_body_that_is_too_large(serve):
    url, _ = serve(body_bytes=2000)
    with httpx2.Client() as client:
        large = client.post(f"{url}/mcp", content=b" " * 3_000_000)
        health = client.get(f"{url}/healthz")
    assert (large.status_code, health.status_code) == (413, 200)


def test_a_size_that_is_no_number_decides_nothing(url):
    assert exchange(url, b"{}", Content_Length="1_0").startswith(b"HTTP/1.1 400")


def leave(connection: socket.socket, *, abruptly: bool) -> None:
    if abruptly:
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.close()


MOVING = {"twilio_senders_sandbox_step": 3600.0}
"""A sandbox in which a change takes longer than any test."""


def start_change(url: str) -> None:
    response = exchange(
        url, call("update_sender", sid=ONLINE_SENDER, profile={"about": "x"}), **modern()
    )
    assert b"ONLINE:UPDATING" in response


def wait_call(**meta: Any) -> dict[str, Any]:
    waiting = call("wait_for_sender", sid=ONLINE_SENDER, timeout_seconds=900)
    waiting["params"]["_meta"] = {**META, **meta}
    return waiting


@pytest.mark.parametrize("abruptly", [False, True])
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("method", ["POST", "DELETE", "GET"])
def test_a_client_that_leaves_in_the_middle_of_a_body_is_not_logged(
    serve, running, caplog, era, method, abruptly
):
    url, app = serve()
    header = fields(era, url)
    before = app.came
    with sending(url, request(b'{"a', method=method, length=100, **header)) as client:
        assert exchange(url, path="/healthz", method="GET").startswith(b"HTTP/1.1 200")
        leave(client, abruptly=abruptly)
        app.wait_until_over(before + 2)
    running.close()
    assert caplog.records == []


@pytest.mark.parametrize("abruptly", [False, True])
@pytest.mark.parametrize("era", ["modern", "legacy"])
@pytest.mark.parametrize("meta", [{"progressToken": 1}, {}])
def test_a_client_that_leaves_in_the_middle_of_a_call_is_not_logged(
    serve, running, caplog, era, meta, abruptly
):
    url, app = serve(settings=MOVING)
    start_change(url)
    header = modern("wait_for_sender") if era == "modern" else session(url)
    before = app.came
    with sending(url, request(wait_call(**meta), **header)) as client:
        if meta:
            assert b"progress" in read_until(client, b"progress")
        assert exchange(url, path="/healthz", method="GET").startswith(b"HTTP/1.1 200")
        leave(client, abruptly=abruptly)
        app.wait_until_over(before + 2)
    if era == "legacy":
        # The call works on; it ends with its session.
        assert exchange(url, method="DELETE", **header).startswith(b"HTTP/1.1 200")
    running.close()
    assert caplog.records == []


@pytest.mark.parametrize("abruptly", [False, True])
def test_a_client_that_leaves_its_standing_stream_is_not_logged(serve, running, caplog, abruptly):
    url, app = serve()
    header = session(url)
    before = app.came
    with sending(url, request(method="GET", **header)) as client:
        assert b"200" in read_until(client, b"\r\n\r\n")
        leave(client, abruptly=abruptly)
        app.wait_until_over(before + 1)
    running.close()
    assert caplog.records == []


def test_a_client_that_leaves_before_it_has_its_response_is_not_logged(serve, running, caplog):
    url, app = serve()
    for _ in range(20):
        with sending(url, request(INITIALIZE)) as client:
            leave(client, abruptly=True)
    assert exchange(url, path="/healthz", method="GET").startswith(b"HTTP/1.1 200")
    app.wait_until_over(app.came)
    running.close()
    assert caplog.records == []


def test_a_real_error_is_still_logged(serve, caplog, monkeypatch):
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("twilio_senders_mcp.http.incoming._parse", broken)
    caplog.set_level(logging.ERROR, "uvicorn.error")
    url, _ = serve()
    assert exchange(url, INITIALIZE).startswith(b"HTTP/1.1 500")
    assert "RuntimeError: broken" in caplog.text
