"""Compares the server with a minimal one on the same SDK, HTTP client and sandbox: `make bench`.

The minimal server ("floor") and this server ("ours") alternate in one run, so that other load on
the machine affects both equally. A ratio is computed for each pair, and the median of the ratios
is compared with the bound. Prints a Markdown table; the exit status is 0 if every bound held.
"""

import os
import platform
import signal
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Final, NoReturn, Protocol

from raw_clients import (
    LEGACY,
    MODERN,
    BenchError,
    Era,
    Server,
    http_server,
    sandbox,
    stdio_server,
)

from twilio_senders_mcp.sandbox import ONLINE_SENDER

START_BOUND: Final = 1.15
CALL_BOUND: Final = 1.3
MEMORY_BOUND: Final = 1.2
END_BOUND: Final = 0.060
SEARCH_BOUND: Final = 0.005
SEARCH: Final = "search_docs"
QUERIES: Final = ("otp not arriving", "63128", "change webhook url", "sender stuck in creating")

PROCESS_RUNS: Final = 15
PROCESS_RUNS_WARM_UP: Final = 2
CALLS_WARM_UP: Final = 50
TURNS: Final = 100
TURN_CALLS: Final = 20
TIME_LIMIT: Final = 170
"""Time limit of the whole run, in seconds."""

ARGUMENTS: Final[dict[str, Any]] = {
    "sid": ONLINE_SENDER,
    "webhook": {"callback_url": "https://example.com/inbound", "callback_method": "POST"},
}

MILLISECONDS: Final = (1e3, "ms")
MEBIBYTES: Final = (2.0**-20, "MiB")


@dataclass(frozen=True, slots=True)
class Pair:
    """One measurement of each server, taken in turn."""

    floor: float
    ours: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    measure: str
    floor: str
    ours: str
    ratio: str
    bound: str
    held: bool


class Caller(Protocol):
    """A connection that can call the tool."""

    def call(self, era: Era, arguments: dict[str, Any]) -> float:
        """Return the seconds that one call took."""
        ...


def main() -> int:
    """Measure, print the table, and return the exit status."""
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(TIME_LIMIT)
    try:
        with sandbox() as base_url:
            rows = [*_starts_and_ends(base_url), *_over_stdio(base_url), *_over_http(base_url)]
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    _print_table(rows)
    print(
        "\nFloor and ours are medians. The ratio is the median of the pairs' ratios, "
        "with their middle half in brackets; it can differ from the ratio of the medians."
    )
    broken = [row.measure for row in rows if not row.held]
    print(f"\nNot held: {'; '.join(broken)}." if broken else "\nEvery bound held.")
    return 1 if broken else 0


def _starts_and_ends(base_url: str) -> Iterator[Row]:
    """Measure the time from spawn to first response, and from the end of input to exit."""
    for _ in range(PROCESS_RUNS_WARM_UP):
        _run_both(base_url, calls=1)
    idle = [_run_both(base_url, calls=0) for _ in range(PROCESS_RUNS)]
    used = [_run_both(base_url, calls=1) for _ in range(PROCESS_RUNS)]
    yield _ratio_row(
        "spawn to first response", [start for start, _ in idle + used], START_BOUND, MILLISECONDS
    )
    yield _end_row("end of input to exit, no call made", [end for _, end in idle])
    yield _end_row("end of input to exit, after a call", [end for _, end in used])


def _run_both(base_url: str, *, calls: int) -> tuple[Pair, Pair]:
    """Run each server once; return the startup times and the shutdown times."""
    floor = _run_one("floor", base_url, calls)
    ours = _run_one("ours", base_url, calls)
    return Pair(floor[0], ours[0]), Pair(floor[1], ours[1])


def _run_one(server: Server, base_url: str, calls: int) -> tuple[float, float]:
    with stdio_server(server, base_url) as client:
        start = client.initialize()
        for _ in range(calls):
            client.call(LEGACY, ARGUMENTS)
        return start, client.end()


