"""The installed command over real HTTP: the MCP endpoint, its guards, its end."""

import json
import signal
import socket
import subprocess
import threading
from contextlib import suppress

import httpx2
import psutil
import pytest
from every_tool import call_every_tool
from held_twilio import HeldTwilio, wait_until_it_leaves
from mcp import Client
from processes import (
    INITIALIZE,
    PATIENCE,
    Process,
    announcement,
    initialize,
    listening,
    receive,
    started,
    tool_call,
)
from sandboxed import ERAS

from twilio_senders_mcp import __version__
from twilio_senders_mcp.http.serving import served
from twilio_senders_mcp.sandbox import (
    ACCOUNT_SID,
    API_KEY,
    API_SECRET,
    AUTH_TOKEN,
    BAKERY,
    FLORIST,
    ONLINE_SENDER,
)
from twilio_senders_mcp.twilio.transport import MAX_CONNECTIONS

CHANGE = {"sid": ONLINE_SENDER, "friendly_name": "x"}
MODERN = {
    "Accept": "application/json, text/event-stream",
    "MCP-Protocol-Version": "2026-07-28",
    "Mcp-Method": "tools/call",
    "Mcp-Name": "update_sender",
}
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}


def modern_call(number: int, **arguments):
    params = {"name": "update_sender", "arguments": arguments, "_meta": META}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}


@pytest.fixture(scope="module")
def url():
    with listening("http", "--sandbox") as (_, address):
        yield address


@pytest.mark.anyio
@pytest.mark.parametrize("era", ERAS)
async def test_an_sdk_client_lists_and_calls_every_tool_over_http(url, era):
    async with Client(url, mode=era) as client:
        await call_every_tool(client)


def test_health_tells_status_and_version(url):
    answer = httpx2.get(url.replace("/mcp", "/healthz"))
    assert answer.json() == {"status": "ok", "version": __version__}


@pytest.mark.parametrize(
    ("header", "status"),
    [({"Origin": "https://evil.example"}, 403), ({"Host": "evil.example"}, 421)],
)
def test_a_request_from_another_origin_or_for_another_host_is_refused(url, header, status):
    answer = httpx2.post(url, headers={**MODERN, **header}, json=modern_call(1, **CHANGE))
    assert answer.status_code == status


@pytest.mark.parametrize("field", ["Host", "Origin"])
def test_a_refused_host_or_origin_is_logged_without_what_the_client_sent(field):
    with listening("http", "--sandbox") as (process, address):
        refused = httpx2.post(address, headers={field: "secret" + "x" * 10_000}, json=INITIALIZE)
        assert refused.status_code in (403, 421)
        process.terminate()
        errors = process.stderr.read()
    assert errors == (
        b"WARNING twilio_senders_mcp.http.app: "
        b"Refused a request with another Host or Origin, or without a Host\n"
    )


def test_the_reference_is_served_to_the_same_hosts_only(url):
    docs = url.replace("/mcp", "/docs")
    assert httpx2.get(docs).status_code == 200
    assert httpx2.get(docs, headers={"Host": "evil.example"}).status_code == 421


def test_a_page_of_this_machine_may_call(url):
    headers = {**MODERN, "Origin": "http://localhost:5173"}
    answer = httpx2.post(url, headers=headers, json=modern_call(1, **CHANGE))
    assert answer.json()["result"]["structuredContent"]["sender"]["sid"] == ONLINE_SENDER


def test_an_unknown_tool_is_a_protocol_error_over_http_too(url):
    call = modern_call(1)
    call["params"]["name"] = "nope"
    answer = httpx2.post(url, headers={**MODERN, "Mcp-Name": "nope"}, json=call)
    assert answer.json()["error"]["code"] == -32602


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_status_0_even_with_an_open_stream(number):
    with listening("http", "--sandbox") as (process, url):
        with _open_stream(url):
            process.send_signal(number)
            status = process.wait(timeout=10)
        errors = process.stderr.read()
    assert (status, errors) == (0, b"")


