"""Whatever comes in on stdin: each request is answered once, and no secret gets out."""

import json
import threading
from collections import Counter
from itertools import count, cycle
from typing import Any

import pytest
from fuzz.inputs import META, raw, requests
from fuzz.profile import LONG, fuzzing
from fuzz.secrets_planted import EchoingTwilio, environment, secrets_in
from hypothesis import given
from hypothesis import strategies as st
from processes import INITIALIZE, INITIALIZED, PATIENCE, Process, started

from twilio_senders_mcp.http.serving import served

ANSWERS: list[dict[str, Any]] = [
    {"result": {"action": "accept", "content": {"confirm": True}}},
    {"result": {"action": "accept", "content": {"confirm": "0002"}}},
    {"result": {"action": "decline"}},
    {"result": {"action": "cancel"}},
    {"result": {"action": "accept", "content": {"confirm": [None]}}},
    {"result": {}},
    {"result": {"action": 5}},
    {"error": {"code": -32601, "message": "no"}},
]


class Conversation:
    """Sends lines to a server, and checks each line that comes back."""

    def __init__(self, process: Process, *, modern: bool) -> None:
        self._process = process
        self._last = {"jsonrpc": "2.0", "method": "tools/list"}
        self._last |= {"params": {"_meta": META}} if modern else {}
        self._ids = count(1_000_000)
        self._open: set[int] = set()
        self._unusable = 0
        self._answers = cycle(ANSWERS)
        self.seen: Counter[str] = Counter()
        self._log: list[bytes] = []
        self._logging = threading.Thread(target=lambda: self._log.extend(process.stderr))
        self._logging.start()

    def exchange(self, lines: list[dict[str, Any] | bytes]) -> None:
        """Send requests and lines that are none; read until all requests are answered."""
        sent: list[bytes] = []
        for line in lines:
            if isinstance(line, bytes):
                self._unusable += 1
                sent.append(line)
            else:
                sent.append(self._numbered(line))
        # Its answer also shows that the server still works.
        sent.append(self._numbered(self._last))
        self._process.stdin.write(b"".join(line + b"\n" for line in sent))
        self._process.stdin.flush()
        while self._open:
            self._take(self._process.stdout.readline())

    def end(self) -> None:
        """End the input: nothing but answers to unusable lines may follow, and status 0."""
        self._process.stdin.close()
        for line in self._process.stdout:
            self._take(line)
        assert self._process.wait(timeout=PATIENCE) == 0
        self._logging.join(timeout=PATIENCE)
        log = b"".join(self._log)
        assert secrets_in(log) == []
        assert b"Traceback" not in log, log.decode()

    def _numbered(self, message: dict[str, Any]) -> bytes:
        number = next(self._ids)
        self._open.add(number)
        return json.dumps({**message, "id": number}).encode()

    def _take(self, line: bytes) -> None:
        assert secrets_in(line) == [], line
        self.seen["redacted"] += b"[redacted]" in line
        message = json.loads(line)
        assert message["jsonrpc"] == "2.0"
        if "method" in message:
            self.seen[message["method"]] += 1
            if "id" in message:
                answer = {"jsonrpc": "2.0", "id": message["id"], **next(self._answers)}
                self._process.stdin.write(json.dumps(answer).encode() + b"\n")
                self._process.stdin.flush()
            return
        assert ("result" in message) != ("error" in message), line
        self.seen["result" if "result" in message else "error"] += 1
        if message.get("error", {}).get("code") == -32603:
            self.seen["internal error"] += 1
        if message["id"] in self._open:
            self._open.remove(message["id"])
        else:
            # A line that was no request of ours may have an answer, but no more than one.
            assert not (isinstance(message["id"], int) and message["id"] >= 1_000_000), line
            self._unusable -= 1
            assert self._unusable >= 0, line


@pytest.mark.timeout(3600 if LONG else 120)
@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_each_request_is_answered_once_and_nothing_else_is_written(era):
    modern = era == "modern"
    line = st.integers(0, 3).flatmap(
        lambda dice: requests(modern=modern) if dice else raw(modern=modern)
    )
    with served(EchoingTwilio()) as twilio, started(**environment(twilio)) as process:
        conversation = Conversation(process, modern=modern)
        if modern:
            conversation.exchange([])
        else:
            capable = {**INITIALIZE["params"], "capabilities": {"elicitation": {}}}
            conversation.exchange([{**INITIALIZE, "params": capable}])
            process.stdin.write(json.dumps(INITIALIZED).encode() + b"\n")

        @fuzzing(100)
        @given(st.lists(line, min_size=4, max_size=8))
        def exchange(drawn: list[dict[str, Any] | bytes]) -> None:
            conversation.exchange(drawn)

        exchange()
        conversation.end()
    assert conversation.seen["result"] > 50
    assert conversation.seen["error"] > 10
    assert conversation.seen["redacted"] > 5
    assert conversation.seen["internal error"] == 0
    if not modern:
        assert conversation.seen["elicitation/create"] > 0