def _over_stdio(base_url: str) -> Iterator[Row]:
    """Measure calls over stdio in each era, and the memory of the processes afterwards."""
    memory: list[Pair] = []
    for era in (LEGACY, MODERN):
        with stdio_server("floor", base_url) as floor, stdio_server("ours", base_url) as ours:
            if era == LEGACY:
                floor.initialize()
                ours.initialize()
            turns = _turns(era, floor, ours)
            memory.append(Pair(floor.memory(), ours.memory()))
        yield _ratio_row(f"update_sender over stdio, {era}, p50", turns, CALL_BOUND, MILLISECONDS)
    yield _ratio_row("resident memory after these calls", memory, MEMORY_BOUND, MEBIBYTES)
    yield _search_row(base_url)


def _search_row(base_url: str) -> Row:
    """Measure searches of the reference, which the floor lacks; the first one builds the index."""
    with stdio_server("ours", base_url) as ours:
        ours.initialize()
        first = ours.call(LEGACY, {"query": QUERIES[0]}, SEARCH)
        times = [
            ours.call(LEGACY, {"query": query}, SEARCH)
            for query in QUERIES
            for _ in range(TURN_CALLS)
        ]
    p50 = statistics.median(times)
    return Row(
        "search_docs over stdio, p50 (and the first)",
        floor="",
        ours=f"{p50 * 1e3:.2f} ms ({first * 1e3:.0f} ms)",
        ratio="",
        bound=f"≤ {SEARCH_BOUND * 1e3:.0f} ms",
        held=p50 <= SEARCH_BOUND,
    )


def _over_http(base_url: str) -> Iterator[Row]:
    """Measure calls over Streamable HTTP, one after the other on one connection."""
    with ExitStack() as stack:
        floor = stack.enter_context(http_server("floor", base_url))
        ours = stack.enter_context(http_server("ours", base_url))
        turns = _turns(MODERN, floor, ours)
    yield _ratio_row(f"update_sender over HTTP, {MODERN}, p50", turns, CALL_BOUND, MILLISECONDS)


def _turns(era: Era, floor: Caller, ours: Caller) -> list[Pair]:
    """Call both servers in turn; return the medians of each turn.

    Turns are short because the speed of a shared machine changes within a second.
    """
    for caller in (floor, ours):
        _p50(era, caller, CALLS_WARM_UP)
    return [Pair(_p50(era, floor, TURN_CALLS), _p50(era, ours, TURN_CALLS)) for _ in range(TURNS)]


def _p50(era: Era, caller: Caller, calls: int) -> float:
    return statistics.median(caller.call(era, ARGUMENTS) for _ in range(calls))


def _ratio_row(measure: str, pairs: list[Pair], bound: float, unit: tuple[float, str]) -> Row:
    low, ratio, high = statistics.quantiles((pair.ours / pair.floor for pair in pairs), n=4)
    scale, name = unit
    floor = statistics.median(pair.floor for pair in pairs) * scale
    ours = statistics.median(pair.ours for pair in pairs) * scale
    digits = 2 if floor < 10 else 0  # noqa: PLR2004 - affects only the format
    return Row(
        measure,
        floor=f"{floor:.{digits}f} {name}",
        ours=f"{ours:.{digits}f} {name}",
        ratio=f"{ratio:.2f} ({low:.2f}-{high:.2f})",
        bound=f"≤ {bound}",
        held=ratio <= bound,
    )


def _end_row(measure: str, pairs: list[Pair]) -> Row:
    """Compare the slowest of ours with the bound, which applies to every run."""
    ours = [pair.ours for pair in pairs]
    return Row(
        measure,
        floor=_median_and_max([pair.floor for pair in pairs]),
        ours=_median_and_max(ours),
        ratio="",
        bound=f"≤ {END_BOUND * 1e3:.0f} ms",
        held=max(ours) <= END_BOUND,
    )


def _median_and_max(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1e3:.0f} ms (max {max(seconds) * 1e3:.0f})"


def _print_table(rows: list[Row]) -> None:
    versions = ", ".join(f"{name} {version(name)}" for name in ("mcp", "pydantic", "httpx2"))
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, "
        f"{os.cpu_count()} CPUs, {versions}\n"
    )
    print("| measure | floor | ours | ratio | bound | held |")
    print("|---|---:|---:|---:|---:|---|")
    for row in rows:
        held = "yes" if row.held else "no"
        cells = [row.measure, row.floor, row.ours, row.ratio, row.bound, held]
        print(f"| {' | '.join(cells)} |")


def _give_up(*_: object) -> NoReturn:
    raise BenchError(f"the run took longer than {TIME_LIMIT} s")


if __name__ == "__main__":
    sys.exit(main())
