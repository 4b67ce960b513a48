"""Measures the server against a bare one on the same SDK, HTTP client and sandbox: `make bench`.

Floor and ours take turns in one run, so that what else the machine does hits both alike. The
ratio is formed pair by pair, and the median of the ratios is held against the bound. Prints a
Markdown table; the exit status is 0 if every bound held.
"""

import signal
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any, Final, NoReturn, Protocol

import httpx2
from processes import http_server, sandbox, slow_twilio, stdio_server
from raw_clients import LEGACY, MODERN, BenchError, Era, HttpClient, Server, StdioClient
from table import (
    CALLS_PER_SECOND,
    MEBIBYTES,
    MILLISECONDS,
    AtLeast,
    AtMost,
    Pair,
    Row,
    print_table,
    ratio_row,
    slowest_row,
)

from twilio_senders_mcp.sandbox import ONLINE_SENDER

START_BOUND: Final = AtMost(1.0)
STDIO_BOUND: Final = AtMost(0.9)
HTTP_BOUND: Final = AtMost(1.1)
BURST_BOUND: Final = AtLeast(2.0)
SLOW_BOUND: Final = AtLeast(0.9)
MEMORY_BOUND: Final = AtMost(1.05)
END_BOUND: Final = 0.060
SEARCH_BOUND: Final = 0.005

SEARCH: Final = "search_docs"
QUERIES: Final = ("otp not arriving", "63128", "change webhook url", "sender stuck in creating")

LIVES: Final = 15
LIVES_WARM_UP: Final = 2
CALLS_WARM_UP: Final = 50
TURNS: Final = 100
TURN_CALLS: Final = 20
BURSTS: Final = 15
BURST_CALLS: Final = 200
SLOW_BURSTS: Final = 5
SLOW_BURST_CALLS: Final = 1000
SLOW_CONNECTIONS: Final = 100
TIME_LIMIT: Final = 300
"""Seconds after which the run gives up."""

ARGUMENTS: Final[dict[str, Any]] = {
    "sid": ONLINE_SENDER,
    "webhook": {"callback_url": "https://example.com/inbound", "callback_method": "POST"},
}


class Caller(Protocol):
    """A connection on which the tool is called."""

    def call(self, era: Era, arguments: dict[str, Any]) -> float:
        """Return the seconds that one call took."""
        ...


def main() -> int:
    """Measure, print the table, and return the exit status."""
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(TIME_LIMIT)
    try:
        missed = print_table(_rows())
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(
        "\nFloor and ours are medians. The ratio is the median of the pairs' ratios, "
        "with their middle half in brackets; it can differ from the ratio of the medians."
    )
    print(f"\nNot held: {'; '.join(missed)}." if missed else "\nEvery bound held.")
    return 1 if missed else 0


def _rows() -> Iterator[Row]:
    with sandbox() as base_url:
        yield from _starts_and_ends(base_url)
        yield from _over_stdio(base_url)
        yield _search_row(base_url)
        yield from _over_http(base_url)
    with slow_twilio() as base_url:
        yield _slow_row(base_url)


def _starts_and_ends(base_url: str) -> Iterator[Row]:
    """Time from spawn to first response, and from the end of input to the process's end."""
    for _ in range(LIVES_WARM_UP):
        _lives(base_url, calls=1)
    idle = [_lives(base_url, calls=0) for _ in range(LIVES)]
    used = [_lives(base_url, calls=1) for _ in range(LIVES)]
    starts = [start for start, _ in idle + used]
    yield ratio_row("spawn to first response", starts, START_BOUND, MILLISECONDS)
    for measure, lives in (("no call made", idle), ("after a call", used)):
        ends = [end for _, end in lives]
        yield slowest_row(f"end of input to exit, {measure}", ends, END_BOUND)


def _lives(base_url: str, *, calls: int) -> tuple[Pair, Pair]:
    """Run each server once; return the times of the starts and of the ends."""
    floor = _life("floor", base_url, calls)
    ours = _life("ours", base_url, calls)
    return Pair(floor[0], ours[0]), Pair(floor[1], ours[1])


def _life(server: Server, base_url: str, calls: int) -> tuple[float, float]:
    with stdio_server(server, base_url) as client:
        start = client.initialize()
        for _ in range(calls):
            client.call(LEGACY, ARGUMENTS)
        return start, client.end()


