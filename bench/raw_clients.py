"""The processes that `run.py` measures, and minimal clients that call their tool.

The clients use no SDK, so that only the server is timed. Every wait has a timeout. POSIX only.
"""

import http.client
import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, Final, Literal

import psutil

from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN

Server = Literal["floor", "ours"]
Era = Literal["2025-11-25", "2026-07-28"]

UPDATE: Final = "update_sender"
LEGACY: Final[Era] = "2025-11-25"
MODERN: Final[Era] = "2026-07-28"

_TIMEOUT: Final = 10.0
_CHUNK: Final = 65536
_COMMANDS: Final[Mapping[Server, list[str]]] = {
    "floor": [sys.executable, str(Path(__file__).with_name("floor_server.py"))],
    "ours": [sys.executable, "-m", "twilio_senders_mcp"],
}
_CLIENT: Final = {"name": "bench", "version": "1"}
_MODERN_META: Final = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": _CLIENT,
}


class BenchError(Exception):
    """The run cannot continue: a server did not respond, or its response is wrong."""


class StdioClient:
    """A connection to a server on stdio; ``spawned`` is the time at which it was started."""

    def __init__(self, server: Server, process: subprocess.Popen[bytes], spawned: float) -> None:
        self._server: Server = server
        self._process = process
        self._spawned = spawned
        self._stdin = _pipe(process.stdin)
        self._stdout = _pipe(process.stdout)
        self._number = 0
        self._unread = b""

    def initialize(self) -> float:
        """Do the legacy era's handshake; return the seconds from the spawn to the response."""
        params = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": _CLIENT}
        self._stdin.write(self._request("initialize", params))
        line = self._read_line()
        seconds = time.perf_counter() - self._spawned
        if "result" not in json.loads(line):
            raise BenchError(f"{self._server}: {line.decode()}")
        self._stdin.write(_json({"jsonrpc": "2.0", "method": "notifications/initialized"}))
        return seconds

    def call(self, era: Era, arguments: Mapping[str, Any], tool: str = UPDATE) -> float:
        """Call a tool and return the seconds until the response was read."""
        request = self._request("tools/call", _call_params(era, arguments, tool))
        begin = time.perf_counter()
        self._stdin.write(request)
        line = self._read_line()
        seconds = time.perf_counter() - begin
        _check_call(self._server, json.loads(line), "sid" if tool == UPDATE else "results")
        return seconds

    def end(self) -> float:
        """Close the input and return the seconds until the process ended."""
        # A wait with a timeout would poll; a blocking wait returns immediately.
        guard = threading.Timer(_TIMEOUT, self._process.kill)
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
        """Return the resident memory of the process in bytes."""
        return psutil.Process(self._process.pid).memory_info().rss

    def _request(self, method: str, params: Mapping[str, Any]) -> bytes:
        self._number += 1
        return _json({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})

    def _read_line(self) -> bytes:
        while b"\n" not in self._unread:
            ready, _, _ = select.select([self._stdout], [], [], _TIMEOUT)
            chunk = os.read(self._stdout.fileno(), _CHUNK) if ready else b""
            if not chunk:
                raise BenchError(f"{self._server}: no response on stdout")
            self._unread += chunk
        line, self._unread = self._unread.split(b"\n", 1)
        return line


class HttpClient:
    """One kept-alive connection to a server's Streamable HTTP endpoint, modern era."""

    _HEADERS: Final = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": MODERN,
        "Mcp-Method": "tools/call",
        "Mcp-Name": UPDATE,
    }

    def __init__(self, server: Server, port: int) -> None:
        self._server: Server = server
        self._number = 0
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)

    def call(self, era: Era, arguments: Mapping[str, Any]) -> float:
        """Call the tool and return the seconds until the response was read."""
        self._number += 1
        params = _call_params(era, arguments, UPDATE)
        request = _json(
            {"jsonrpc": "2.0", "id": self._number, "method": "tools/call", "params": params}
        )
        begin = time.perf_counter()
        self._connection.request("POST", "/mcp", request, self._HEADERS)
        response = self._connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - begin
        if response.will_close:
            raise BenchError(f"{self._server}: the connection was not kept alive")
        _check_call(self._server, json.loads(content), "sid")
        return seconds

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@contextmanager
def sandbox() -> Generator[str]:
    """Run the embedded Twilio as a process and yield its base URL."""
    with _running(
        [*_COMMANDS["ours"], "sandbox", "--port", "0"], stderr=subprocess.PIPE
    ) as process:
        stderr = _pipe(process.stderr)
        ready, _, _ = select.select([stderr], [], [], _TIMEOUT)
        line = stderr.readline().decode() if ready else ""
        address = next((word for word in line.split() if word.startswith("http://")), None)
        if address is None:
            raise BenchError(f"the sandbox did not print its address: {line!r}")
        yield address


@contextmanager
def stdio_server(server: Server, base_url: str) -> Generator[StdioClient]:
    """Run a server on stdio and yield a client at once, before the server can respond."""
    spawned = time.perf_counter()
    with _running(_COMMANDS[server], base_url, pipes=subprocess.PIPE) as process:
        yield StdioClient(server, process, spawned)


@contextmanager
def http_server(server: Server, base_url: str) -> Generator[HttpClient]:
    """Run a server on Streamable HTTP and yield a client once it accepts connections."""
    port = _free_port()
    form = ["http", str(port)] if server == "floor" else ["http", "--port", str(port)]
    with _running([*_COMMANDS[server], *form], base_url, stderr=subprocess.DEVNULL) as process:
        _wait_until_open(port, process)
        with closing(HttpClient(server, port)) as client:
            yield client


@contextmanager
def _running(
    command: list[str],
    base_url: str | None = None,
    *,
    pipes: int = subprocess.DEVNULL,
    stderr: int | None = None,
) -> Generator[subprocess.Popen[bytes]]:
    """Run a process while the block runs; ``pipes`` sets its stdin and stdout."""
    environment = _environment(base_url)
    process = subprocess.Popen(
        command, stdin=pipes, stdout=pipes, stderr=stderr, bufsize=0, env=environment
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def _environment(base_url: str | None) -> dict[str, str]:
    """Return this process's environment, with the sandbox instead of Twilio.

    Variables that would affect the servers are removed: their settings, Python's and proxies'.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TWILIO_", "PYTHON")) and not name.lower().endswith("_proxy")
    }
    environment |= {"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN}
    return environment | ({"TWILIO_BASE_URL": base_url} if base_url else {})


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise BenchError("the process has no such pipe")
    return stream


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _wait_until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    raise BenchError(f"nothing listens on port {port}: {process.args}")


def _call_params(era: Era, arguments: Mapping[str, Any], tool: str) -> dict[str, Any]:
    params: dict[str, Any] = {"name": tool, "arguments": arguments}
    return params | {"_meta": _MODERN_META} if era == MODERN else params


def _check_call(server: Server, response: Any, key: str) -> None:
    result = response.get("result", {})
    if result.get("isError") or not result.get("structuredContent", {}).get(key):
        raise BenchError(f"{server}: the call failed: {response}")


def _json(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"
