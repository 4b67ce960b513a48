"""The installed command under clients that take up its connections, with and without the extra."""

import resource
from contextlib import ExitStack

import httpx2
import psutil
import pytest
from http_clients import connect, exchange, read_all, read_until, request, sending
from processes import COMMAND, PATIENCE, PLAIN_COMMAND, announcement, listening, started

FILES = 128
SILENT = 200

pytestmark = pytest.mark.parametrize(
    "command", [COMMAND, PLAIN_COMMAND], ids=["with the extra", "without the extra"]
)


def with_few_files(command: list[str]) -> list[str]:
    return ["/bin/sh", "-c", f'ulimit -n {FILES}; exec "$@"', "sh", *command]


def test_among_silent_connections_beyond_the_limit_of_open_files_a_client_is_served(command):
    with (
        ExitStack() as silent,
        listening("http", "--sandbox", command=with_few_files(command)) as (process, url),
    ):
        for _ in range(SILENT):
            silent.enter_context(connect(url))
        for _ in range(20):
            assert httpx2.get(url.replace("/mcp", "/healthz"), timeout=PATIENCE).status_code == 200
        assert psutil.Process(process.pid).num_fds() < FILES
        process.terminate()
        assert process.stderr.read() == b""


def test_it_says_at_the_start_that_few_files_mean_few_connections(command):
    with started("http", "--sandbox", "--port", "0", command=with_few_files(command)) as process:
        assert announcement(process)[-2] == (
            "At most 76 connections are served at once instead of 200, because this process may "
            "open few files."
        )


def test_where_no_file_can_be_opened_that_is_logged_once_and_passes(command):
    with listening("http", "--sandbox", command=command) as (process, url):
        assert exchange(url, method="GET", path="/healthz")
        server = psutil.Process(process.pid)
        _, most = server.rlimit(resource.RLIMIT_NOFILE)
        server.rlimit(resource.RLIMIT_NOFILE, (3, most))
        with sending(url, request(method="GET", path="/healthz")) as client:
            expected = b"New connections cannot be accepted: Too many open files\n"
            assert process.stderr.readline().endswith(expected)
            server.rlimit(resource.RLIMIT_NOFILE, (FILES, most))
            assert read_until(client, b"ok").startswith(b"HTTP/1.1 200")
        process.terminate()
        assert process.stderr.read() == b""


def test_requests_that_do_not_end_are_given_up_in_the_time_that_was_set(command):
    times = {
        "TWILIO_SENDERS_HTTP_HEADER_TIMEOUT": "0.2",
        "TWILIO_SENDERS_HTTP_BODY_TIMEOUT": "0.2",
        "TWILIO_SENDERS_HTTP_IDLE_TIMEOUT": "1",
    }
    with listening("http", "--sandbox", command=command, **times) as (process, url):
        with (
            connect(url) as silent,
            sending(url, b"GET / HTTP/1.1\r\nHost: ") as header,
            sending(url, request(b"{", length=10)) as body,
            sending(url, request(method="GET", path="/healthz")) as idle,
        ):
            assert read_all(silent) == b""
            assert read_all(header).startswith(b"HTTP/1.1 408 Request Timeout\r\n")
            assert read_all(body).startswith(b"HTTP/1.1 408 Request Timeout\r\n")
            assert read_all(idle).startswith(b"HTTP/1.1 200 OK\r\n")
        process.terminate()
        assert process.stderr.read() == b""


def test_a_body_that_is_too_large_is_refused_and_leaves_the_connection_usable(command):
    limit = {"TWILIO_SENDERS_HTTP_BODY_LIMIT": "2000"}
    with (
        listening("http", "--sandbox", command=command, **limit) as (_, url),
        httpx2.Client() as client,
    ):
        large = client.post(url, content=b" " * 3_000_000)
        health = client.get(url.replace("/mcp", "/healthz"))
    assert (large.status_code, health.status_code) == (413, 200)


def test_a_header_without_bounds_is_refused(command):
    with (
        listening("http", "--sandbox", command=command) as (_, url),
        sending(url, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 12_000) as endless,
    ):
        read_all(endless)