def _over_stdio(base_url: str) -> Iterator[Row]:
    """Time calls over stdio in each era, and see what memory the processes hold afterwards."""
    memory: list[Pair] = []
    for era in (LEGACY, MODERN):
        with stdio_server("floor", base_url) as floor, stdio_server("ours", base_url) as ours:
            if era == LEGACY:
                floor.initialize()
                ours.initialize()
            turns = _turns(era, floor, ours)
            memory.append(Pair(floor.memory(), ours.memory()))
            bursts = _bursts(era, floor, ours, BURST_CALLS, BURSTS)
        yield ratio_row(f"update_sender over stdio, {era}, p50", turns, STDIO_BOUND, MILLISECONDS)
        measure = f"{BURST_CALLS} calls at once over stdio, {era}"
        yield ratio_row(measure, bursts, BURST_BOUND, CALLS_PER_SECOND)
    yield ratio_row("resident memory after the calls for p50", memory, MEMORY_BOUND, MEBIBYTES)


def _search_row(base_url: str) -> Row:
    """Time searches of the reference, which the floor does not have; the first one makes it."""
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
    """Time calls over Streamable HTTP, one request after the other on one connection."""
    with ExitStack() as stack:
        floor_port = stack.enter_context(http_server("floor", base_url))
        our_port = stack.enter_context(http_server("ours", base_url))
        for era in (LEGACY, MODERN):
            floor = stack.enter_context(closing(HttpClient("floor", floor_port, era)))
            ours = stack.enter_context(closing(HttpClient("ours", our_port, era)))
            turns = _turns(era, floor, ours)
            yield ratio_row(f"update_sender over HTTP, {era}, p50", turns, HTTP_BOUND, MILLISECONDS)


def _slow_row(base_url: str) -> Row:
    """Time many calls at once over stdio, where Twilio's response time is what counts."""
    settings = {"TWILIO_SENDERS_CONNECTIONS": str(SLOW_CONNECTIONS)}
    with ExitStack() as stack:
        floor = stack.enter_context(stdio_server("floor", base_url, settings))
        ours = stack.enter_context(stdio_server("ours", base_url, settings))
        floor.initialize()
        ours.initialize()
        bursts = _bursts(LEGACY, floor, ours, SLOW_BURST_CALLS, SLOW_BURSTS)
    peaks = httpx2.get(f"{base_url}/peaks", trust_env=False).json()
    if not all(SLOW_CONNECTIONS / 2 < peak <= SLOW_CONNECTIONS for peak in peaks.values()):
        raise BenchError(f"the limit of {SLOW_CONNECTIONS} connections was not used: {peaks}")
    measure = f"{SLOW_BURST_CALLS:,} calls at once, {SLOW_CONNECTIONS} connections, 150 ms each"
    return ratio_row(measure, bursts, SLOW_BOUND, CALLS_PER_SECOND)


def _turns(era: Era, floor: Caller, ours: Caller) -> list[Pair]:
    """Call both in turn; return the medians of each turn.

    A turn is short because a shared machine changes its speed within a second.
    """
    for caller in (floor, ours):
        _p50(era, caller, CALLS_WARM_UP)
    return [Pair(_p50(era, floor, TURN_CALLS), _p50(era, ours, TURN_CALLS)) for _ in range(TURNS)]


def _p50(era: Era, caller: Caller, calls: int) -> float:
    return statistics.median(caller.call(era, ARGUMENTS) for _ in range(calls))


def _bursts(era: Era, floor: StdioClient, ours: StdioClient, calls: int, turns: int) -> list[Pair]:
    """Send ``calls`` calls at once to both in turn; return the calls per second of each turn."""
    pairs = [
        Pair(_per_second(era, floor, calls), _per_second(era, ours, calls))
        for _ in range(turns + 1)
    ]
    # The first opens the connections.
    return pairs[1:]


def _per_second(era: Era, client: StdioClient, calls: int) -> float:
    return calls / client.calls_at_once(era, ARGUMENTS, calls)


def _give_up(*_: object) -> NoReturn:
    raise BenchError(f"the run took longer than {TIME_LIMIT} s")


if __name__ == "__main__":
    sys.exit(main())
