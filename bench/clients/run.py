"""Drives the server with real MCP clients on the sandbox, without a model: `make clients`.

Each client runs in its own environment, which is created on first use. It has the same conversation
with its own server on its own sandbox; `conversation.py` defines the steps. Prints a Markdown table
and writes it to the cache folder; the exit status is 0 if every client that could be installed
passed all steps. The cache folder also contains each client's replies, messages and stderr.

``python run.py [--cache FOLDER] [CLIENT ...]``; a client has the name of its script.
"""

import argparse
import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import httpx2
from conversation import CONFIRMATION, MISSPELT_KEY, NOT_SENT, Reply, converse
from environments import CLIENTS, Client, NotInstalledError, install, version
from table import Row, as_markdown
from wire import Wire, read_wire

from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN

CACHE: Final = Path(__file__).parents[2] / "build" / "clients"
CLIENT_LIMIT: Final = 120
"""Time limit of one client's whole conversation, in seconds."""

_END_LIMIT: Final = 10
_LINE_LIMIT: Final = 1 << 24
_SERVER: Final = [sys.executable, "-m", "twilio_senders_mcp"]
_SENDERS: Final = "/v2/Channels/Senders"
_QUIET: Final = {"OTEL_SDK_DISABLED": "true", "OPENAI_AGENTS_DISABLE_TRACING": "1"}
"""Disables the telemetry of frameworks."""


class SandboxSide:
    """Twilio's state, read from a running sandbox."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx2.AsyncClient(
            base_url=base_url, auth=(ACCOUNT_SID, AUTH_TOKEN), trust_env=False
        )

    async def sender(self, sid: str) -> Mapping[str, Any] | None:
        """Return the current sender, or None."""
        response = await self._http.get(f"{_SENDERS}/{sid}")
        return response.json() if response.is_success else None

    async def updates(self) -> list[Any]:
        """Return the bodies of the updates that arrived, oldest first."""
        response = await self._http.get("/_sandbox/requests")
        requests = response.json()["requests"]
        return [request["body"] for request in requests if request["method"] == "POST"]

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def main() -> int:
    """Run the requested clients and return the exit status."""
    keys = list(dict.fromkeys(client.key for client in CLIENTS))
    parser = argparse.ArgumentParser(description="Drive the server with real MCP clients.")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder of the environments")
    parser.add_argument("clients", nargs="*", metavar="CLIENT", help=f"any of {', '.join(keys)}")
    options = parser.parse_args()
    if unknown := set(options.clients) - set(keys):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    cache = options.cache.resolve()
    rows: list[Row] = []
    for client in CLIENTS:
        if not options.clients or client.key in options.clients:
            print(f"{client.name} …", file=sys.stderr, flush=True)
            rows.append(_measure(client, cache))
    table = as_markdown(rows)
    (cache / "table.md").write_text(table)
    print(table, end="")
    return 0 if all(row.passed() for row in rows) else 1


def _measure(client: Client, cache: Path) -> Row:
    row = Row(client)
    try:
        command = install(client, cache)
    except NotInstalledError as error:
        row.installed, row.problem = False, f"not installed: {error}"
        return row
    row.library = version(client, cache)
    results = cache / client.key / f"results-{client.way}".rstrip("-")
    results.mkdir(exist_ok=True)
    record = results / "wire.txt"
    record.unlink(missing_ok=True)
    try:
        asyncio.run(_run_conversation(row, command, results))
    except TimeoutError:
        row.problem = f"not done after {CLIENT_LIMIT} s"
    except EOFError:
        row.problem = f"ended early: {_cause(results / 'stderr.txt')}"
    row.wire = read_wire(record)
    if row.outcome.steps.get("refuse") == NOT_SENT and _misspelt_key_arrived(row.wire):
        row.outcome.steps["refuse"] = "the misspelt key was sent, and not corrected"
    replies = json.dumps(row.outcome.replies, indent=2, ensure_ascii=False)
    (results / "replies.json").write_text(replies)
    return row


def _misspelt_key_arrived(wire: Wire) -> bool:
    """Tell whether the misspelt key reached the server."""
    return any(MISSPELT_KEY in (arguments.get("webhook") or {}) for _, arguments in wire.calls)


async def _run_conversation(row: Row, command: list[str], results: Path) -> None:
    """Start a sandbox and the client, and run the conversation."""
    async with _sandbox() as base_url, aclosing(SandboxSide(base_url)) as twilio:
        environment = _client_environment(base_url, results / "wire.txt")
        async with _client(command, environment, results) as process, asyncio.timeout(CLIENT_LIMIT):
            ready = await _read_message(process)
            row.offered = frozenset(ready["tools"])
            row.unconverted, row.notes = ready["problems"], ready["notes"]

            async def call(tool: str, arguments: Mapping[str, Any]) -> Reply:
                return await _call(process, tool, arguments)

            await converse(call, twilio, row.outcome, misspelt=row.client.misspelt)


def _client_environment(base_url: str, record: Path) -> dict[str, str]:
    """Return a client's environment with the command of a recorded server on this sandbox."""
    wire = Path(__file__).with_name("wire.py")
    server = {
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_BASE_URL": base_url,
        "TWILIO_SENDERS_POLL": "1",
        "PATH": os.environ["PATH"],
    }
    return _bare_environment() | {
        "MCP_COMMAND": sys.executable,
        "MCP_ARGUMENTS": json.dumps([str(wire), str(record), *_SERVER]),
        "MCP_ENVIRONMENT": json.dumps(server),
        "MCP_CONFIRMATION": json.dumps(CONFIRMATION),
        **_QUIET,
    }


