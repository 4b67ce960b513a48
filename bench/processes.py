"""The processes that `run.py` and `soak.py` measure, and the Twilio that they call.

Each runs while a block runs and is killed at its end. Needs a POSIX system.
"""

import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from raw_clients import TIMEOUT, BenchError, Server, StdioClient, required_pipe

from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN

_FOLDER: Final = Path(__file__).parent
_COMMANDS: Final[Mapping[Server, list[str]]] = {
    "floor": [sys.executable, str(_FOLDER / "floor_server.py")],
    "ours": [sys.executable, "-m", "twilio_senders_mcp"],
}


@contextmanager
def sandbox() -> Generator[str]:
    """Run the embedded Twilio as a process; yields its base URL."""
    with _twilio([*_COMMANDS["ours"], "sandbox", "--port", "0"]) as addresses:
        yield addresses[0]


@contextmanager
def slow_twilio() -> Generator[str]:
    """Run the stand-in that takes its time for each response; yields its base URL."""
    with _twilio([sys.executable, str(_FOLDER / "slow_twilio.py")]) as addresses:
        yield addresses[0]


@contextmanager
def peer_twilio() -> Generator[list[str]]:
    """Run the stand-in for Twilio of `peers.py`; yields the addresses of its two listeners."""
    with _twilio([sys.executable, str(_FOLDER / "peer_twilio.py")]) as addresses:
        yield addresses


@contextmanager
def faulty_twilio() -> Generator[str]:
    """Run the stand-in that fails now and then; yields its base URL."""
    with _twilio([sys.executable, str(_FOLDER / "faulty_twilio.py")]) as addresses:
        yield addresses[0]


@contextmanager
def stdio_server(
    server: Server, base_url: str, settings: Mapping[str, str] | None = None
) -> Generator[StdioClient]:
    """Run a server on stdio; yields a client at once, before the server can respond.

    ``settings`` are further environment variables.
    """
    spawned = time.perf_counter()
    with stdio_process(server, base_url, settings) as process:
        yield StdioClient(server, process, spawned)


@contextmanager
def stdio_process(
    server: Server, base_url: str, settings: Mapping[str, str] | None = None
) -> Generator[subprocess.Popen[bytes]]:
    """Run a server on stdio; yields its process."""
    environment = environment_for(base_url) | dict(settings or {})
    with running(_COMMANDS[server], environment, pipes=subprocess.PIPE) as process:
        yield process


@contextmanager
def http_server(server: Server, base_url: str) -> Generator[int]:
    """Run a server on Streamable HTTP; yields its port once it accepts connections."""
    with http_process(server, base_url) as (_, port):
        yield port


@contextmanager
def http_process(
    server: Server, base_url: str, settings: Mapping[str, str] | None = None
) -> Generator[tuple[subprocess.Popen[bytes], int]]:
    """Run a server on Streamable HTTP; yields its process and its port."""
    port = _free_port()
    form = ["http", str(port)] if server == "floor" else ["http", "--port", str(port)]
    command = [*_COMMANDS[server], *form]
    environment = environment_for(base_url) | dict(settings or {})
    with running(command, environment, stderr=subprocess.DEVNULL) as process:
        _wait_until_open(port, process)
        yield process, port


@contextmanager
def _twilio(command: list[str]) -> Generator[list[str]]:
    """Run a stand-in for Twilio, which writes its addresses to stderr; yields them."""
    with running(command, environment_for(), stderr=subprocess.PIPE) as process:
        stderr = required_pipe(process.stderr)
        ready, _, _ = select.select([stderr], [], [], TIMEOUT)
        line = stderr.readline().decode() if ready else ""
        addresses = [word for word in line.split() if word.startswith("http://")]
        if not addresses:
            raise BenchError(f"{command}: expected an address on stderr: {line!r}")
        yield addresses


@contextmanager
def running(
    command: list[str],
    environment: Mapping[str, str],
    *,
    pipes: int = subprocess.DEVNULL,
    stderr: int | None = None,
) -> Generator[subprocess.Popen[bytes]]:
    """Run a process while the block runs; ``pipes`` is what stdin and stdout are."""
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


def environment_for(base_url: str | None = None) -> dict[str, str]:
    """Return this process's environment with ``base_url`` in Twilio's place.

    What would change how a server runs is left out: other settings of it, of Python, of a proxy.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TWILIO_", "PYTHON")) and not name.lower().endswith("_proxy")
    }
    environment |= {"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN}
    return environment | ({"TWILIO_BASE_URL": base_url} if base_url else {})


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _wait_until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    raise BenchError(f"nothing listens on port {port}: {process.args}")