@pytest.mark.parametrize("second_signal", [False, True])
def test_a_write_on_its_way_is_finished_unless_a_second_signal_comes(second_signal):
    twilio = HeldTwilio()
    settings = {
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_SENDERS_LOG_LEVEL": "info",
    }
    with (
        served(twilio) as twilio_url,
        listening("http", TWILIO_BASE_URL=twilio_url, **settings) as (process, url),
    ):
        caller = threading.Thread(target=_call_and_expect_nothing, args=[url])
        caller.start()
        assert twilio.arrived.wait(PATIENCE)
        process.send_signal(signal.SIGTERM)
        wait_until_it_leaves(process)
        (process.terminate if second_signal else twilio.released.set)()
        status = process.wait(timeout=PATIENCE)
        errors = process.stderr.read().decode()
        twilio.released.set()
        caller.join()
    assert (twilio.writes, status) == (1, 0)
    logged = "ended after its caller was cancelled: Twilio responded with HTTP 202" in errors
    assert logged is not second_signal


def _call_and_expect_nothing(url: str) -> None:
    with suppress(httpx2.HTTPError):
        httpx2.post(url, headers=MODERN, json=modern_call(1, **CHANGE), timeout=PATIENCE)


def _open_stream(url: str) -> socket.socket:
    """The stream that a client of the older protocol keeps open for notifications."""
    accept = {"Accept": "application/json, text/event-stream"}
    session = httpx2.post(url, headers=accept, json=INITIALIZE).headers["mcp-session-id"]
    host, _, port = url.removeprefix("http://").removesuffix("/mcp").partition(":")
    stream = socket.create_connection((host, int(port)), timeout=PATIENCE)
    request = (
        f"GET /mcp HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/event-stream\r\n"
        f"Mcp-Session-Id: {session}\r\nMCP-Protocol-Version: 2025-11-25\r\n\r\n"
    )
    stream.sendall(request.encode())
    assert stream.recv(1000).startswith(b"HTTP/1.1 200")
    return stream


def said_at_start(*words: str, **environment: str) -> list[str]:
    with started(*words, "--port", "0", **environment) as process:
        lines = announcement(process)
        process.terminate()
        process.wait(timeout=PATIENCE)
    return lines


def test_it_says_at_the_start_where_mcp_and_the_documentation_are():
    lines = said_at_start("http", "--sandbox")
    address = lines[0].removeprefix("MCP is at ").removesuffix("/mcp")
    assert lines == [
        f"MCP is at {address}/mcp",
        f"The documentation is at {address}/docs",
        "Tool calls go to the embedded sandbox: nothing real happens.",
        "Press Ctrl-C to stop.",
    ]


@pytest.mark.parametrize(
    ("secret", "kind"),
    [
        ({"TWILIO_AUTH_TOKEN": "hunter2"}, "the auth token"),
        ({"TWILIO_API_KEY": API_KEY, "TWILIO_API_SECRET": "hunter2"}, "an API key"),
        (
            {
                "TWILIO_AUTH_TOKEN": "hunter2",
                "TWILIO_API_KEY": API_KEY,
                "TWILIO_API_SECRET": "hunter2",
            },
            "an API key",
        ),
    ],
)
def test_it_says_at_the_start_which_credentials_it_uses_but_no_secret(secret, kind):
    lines = said_at_start("http", "--region", "ie1", TWILIO_ACCOUNT_SID=ACCOUNT_SID, **secret)
    assert lines[2] == (
        "Tool calls go to Twilio at https://messaging.ie1.twilio.com "
        f"as account {ACCOUNT_SID}, with {kind}."
    )
    assert "hunter2" not in "".join(lines)


def test_it_says_at_the_start_what_is_missing_to_call_twilio():
    lines = said_at_start("http", "--base-url", "http://127.0.0.1:9", TWILIO_AUTH_TOKEN="hunter2")
    assert lines[2] == (
        "Tool calls to Twilio at http://127.0.0.1:9 will fail: credentials are missing. "
        "Set TWILIO_ACCOUNT_SID in the environment of this server."
    )
    assert "hunter2" not in "".join(lines)


def test_the_sandbox_command_says_at_the_start_how_to_use_it():
    lines = said_at_start("sandbox")
    address = lines[0].split()[5]
    assert lines == [
        f"The Twilio sandbox is at {address} and accepts these made-up credentials:",
        f"  account SID {ACCOUNT_SID}, auth token {AUTH_TOKEN}",
        f"  API key {API_KEY}, secret {API_SECRET}",
        f"  subaccount Bakery: {BAKERY.sid}, auth token {BAKERY.auth_token}",
        f"  subaccount Florist: {FLORIST.sid}, auth token {FLORIST.auth_token}",
        f"Set TWILIO_BASE_URL={address} for a server to use it. Press Ctrl-C to stop.",
    ]