def _bare_environment() -> dict[str, str]:
    """Return this process's environment without variables that affect Python or a server."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TWILIO_", "PYTHON", "MCP_"))
    }


@asynccontextmanager
async def _sandbox() -> AsyncGenerator[str]:
    """Run the embedded Twilio as a process and yield its base URL."""
    process = await asyncio.create_subprocess_exec(
        *_SERVER, "sandbox", "--port", "0", stderr=asyncio.subprocess.PIPE, env=_bare_environment()
    )
    try:
        async with asyncio.timeout(CLIENT_LIMIT):
            line = await _stream(process.stderr).readline()
        address = re.search(rb"http://\S+", line)
        if address is None:
            raise RuntimeError(f"the sandbox did not print its address: {line!r}")
        yield address[0].decode()
    finally:
        await _end(process)


@asynccontextmanager
async def _client(
    command: list[str], environment: dict[str, str], results: Path
) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Run a client's script; at the end, close its stdin so that it also ends its server."""
    with (results / "stderr.txt").open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            env=environment,
            cwd=results,
            limit=_LINE_LIMIT,
        )
        try:
            yield process
        finally:
            if process.stdin is not None:
                process.stdin.close()
            with suppress(TimeoutError):
                async with asyncio.timeout(_END_LIMIT):
                    await process.wait()
            await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


async def _call(
    process: asyncio.subprocess.Process, tool: str, arguments: Mapping[str, Any]
) -> Reply:
    if process.stdin is None:
        raise EOFError
    line = json.dumps({"tool": tool, "arguments": arguments})
    process.stdin.write(f"{line}\n".encode())
    message = await _read_message(process)
    handed = message.get("raised", message.get("handed"))
    text = handed if isinstance(handed, str) else json.dumps(handed, ensure_ascii=False)
    return Reply(text, raised="raised" in message)


async def _read_message(process: asyncio.subprocess.Process) -> Mapping[str, Any]:
    line = await _stream(process.stdout).readline()
    if not line:
        raise EOFError
    return json.loads(line)


def _stream(reader: asyncio.StreamReader | None) -> asyncio.StreamReader:
    if reader is None:
        raise EOFError
    return reader


def _cause(file: Path) -> str:
    """Return the last line of a client's stderr that names an error, or its last line."""
    lines = [line.strip() for line in file.read_text(errors="replace").splitlines()]
    lines = [line for line in lines if line] or ["no output"]
    return ([line for line in lines if re.match(r"[\w.]*(Error|Exception)\b", line)] or lines)[-1]


if __name__ == "__main__":
    sys.exit(main())
