"""Calls the server very often and checks every result, its memory and its files: `make soak`.

Each form gets 100,000 calls, 64 at the same time, while one in fifty requests to Twilio fails. What
each call reports is compared with what the stand-in for Twilio received and carried out. The exit
status is 0 if every report was true, memory is bounded and no descriptor was left open.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import httpx2
import psutil
from faulty_twilio import fault, sender_id, sid
from processes import faulty_twilio, http_process, stdio_process
from raw_clients import BenchError
from soak_clients import Client, HttpClient, stdio_client

CALLS: Final = 100_000
AT_ONCE: Final = 64
BATCH: Final = 1_000
"""Calls between two checks; no call is in progress during a check."""

BASELINE: Final = 10_000
GROWTH_MAX: Final = 1.05
"""Most memory after all calls, as a multiple of that after `BASELINE` calls."""

CONNECTIONS_MAX: Final = 20
CALL_SECONDS: Final = 60
SETTINGS: Final = {"TWILIO_SENDERS_HTTP_CALLS": str(2 * AT_ONCE)}
_TOOLS: Final = ("update_sender",) * 5 + ("get_sender",) * 3 + ("create_sender", "delete_sender")
_METHODS: Final = {"create_sender": "POST", "update_sender": "POST", "delete_sender": "DELETE"}
_ERROR: Final = "twilio-senders-mcp/error"


class Soak:
    """A run of calls over one form."""

    def __init__(self, form: str, calls: int, process: psutil.Process, twilio: str) -> None:
        self._form = form
        self._calls = calls
        self._process = process
        self._twilio = twilio
        self._outcomes: Counter[str] = Counter()
        self._wrong: list[str] = []
        self._memory: dict[int, float] = {}
        self._files: list[int] = []

    async def run(self, client: Client) -> list[str]:
        """Make the calls, print what is measured, and return what is wrong."""
        begin = time.perf_counter()
        for first in range(0, self._calls, BATCH):
            numbers = range(first, min(first + BATCH, self._calls))
            reports = await self._batch(client, numbers)
            self._check(reports)
            self._count_files()
            done = numbers.stop
            if done == BATCH or done % BASELINE == 0 or done == self._calls:
                self._show(done, done / (time.perf_counter() - begin))
        print(f"{self._form}: {', '.join(f'{n} {name}' for name, n in self._outcomes.items())}")
        return [*self._wrong, *self._excess()]

    async def _batch(self, client: Client, numbers: range) -> dict[int, Mapping[str, Any]]:
        results: dict[int, Mapping[str, Any]] = {}
        waiting = iter(numbers)

        async def call_one_after_the_other() -> None:
            for number in waiting:
                async with asyncio.timeout(CALL_SECONDS):
                    tool = _TOOLS[number % len(_TOOLS)]
                    results[number] = await client.call(number, tool, _arguments(tool, number))

        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(call_one_after_the_other())
        return results

    def _check(self, results: Mapping[int, Mapping[str, Any]]) -> None:
        """Compare what the calls report with what Twilio received and carried out."""
        content = httpx2.get(f"{self._twilio}/record", trust_env=False).content
        record = {int(number): counts for number, counts in json.loads(content).items()}
        for number, result in results.items():
            tool = _TOOLS[number % len(_TOOLS)]
            arrived, applied = record.pop(number, (0, 0))
            outcome = _outcome(tool, result)
            self._outcomes[outcome] += 1
            if outcome not in _true_outcomes(tool, number, arrived, applied):
                self._wrong.append(
                    f"{tool} of {number}: {outcome}, but {arrived} arrived, {applied} applied"
                )
        self._wrong += [f"Twilio received what nobody asked for: {number}" for number in record]

    def _count_files(self) -> None:
        """Count the open descriptors; those of connections to Twilio may come and go."""
        port = int(self._twilio.rpartition(":")[2])
        open_files = self._process.num_fds()
        connections = [
            connection
            for connection in self._process.net_connections("tcp")
            if connection.raddr and connection.raddr.port == port
        ]
        if len(connections) > CONNECTIONS_MAX:
            self._wrong.append(f"{len(connections)} connections to Twilio")
        self._files.append(open_files - len(connections))

    def _show(self, done: int, per_second: float) -> None:
        self._memory[done] = self._process.memory_info().rss
        print(
            f"{self._form}: after {done:7,} calls {self._memory[done] / 2**20:6.1f} MiB, "
            f"{self._files[-1]} descriptors, {per_second:.0f} calls/s",
            flush=True,
        )

    def _excess(self) -> list[str]:
        """Return what has grown."""
        excess: list[str] = []
        if self._files[-1] > self._files[0]:
            excess.append(f"descriptors grew from {self._files[0]} to {self._files[-1]}")
        if self._calls > BASELINE and BASELINE in self._memory:
            growth = self._memory[self._calls] / self._memory[BASELINE]
            print(f"{self._form}: memory is {growth:.3f} times that after {BASELINE:,} calls")
            if growth > GROWTH_MAX:
                excess.append(f"memory grew by more than {GROWTH_MAX:.2f}")
        return excess


def _arguments(tool: str, number: int) -> dict[str, Any]:
    match tool:
        case "update_sender":
            return {"sid": sid(number), "friendly_name": f"name {number}"}
        case "create_sender":
            return {"sender_id": sender_id(number), "profile": {"name": "New"}}
        case "delete_sender":
            return {"sid": sid(number), "sender_id": sender_id(number)}
        case _:
            return {"sid": sid(number)}


def _outcome(tool: str, result: Mapping[str, Any]) -> str:
    if result.get("isError"):
        return str(result["_meta"][_ERROR]["outcome"])
    return "changed" if tool in _METHODS else "read"


def _true_outcomes(tool: str, number: int, arrived: int, applied: int) -> tuple[str, ...]:
    """Return what a call may report, empty if something was done that must not be."""
    method = _METHODS.get(tool)
    # Without a fault, only success is right.
    reading_failed = tool in ("get_sender", "delete_sender") and fault("GET", number) in (
        "refused",
        "garbled",
    )
    if method is None:
        return () if arrived else ("nothing_changed",) if reading_failed else ("read",)
    if reading_failed:
        return ("nothing_changed",) if not arrived else ()
    match fault(method, number):
        case None:
            return ("changed",) if (arrived, applied) == (1, 1) else ()
        case "refused":
            return ("nothing_changed",) if (arrived, applied) == (1, 0) else ()
        case _:
            return ("unknown",) if arrived == 1 else ()


async def _soak_stdio(calls: int, twilio: str) -> list[str]:
    with stdio_process("ours", twilio, SETTINGS) as process:
        async with stdio_client(process) as client:
            return await Soak("stdio", calls, psutil.Process(process.pid), twilio).run(client)


async def _soak_http(calls: int, twilio: str) -> list[str]:
    with http_process("ours", twilio, SETTINGS) as (process, port):
        client = HttpClient(port, AT_ONCE)
        await client.connect()
        return await Soak("HTTP", calls, psutil.Process(process.pid), twilio).run(client)


_FORMS: Final = {"stdio": _soak_stdio, "http": _soak_http}


def main() -> int:
    """Soak each form, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=CALLS, help="over each form (%(default)s)")
    parser.add_argument("--form", choices=_FORMS, action="append", help="both by default")
    options = parser.parse_args()
    wrong: list[str] = []
    for form in options.form or _FORMS:
        try:
            with faulty_twilio() as twilio:
                wrong += asyncio.run(_FORMS[form](options.calls, twilio))
        except* BenchError as errors:
            wrong += [f"{form}: {error}" for error in errors.exceptions]
    for line in wrong[:20]:
        print(f"soak: {line}", file=sys.stderr)
    print(f"\n{len(wrong)} faults found." if wrong else "\nEvery result was true.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