def test_a_reader_that_closes_stderr_after_the_first_line_does_not_end_it():
    with started("http", "--sandbox", "--port", "0") as process:
        url = process.stderr.readline().split()[-1].decode()
        process.stderr.close()
        assert httpx2.get(url.replace("/mcp", "/healthz")).status_code == 200
        process.terminate()
        assert process.wait(timeout=PATIENCE) == 0


def test_a_port_that_is_taken_is_said_so():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with started("http", "--port", port) as process:
            _, errors = process.communicate(timeout=PATIENCE)
    assert errors.decode() == (
        f"twilio-senders-mcp: cannot listen on 127.0.0.1 port {port}: Address already in use\n"
    )
    assert process.returncode == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_an_address_beyond_this_machine_is_refused(host):
    with started("http", "--host", host) as process:
        _, errors = process.communicate(timeout=PATIENCE)
    assert b"only an address of this machine is served" in errors
    assert process.returncode == 1


def test_the_ipv6_loopback_is_served():
    with listening("http", "--sandbox", "--host", "::1") as (_, url):
        assert url.startswith("http://[::1]:")
        answer = httpx2.post(url, headers=MODERN, json=modern_call(1, **CHANGE))
    assert answer.status_code == 200


@pytest.mark.parametrize("host", ["[::1]", "localhost"])
def test_the_loopback_may_be_written_as_in_a_url(host):
    with listening("http", "--sandbox", "--host", host) as (_, url):
        answer = httpx2.post(url, headers=MODERN, json=modern_call(1, **CHANGE))
    assert answer.status_code == 200


def test_the_sandbox_command_drops_a_connection_without_a_word():
    with listening("sandbox") as (process, url):
        httpx2.post(f"{url}/_sandbox/faults", json={"drop": True})
        with pytest.raises(httpx2.RemoteProtocolError):
            httpx2.get(f"{url}/v2/Channels/Senders", auth=(ACCOUNT_SID, AUTH_TOKEN))
        process.terminate()
        assert process.stderr.read() == b""


def test_the_sandbox_command_is_twilio_for_any_client():
    with listening("sandbox") as (process, url):
        path = f"{url}/v2/Channels/Senders/{ONLINE_SENDER}"
        refused = httpx2.get(path)
        sender = httpx2.get(path, auth=(ACCOUNT_SID, AUTH_TOKEN))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert (refused.status_code, refused.json()["code"]) == (401, 20003)
    assert sender.json()["sid"] == ONLINE_SENDER


@pytest.mark.anyio
async def test_a_thousand_calls_at_once_all_finish_over_a_bounded_number_of_sockets():
    calls = 1000
    with listening("sandbox") as (_, twilio):
        environment = {"TWILIO_BASE_URL": twilio, **_credentials()}
        with started("--log-level", "error", **environment) as process:
            most = _Watch(process, int(twilio.rpartition(":")[2]))
            answers = _call_all(process, calls)
            sockets = most.stop()
    assert all(not answer["result"].get("isError") for answer in answers)
    assert len(answers) == calls
    assert 1 <= sockets <= MAX_CONNECTIONS


def _call_all(process: Process, calls: int) -> list[dict]:
    initialize(process)
    lines = [json.dumps(tool_call(number, **CHANGE)).encode() + b"\n" for number in range(calls)]
    writer = threading.Thread(
        target=lambda: (process.stdin.write(b"".join(lines)), process.stdin.flush())
    )
    writer.start()
    answers = [receive(process) for _ in range(calls)]
    writer.join()
    return answers


class _Watch:
    """Counts the most connections to a port that a process has at any moment."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._process = psutil.Process(process.pid)
        self._port = port
        self._most = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(0.01):
            connections = self._process.net_connections("tcp")
            now = sum(bool(c.raddr) and c.raddr.port == self._port for c in connections)
            self._most = max(self._most, now)

    def stop(self) -> int:
        self._stop.set()
        self._thread.join()
        return self._most


def _credentials() -> dict[str, str]:
    return {"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN}
