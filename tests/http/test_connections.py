"""Open connections, over real sockets: which are closed, when, and which never."""

import asyncio
import logging
import socket
import threading
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from http_clients import connect, exchange, read_all, read_until, request, sending
from processes import PATIENCE

from twilio_senders_mcp.http import serving
from twilio_senders_mcp.http.connections import LimitedProtocol
from twilio_senders_mcp.http.limits import Limits
from twilio_senders_mcp.http.serving import served

SHORT = 0.2
"""Seconds that a client gets in tests in which it lets them pass."""

LARGE = bytes(32 << 20)
"""More than the system takes from a server for a client that does not read."""


class App:
    """Answers at once, except that /held waits for `released` and /stream never ends.

    What begins with /early is answered before its body has arrived.
    """

    def __init__(self) -> None:
        self.arrived = threading.Semaphore(0)
        self.released = threading.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self.arrived.release()
        if not scope["path"].startswith("/early"):
            while (message := await receive()).get("more_body"):
                pass
            if message["type"] == "http.disconnect":
                return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"].endswith("/stream"):
            await send({"type": "http.response.body", "body": b"begun", "more_body": True})
            await receive()
            return
        if scope["path"] == "/held":
            await asyncio.to_thread(self.released.wait)
        if scope["path"] == "/large":
            large = {"type": "http.response.body", "body": LARGE, "more_body": True}
            await send(large)
        await send({"type": "http.response.body", "body": b"done"})

    def wait_for_requests(self, number: int) -> None:
        for _ in range(number):
            assert self.arrived.acquire(timeout=PATIENCE)


@pytest.fixture
def app():
    return App()


@pytest.fixture
def serve(app):
    """Starts a server of the app with some limits; returns its address."""
    with ExitStack() as running:
        yield lambda **limits: running.enter_context(served(app, Limits(**limits)))
        app.released.set()


def is_served(url: str) -> bool:
    return exchange(url, path="/quick").endswith(b"done\r\n0\r\n\r\n")


def responds(connection: socket.socket) -> bool:
    connection.sendall(request(path="/quick"))
    return b"done" in read_until(connection, b"done")


def test_the_connection_that_has_been_silent_longest_makes_room(serve):
    url = serve(connections=3)
    with connect(url) as first, connect(url) as second, connect(url) as third:
        assert is_served(url)
        assert read_all(first) == b""
        assert responds(second)
        assert responds(third)


def test_a_connection_between_two_requests_makes_room_in_its_turn(serve):
    url = serve(connections=2)
    with connect(url) as older, connect(url) as newer:
        assert responds(newer)
        assert responds(older)
        assert is_served(url)
        assert read_all(newer) == b""
        assert responds(older)


@pytest.mark.parametrize("begun", [b"POST /quick HT", request(b"{", path="/quick", length=10)])
def test_a_request_that_has_not_arrived_makes_room(serve, begun):
    url = serve(connections=1)
    with sending(url, begun) as slow:
        assert is_served(url)
        assert read_all(slow) == b""


def test_a_standing_stream_makes_room_only_where_nothing_else_can(serve, app):
    url = serve(connections=3)
    with (
        sending(url, request(method="GET", path="/stream")) as stream,
        sending(url, request(path="/held")) as held,
        connect(url) as silent,
    ):
        read_until(stream, b"begun")
        app.wait_for_requests(2)
        assert is_served(url)
        assert read_all(silent) == b""
        with sending(url, request(path="/held")) as other:
            app.wait_for_requests(2)
            assert is_served(url)
            assert read_all(stream) == b""
            app.released.set()
            assert b"done" in read_until(held, b"done")
            assert b"done" in read_until(other, b"done")


def test_a_new_connection_waits_while_all_others_are_worked_for(serve, app):
    url = serve(connections=1)
    with sending(url, request(path="/held")) as held:
        app.wait_for_requests(1)
        with sending(url, request(path="/quick")) as waiting:
            app.released.set()
            assert b"done" in read_until(held, b"done")
            assert b"done" in read_until(waiting, b"done")


def test_a_client_that_does_not_read_its_response_makes_room(serve, app):
    url = serve(connections=1)
    with sending(url, request(path="/large")) as slow:
        app.wait_for_requests(1)
        read_until(slow, b"\0")
        assert is_served(url)
        assert len(read_all(slow)) < len(LARGE)


def test_a_client_that_reads_its_response_slowly_gets_all_of_it(serve):
    with sending(serve(connections=1), request(path="/large", Connection="close")) as slow:
        assert len(read_all(slow)) > len(LARGE)


