"""Whatever comes in at /mcp: each request is answered once, and no secret gets out."""

import json
import threading
from collections import Counter
from itertools import count
from typing import Any

import pytest
from fuzz.inputs import raw, requests, texts
from fuzz.profile import LONG, fuzzing
from fuzz.secrets_planted import BEARER, EchoingTwilio, environment, secrets_in
from http_clients import META, connect, exchange, modern, read_all, session
from hypothesis import given
from hypothesis import strategies as st
from processes import PATIENCE, listening

from twilio_senders_mcp.http.serving import served
from twilio_senders_mcp.tools.catalog import TOOL_NAMES

STATUSES = {
    200,
    202,
    307,
    400,
    401,
    403,
    404,
    405,
    406,
    408,
    409,
    411,
    413,
    415,
    417,
    421,
    431,
    501,
}
"""What a server may respond with to nonsense; 500 would be an error of its own."""

values = st.one_of(
    st.sampled_from(
        [
            b"",
            b"*/*",
            b"application/json",
            b"text/event-stream",
            b"application/json; charset=utf-16",
            b"2026-07-28",
            b"2025-11-25",
            b"1999-01-01",
            b"tools/call",
            b"update_sender",
            b"127.0.0.1",
            b"evil.example",
            b"http://evil.example",
            b"Bearer " + BEARER.encode(),
            b"gzip",
            b"-1",
            b"1e9",
            b"=?base64?eA==?=",
            b"x" * 70_000,
        ]
    ),
    texts.map(lambda text: text.replace("\r", "").replace("\n", "").encode("utf-8", "replace")),
    st.binary(max_size=10),
)
names = st.sampled_from(
    [
        b"Host",
        b"Origin",
        b"Accept",
        b"Content-Type",
        b"Content-Encoding",
        b"MCP-Protocol-Version",
        b"Mcp-Method",
        b"Mcp-Name",
        b"Mcp-Session-Id",
        b"Last-Event-ID",
        b"Authorization",
        b"Cookie",
        b"Expect",
        b"Upgrade",
        b"X-Forwarded-Host",
        b"",
        b"Bad Name",
    ]
)
fields = st.lists(st.tuples(names, values), max_size=3)


class Endpoint:
    """Sends requests to a server, and checks each response."""

    def __init__(self, url: str, session: dict[str, str]) -> None:
        self._url = url
        self._session = session
        self._ids = count(1_000_000)
        self.seen: Counter[str] = Counter()

    def request(self, message: dict[str, Any], *, era: str) -> None:
        """Send a well-formed request with the header that belongs to it."""
        number = next(self._ids)
        header = {b"Authorization": b"Bearer " + BEARER.encode()}
        given = self._session
        if era == "modern":
            name = message["params"].get("name") or message["params"].get("uri")
            given = modern(str(name), message["method"])
        for key, value in given.items():
            text = value.encode("utf-8", "replace").replace(b"\r", b"").replace(b"\n", b"")
            header[key.replace("_", "-").encode()] = text
        content = json.dumps({**message, "id": number}).encode()
        status, messages = self._exchange(b"POST", list(header.items()), content)
        answers = [answer for answer in messages if "method" not in answer]
        if status == 200:
            assert [answer["id"] for answer in answers] == [number]
        else:
            assert len(answers) <= 1
            assert all(answer["id"] in (number, None) for answer in answers)

    def anything(self, method: bytes, header: list[tuple[bytes, bytes]], content: bytes) -> None:
        """Send what may make no sense."""
        self._exchange(method, header, content)

    def _exchange(
        self, method: bytes, header: list[tuple[bytes, bytes]], content: bytes
    ) -> tuple[int, list[dict[str, Any]]]:
        usual = {
            b"Host": b"127.0.0.1",
            b"Accept": b"application/json, text/event-stream",
            b"Content-Type": b"application/json",
        }
        given = {name for name, _ in header}
        lines = [(name, value) for name, value in usual.items() if name not in given] + header
        lines += [(b"Content-Length", b"%d" % len(content)), (b"Connection", b"close")]
        head = b"".join(b"%b: %b\r\n" % line for line in lines)
        with connect(self._url) as connection:
            connection.sendall(b"%b /mcp HTTP/1.1\r\n%b\r\n%b" % (method, head, content))
            response = read_all(connection)
        assert secrets_in(response) == [], response
        if not response:
            return 0, []  # a header that is too large may end the connection
        top, _, body = response.partition(b"\r\n\r\n")
        status = int(top.split(b" ", 2)[1])
        self.seen[str(status)] += 1
        assert status in STATUSES, response
        messages = _messages(top, body)
        for message in messages:
            assert message["jsonrpc"] == "2.0"
            if "error" in message:
                assert message["error"]["code"] != -32603, message
        return status, messages


def _messages(top: bytes, body: bytes) -> list[dict[str, Any]]:
    """The JSON-RPC messages of a response: its body, or the data of its events."""
    fields = top.lower()
    if b"text/event-stream" in fields:
        return [
            json.loads(line.removeprefix(b"data: "))
            for line in _chunks(body).splitlines()
            if line.startswith(b"data: {")
        ]
    return [json.loads(body)] if b"content-type: application/json" in fields and body else []


def _chunks(body: bytes) -> bytes:
    content = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        content, body = content + rest[:length], rest[length + 2 :]
    return content


@pytest.fixture(scope="module")
def running():
    """A server with secrets, and what it logged once it has ended."""
    log: list[bytes] = []
    settings = {"TWILIO_SENDERS_HTTP_BODY_TIMEOUT": "5", "TWILIO_SENDERS_HTTP_HEADER_TIMEOUT": "5"}
    with served(EchoingTwilio()) as twilio:
        with listening("http", **environment(twilio), **settings) as (process, url):
            logging = threading.Thread(target=lambda: log.extend(process.stderr))
            logging.start()
            yield url
            assert process.poll() is None
            process.terminate()
            process.wait(timeout=PATIENCE)
            logging.join(timeout=PATIENCE)
        written = b"".join(log)
        assert secrets_in(written) == [], written
        assert b"Traceback" not in written, written.decode()


def still_works(url: str) -> None:
    assert exchange(url, path="/healthz", method="GET").startswith(b"HTTP/1.1 200")
    listing = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": META}}
    answer = exchange(url, listing, **modern("x", "tools/list"))
    assert len(json.loads(answer.partition(b"\r\n\r\n")[2])["result"]["tools"]) == len(TOOL_NAMES)


pytestmark = pytest.mark.timeout(3600 if LONG else 120)


@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_each_well_formed_request_has_one_response(running, era):
    endpoint = Endpoint(running, session(running))

    @fuzzing(120)
    @given(requests(modern=era == "modern"))
    def send(message: dict[str, Any]) -> None:
        endpoint.request(message, era=era)

    send()
    assert endpoint.seen["200"] > 30
    still_works(running)


@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_what_makes_no_sense_is_refused(running, era):
    endpoint = Endpoint(running, session(running))
    methods = st.sampled_from(
        [b"POST"] * 8 + [b"GET", b"DELETE", b"PUT", b"OPTIONS", b"X", b"post"]
    )
    well_formed = requests(modern=era == "modern").map(
        lambda message: json.dumps({**message, "id": 7}).encode()
    )

    @fuzzing(120)
    @given(methods, fields, raw(modern=era == "modern") | well_formed)
    def send(method: bytes, header: list[tuple[bytes, bytes]], content: bytes) -> None:
        endpoint.anything(method, header, content)

    send()
    assert endpoint.seen["400"] > 20
    still_works(running)
