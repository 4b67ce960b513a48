"""The thinnest clients that can call a server's tool.

No SDK on this side: what is timed is the server. Every wait has an end. Needs a POSIX system.
"""

import http.client
import json
import os
import select
import subprocess
import threading
import time
from collections.abc import Mapping
from typing import IO, Any, Final, Literal

import psutil

Server = Literal["floor", "ours"]
Era = Literal["2025-11-25", "2026-07-28"]

UPDATE: Final = "update_sender"
LEGACY: Final[Era] = "2025-11-25"
MODERN: Final[Era] = "2026-07-28"

TIMEOUT: Final = 60.0
"""The longest wait for anything from a process, in seconds."""

_CHUNK: Final = 65536
_CLIENT: Final = {"name": "bench", "version": "1"}
INITIALIZE: Final = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": _CLIENT}
INITIALIZED: Final = {"jsonrpc": "2.0", "method": "notifications/initialized"}
MODERN_META: Final = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": _CLIENT,
}


class BenchError(Exception):
    """The run cannot go on: a server did not respond, or not as it should."""


class StdioClient:
    """Talks with a server on stdio that was spawned at ``spawned``."""

    def __init__(self, server: Server, process: subprocess.Popen[bytes], spawned: float) -> None:
        self._server: Server = server
        self._process = process
        self._spawned = spawned
        self._stdin = required_pipe(process.stdin)
        self._stdout = required_pipe(process.stdout)
        self._number = 0
        self._unread = b""

    def initialize(self) -> float:
        """Do the legacy era's handshake; return the seconds from the spawn to its response."""
        self._stdin.write(self._request("initialize", INITIALIZE))
        line = self._line()
        seconds = time.perf_counter() - self._spawned
        if "result" not in json.loads(line):
            raise BenchError(f"{self._server}: {line.decode()}")
        self._stdin.write(_json(INITIALIZED))
        return seconds

    def call(self, era: Era, arguments: Mapping[str, Any], tool: str = UPDATE) -> float:
        """Call a tool and return the seconds until its response was read."""
        request = self._request("tools/call", _call_params(era, arguments, tool))
        begin = time.perf_counter()
        self._stdin.write(request)
        line = self._line()
        seconds = time.perf_counter() - begin
        _check_call(self._server, json.loads(line), tool)
        return seconds

    def calls_at_once(self, era: Era, arguments: Mapping[str, Any], count: int) -> float:
        """Send ``count`` calls without waiting; return the seconds until all were responded to."""
        params = _call_params(era, arguments, UPDATE)
        requests = b"".join(self._request("tools/call", params) for _ in range(count))
        # The pipes hold less than all requests and responses: write while reading.
        writer = threading.Thread(target=self._write_all, args=[requests], daemon=True)
        begin = time.perf_counter()
        writer.start()
        lines = [self._line() for _ in range(count)]
        seconds = time.perf_counter() - begin
        writer.join()
        responses = [json.loads(line) for line in lines]
        for response in responses:
            _check_call(self._server, response, UPDATE)
        if len({response["id"] for response in responses}) != count:
            raise BenchError(f"{self._server}: a call had two responses")
        return seconds

    def end(self) -> float:
        """Close the input and return the seconds until the process was gone."""
        # A wait with a timeout would poll; a blocking wait returns at the moment.
        guard = threading.Timer(TIMEOUT, self._process.kill)
        guard.start()
        try:
            begin = time.perf_counter()
            self._stdin.close()
            status = self._process.wait()
            seconds = time.perf_counter() - begin
        finally:
            guard.cancel()
        if status != 0:
            raise BenchError(f"{self._server}: exit status {status} after the end of input")
        return seconds

    def memory(self) -> int:
        """Return the bytes of the process that are resident."""
        return psutil.Process(self._process.pid).memory_info().rss

    def _request(self, method: str, params: Mapping[str, Any]) -> bytes:
        self._number += 1
        return _request(self._number, method, params)

    def _write_all(self, content: bytes) -> None:
        # The pipe is unbuffered, so one write may take a part only.
        rest = memoryview(content)
        while rest:
            rest = rest[self._stdin.write(rest) :]

    def _line(self) -> bytes:
        while b"\n" not in self._unread:
            ready, _, _ = select.select([self._stdout], [], [], TIMEOUT)
            chunk = os.read(self._stdout.fileno(), _CHUNK) if ready else b""
            if not chunk:
                raise BenchError(f"{self._server}: no response on stdout")
            self._unread += chunk
        line, self._unread = self._unread.split(b"\n", 1)
        return line


class HttpClient:
    """One kept-alive connection to a server's Streamable HTTP endpoint, for one era."""

    def __init__(self, server: Server, port: int, era: Era) -> None:
        self._server: Server = server
        self._number = 0
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        self._headers = {
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": era,
        }
        if era == LEGACY:
            self._initialize()
        else:
            self._headers |= {"Mcp-Method": "tools/call", "Mcp-Name": UPDATE}

    def call(self, era: Era, arguments: Mapping[str, Any]) -> float:
        """Call the tool and return the seconds until its response was read."""
        self._number += 1
        request = _request(self._number, "tools/call", _call_params(era, arguments, UPDATE))
        begin = time.perf_counter()
        response, content = self._post(request)
        seconds = time.perf_counter() - begin
        _check_call(self._server, _http_message(response, content), UPDATE)
        return seconds

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _initialize(self) -> None:
        response, _ = self._post(_request(0, "initialize", INITIALIZE))
        self._headers["Mcp-Session-Id"] = response.headers["Mcp-Session-Id"]
        self._post(_json(INITIALIZED))

    def _post(self, content: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        self._connection.request("POST", "/mcp", content, self._headers)
        response = self._connection.getresponse()
        body = response.read()
        if response.status >= http.HTTPStatus.BAD_REQUEST or response.will_close:
            raise BenchError(
                f"{self._server}: HTTP {response.status}, or a connection that is not kept alive"
            )
        return response, body


def required_pipe(stream: IO[bytes] | None) -> IO[bytes]:
    """Return a pipe of a process that was asked for."""
    if stream is None:
        raise BenchError("the process has no such pipe")
    return stream


def _call_params(era: Era, arguments: Mapping[str, Any], tool: str) -> dict[str, Any]:
    params: dict[str, Any] = {"name": tool, "arguments": arguments}
    return params | {"_meta": MODERN_META} if era == MODERN else params


def _http_message(response: http.client.HTTPResponse, content: bytes) -> Any:
    """Return the JSON-RPC message of an HTTP response: the body, or the last event's data."""
    if response.headers.get_content_type() == "text/event-stream":
        lines = [line for line in content.splitlines() if line.startswith(b"data: ")]
        content = lines[-1].removeprefix(b"data: ")
    return json.loads(content)


def _check_call(server: Server, response: Any, tool: str) -> None:
    """Check that a call succeeded; the floor's result is the sender itself."""
    result = response.get("result", {})
    content = result.get("structuredContent", {})
    expected = "results" if tool != UPDATE else "sender" if server == "ours" else "sid"
    if result.get("isError") or not content.get(expected):
        raise BenchError(f"{server}: the call failed: {response}")


def _request(number: int, method: str, params: Mapping[str, Any]) -> bytes:
    return _json({"jsonrpc": "2.0", "id": number, "method": method, "params": params})


def _json(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"