def test_a_silent_connection_is_closed_without_a_word(serve):
    with connect(serve(header_seconds=SHORT)) as silent:
        assert read_all(silent) == b""


def test_a_header_that_does_not_end_is_given_up(serve):
    with sending(serve(header_seconds=SHORT), b"GET / HTTP/1.1\r\nHost: ") as slow:
        assert read_all(slow).startswith(b"HTTP/1.1 408 Request Timeout\r\n")


def test_a_header_that_trickles_in_is_given_up_all_the_same(serve):
    with sending(serve(header_seconds=SHORT), b"GET / HTTP/1.1\r\nX: ") as slow:
        slow.settimeout(SHORT / 20)
        got = b""
        # Bounded: it takes 20 steps of time until the server has had enough.
        for _ in range(PATIENCE * 100):
            with suppress(TimeoutError):
                got = slow.recv(1000)
                break
            slow.sendall(b"x")
        assert got.startswith(b"HTTP/1.1 408 Request Timeout\r\n")


def test_a_body_that_does_not_end_is_given_up(serve):
    begun = request(b"{", path="/quick", length=10)
    with sending(serve(body_seconds=SHORT), begun) as slow:
        assert read_all(slow).startswith(b"HTTP/1.1 408 Request Timeout\r\n")


def test_a_response_that_has_begun_before_the_body_ended_is_broken_off(serve):
    begun = request(b"{", path="/early/stream", length=10)
    with sending(serve(body_seconds=SHORT), begun) as slow:
        assert read_all(slow).endswith(b"begun\r\n")


def test_a_body_that_does_not_end_after_its_response_is_given_up(serve):
    begun = request(b"{", path="/early", length=1000)
    with sending(serve(body_seconds=SHORT), begun) as slow:
        assert b"done" in read_until(slow, b"0\r\n\r\n")
        slow.sendall(b"more")
        read_all(slow)


def test_a_call_may_take_longer_than_its_request(serve, app):
    url = serve(header_seconds=SHORT, body_seconds=SHORT)
    with sending(url, request(path="/held")) as held, connect(url) as silent:
        app.wait_for_requests(1)
        assert read_all(silent) == b""
        app.released.set()
        assert b"done" in read_until(held, b"done")


def test_an_idle_connection_is_closed_after_its_time(serve):
    with connect(serve(idle_seconds=1)) as idle:
        assert responds(idle)
        read_all(idle)


def test_a_header_without_bounds_is_refused(serve):
    with sending(serve(), b"GET / HTTP/1.1\r\n") as endless:
        field = b"X: " + b"x" * 1000 + b"\r\n"
        with suppress(OSError):
            for _ in range(1000):
                endless.sendall(field)
        endless.settimeout(PATIENCE)
        got = read_all(endless)
    assert got == b"" or got.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400"))


def test_a_large_body_that_comes_after_its_response_leaves_the_connection_usable(serve):
    with sending(serve(), request(b"", path="/early", length=1 << 20)) as early:
        assert b"done" in read_until(early, b"0\r\n\r\n")
        early.sendall(bytes(1 << 20))
        assert responds(early)


def test_a_header_without_bounds_after_such_a_body_is_refused(serve):
    with sending(serve(), request(b"", path="/early", length=1 << 20)) as early:
        assert b"done" in read_until(early, b"0\r\n\r\n")
        with suppress(OSError):
            early.sendall(bytes(1 << 20) + b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 100_000)
        read_all(early)


def test_what_is_no_http_is_refused(serve):
    with sending(serve(), b"\0" * 100) as odd:
        assert read_all(odd).startswith(b"HTTP/1.1 400")


def test_the_limit_holds_on_keep_alive_connections_with_many_requests(serve):
    with connect(serve(connections=1)) as busy:
        assert all(responds(busy) for _ in range(50))


def test_a_connection_that_breaks_while_it_is_accepted_costs_no_other(serve, monkeypatch, caplog):
    protocols = [_broken]

    def protocol(*args: Any, **named: Any) -> Any:
        return (protocols.pop() if protocols else real)(*args, **named)

    real = LimitedProtocol
    monkeypatch.setattr(serving, "LimitedProtocol", protocol)
    url = serve()
    with caplog.at_level(logging.WARNING), connect(url) as first:
        assert read_all(first) == b""
        assert is_served(url)
    assert caplog.records == []


def _broken(*_: Any, **__: Any) -> None:
    raise OSError
