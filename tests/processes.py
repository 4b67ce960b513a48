"""Starting the installed command as its users do, and always ending what was started."""

import fcntl
import json
import os
import re
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any

COMMAND = [sys.executable, "-m", "twilio_senders_mcp"]
_WITHOUT_EXTRA = """
import sys
sys.modules.update(uvloop=None, httptools=None)
from twilio_senders_mcp.__main__ import main
sys.exit(main())
"""
PLAIN_COMMAND = [sys.executable, "-c", _WITHOUT_EXTRA]
"""The command as it runs without the extra `http`: on asyncio's own event loop and h11."""

PATIENCE = 60
"""Seconds until a test gives a process up; none should need a tenth of it."""

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
INITIALIZED = {"jsonrpc": "2.0", "method": "notifications/initialized"}


class Process(subprocess.Popen[bytes]):
    """A process whose three streams are pipes."""

    stdin: IO[bytes]
    stdout: IO[bytes]
    stderr: IO[bytes]


@contextmanager
def started(*words: str, command: Sequence[str] = COMMAND, **environment: str) -> Iterator[Process]:
    """Run the command with pipes on all three streams; kill it if it outlives the block."""
    process = Process(
        [*command, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=PATIENCE)
        for stream in (process.stdin, process.stdout, process.stderr):
            with suppress(BrokenPipeError):  # what was never read cannot be flushed any more
                stream.close()


class Terminal:
    """A terminal on which a command runs."""

    def __init__(self, leader: int) -> None:
        self._leader = leader
        self.shown = ""

    def shows(self, pattern: str) -> None:
        """Read until what was shown matches this, which fails at the end of the command."""
        while not re.search(pattern, self.shown):
            assert self._read(), self.shown

    def rest(self) -> str:
        """Read to the end, and return all that was shown."""
        while self._read():
            pass
        return self.shown

    def type(self, keys: str) -> None:
        os.write(self._leader, keys.encode())

    def _read(self) -> bool:
        # Linux reports the end of a terminal's output as an error.
        with suppress(OSError):
            part = os.read(self._leader, 4096)
            self.shown += part.decode(errors="replace")
            return bool(part)
        return False


@contextmanager
def on_a_terminal(
    *words: str, stdout: int | None = None, **environment: str
) -> Iterator[tuple[subprocess.Popen[bytes], Terminal]]:
    """Run the command in a terminal of its own, with stdout elsewhere if that is given.

    Ctrl-C that is typed there interrupts it. It is killed if it outlives the block.
    """
    leader, follower = os.openpty()
    termios.tcsetwinsize(leader, (24, 100))
    process = subprocess.Popen(
        [*COMMAND, *words],
        stdin=follower,
        stdout=follower if stdout is None else stdout,
        stderr=follower,
        env={**os.environ, "TERM": "xterm", **environment},
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one call
    )
    os.close(follower)
    try:
        yield process, Terminal(leader)
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)
        os.close(leader)


@contextmanager
def listening(
    *words: str, command: Sequence[str] = COMMAND, **environment: str
) -> Iterator[tuple[Process, str]]:
    """Run a form of the command that listens; yields it with the address that it printed."""
    with started(*words, "--port", "0", command=command, **environment) as process:
        first, *_ = announcement(process)
        found = re.search(r"http://\S+", first)
        assert found, first
        try:
            yield process, found.group()
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def announcement(process: Process) -> list[str]:
    """What a form that listens says at its start; its last line tells how to stop it."""
    lines: list[str] = []
    for line in process.stderr:
        lines.append(line.decode().rstrip())
        if "Ctrl-C" in lines[-1]:
            break
    return lines or [""]


def send(process: Process, *messages: dict[str, Any]) -> None:
    process.stdin.write(b"".join(json.dumps(message).encode() + b"\n" for message in messages))
    process.stdin.flush()


def receive(process: Process) -> dict[str, Any]:
    """The next line of stdout, which must be a JSON-RPC message."""
    message = json.loads(process.stdout.readline())
    assert message["jsonrpc"] == "2.0"
    return message


def initialize(process: Process) -> None:
    send(process, INITIALIZE)
    assert receive(process)["id"] == 0
    send(process, INITIALIZED)


def tool_call(number: int, **arguments: Any) -> dict[str, Any]:
    params = {"name": "update_sender", "arguments": arguments}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}
