"""A client on stdio for any server: it matches responses by their id and skips everything else."""

import json
import os
import re
import select
import subprocess
import threading
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import psutil
from processes import environment_for, running
from raw_clients import LEGACY, BenchError, required_pipe

TIMEOUT: Final = 20.0
"""The longest wait for a response, in seconds."""

_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Told:
    """What a caller was told: whether the call counts as a success, and every word of it."""

    succeeded: bool
    text: str
    answered: bool = True
    """False if no response came at all, which is never right."""

    def mentions(self, pattern: str) -> bool:
        """Tell whether the text contains the pattern, in upper or lower case."""
        return re.search(pattern, self.text, re.IGNORECASE) is not None


class PeerClient:
    """Talks with one server; every wait has an end."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], spawned: float) -> None:
        self._name = name
        self._process = process
        self._spawned = spawned
        self._stdin = required_pipe(process.stdin)
        self._stdout = required_pipe(process.stdout)
        self._number = 0
        self._unread = b""
        self.tools: list[dict[str, Any]] = []

    def begin(self) -> float:
        """Do the handshake and list the tools; return the seconds since the spawn."""
        info = {"name": "bench", "version": "1"}
        params = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": info}
        self._exchange("initialize", params)
        self._write(_line({"jsonrpc": "2.0", "method": "notifications/initialized"}))
        result = self._exchange("tools/list", {}).get("result", {})
        seconds = time.perf_counter() - self._spawned
        self.tools = result.get("tools", [])
        return seconds

    def call(self, tool: str, arguments: Mapping[str, Any]) -> tuple[Told, float]:
        """Call a tool; return what the caller is told, and the seconds that it took."""
        begin = time.perf_counter()
        response = self._exchange("tools/call", {"name": tool, "arguments": arguments})
        return _told(response), time.perf_counter() - begin

    def calls_at_once(self, tool: str, calls: Iterable[Mapping[str, Any]]) -> tuple[int, float]:
        """Send all calls without waiting; return the number of failures and the seconds taken."""
        requests = [
            self._request("tools/call", {"name": tool, "arguments": arguments})
            for arguments in calls
        ]
        numbers = set(range(self._number - len(requests) + 1, self._number + 1))
        # The pipes hold less than all requests and responses: write while reading.
        writer = threading.Thread(target=self._write, args=[b"".join(requests)], daemon=True)
        begin = time.perf_counter()
        writer.start()
        failures = 0
        while numbers:
            response = self._response(numbers)
            numbers.discard(response["id"])
            failures += not _told(response).succeeded
        seconds = time.perf_counter() - begin
        writer.join()
        return failures, seconds

    def memory(self) -> int:
        """Return the resident bytes of the process and of its children."""
        process = psutil.Process(self._process.pid)
        family = [process, *process.children(recursive=True)]
        return sum(each.memory_info().rss for each in family)

    def _exchange(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self._write(self._request(method, params))
        return self._response({self._number})

    def _request(self, method: str, params: Mapping[str, Any]) -> bytes:
        self._number += 1
        return _line({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})

    def _write(self, content: bytes) -> None:
        # The pipe is unbuffered, so one write may take a part only.
        rest = memoryview(content)
        while rest:
            rest = rest[self._stdin.write(rest) :]

    def _response(self, numbers: set[int]) -> dict[str, Any]:
        """Return the next response to one of the requests."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            message = _json(self._read_line(deadline))
            if "method" not in message and message.get("id") in numbers:
                return message

    def _read_line(self, deadline: float) -> bytes:
        while b"\n" not in self._unread:
            wait = max(0.0, deadline - time.monotonic())
            ready, _, _ = select.select([self._stdout], [], [], wait)
            chunk = os.read(self._stdout.fileno(), _CHUNK) if ready else b""
            if not chunk:
                raise BenchError(f"{self._name}: no response on stdout")
            self._unread += chunk
        line, self._unread = self._unread.split(b"\n", 1)
        return line


@contextmanager
def peer_client(name: str, command: list[str], base_url: str) -> Generator[PeerClient]:
    """Run a server on stdio; its stderr is read by nobody and goes nowhere."""
    spawned = time.perf_counter()
    with running(
        command, environment_for(base_url), pipes=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        yield PeerClient(name, process, spawned)


def _told(response: Mapping[str, Any]) -> Told:
    error, result = response.get("error"), response.get("result") or {}
    if error is not None:
        return Told(succeeded=False, text=str(error.get("message")))
    text = "\n".join(block.get("text", "") for block in result.get("content", []))
    structured = json.dumps(result.get("structuredContent"), ensure_ascii=False)
    return Told(succeeded=not result.get("isError"), text=f"{text}\n{structured}")


def _line(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def _json(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError:
        return {"method": "not JSON"}
    return message if isinstance(message, dict) else {"method": "not an object"}
