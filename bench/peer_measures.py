"""What `peers.py` measures, each for all servers in turn."""

import json
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
from peer_calls import CALLS, OTHER_HOST, Seen, UserCall
from peer_client import PeerClient, Told, peer_client
from peer_servers import PeerServer
from raw_clients import BenchError

from twilio_senders_mcp.sandbox import ONLINE_SENDER

STARTS: Final = 7
WARM_UP: Final = 30
TURNS: Final = 40
TURN_CALLS: Final = 25
SLOW_TURNS: Final = 10
SLOW_TURN_CALLS: Final = 10
BURST_SIZES: Final = (50, 200, 1000)
BURSTS: Final = 3
SLOW: Final = 0.15
"""The response time of a slow upstream, in seconds."""


@dataclass(slots=True)
class Burst:
    """Many calls at once: the figures of the median run, and the sums of what went wrong."""

    per_second: list[float] = field(default_factory=list)
    failures: int = 0
    sockets: int = 0
    doubled: int = 0
    lost: int = 0


@dataclass(slots=True)
class Figures:
    """Everything that was measured of one server; times are in seconds."""

    server: PeerServer
    starts: list[float] = field(default_factory=list)
    catalogue: int = 0
    """The bytes of the tools of the five operations."""
    described: int = 0
    """The number of these tools."""
    times: dict[float, list[float]] = field(default_factory=dict)
    """By the response time of the upstream."""
    bursts: dict[tuple[float, int], Burst] = field(default_factory=dict)
    memory: int = 0
    verdicts: dict[str, bool] = field(default_factory=dict)
    """By the name of the call; one that the server has no tool for is absent."""
    details: dict[str, Any] = field(default_factory=dict)
    """What arrived and what the caller was told, for the report in JSON."""


class Upstream:
    """The stand-in for Twilio, seen from the benchmark."""

    def __init__(self, base_url: str, other_host: str) -> None:
        self.base_url = base_url
        self.other_host = other_host
        self._http = httpx2.Client(base_url=base_url, trust_env=False, timeout=30)

    def reset(self, **how: Any) -> None:
        """Begin anew, see `peer_twilio.py`."""
        self._http.post("/_peers/reset", json=how).raise_for_status()

    def seen(self) -> dict[str, Any]:
        """Return what arrived since the last reset."""
        return self._http.get("/_peers/seen").raise_for_status().json()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()


def measure_starts(all_figures: Sequence[Figures], upstream: Upstream) -> None:
    """Time each start until the tools are listed, and weigh the list."""
    for _ in range(STARTS):
        for figures in all_figures:
            with _client(figures.server, upstream) as client:
                figures.starts.append(client.begin())
                names = set(figures.server.tools.values())
                tools = [tool for tool in client.tools if tool["name"] in names]
                figures.described = len(tools)
                figures.catalogue = sum(_size(tool) for tool in tools)


def measure_calls(all_figures: Sequence[Figures], upstream: Upstream) -> None:
    """Time updates one after the other, and see what memory the processes hold afterwards."""
    for seconds, turns, calls in ((0.0, TURNS, TURN_CALLS), (SLOW, SLOW_TURNS, SLOW_TURN_CALLS)):
        upstream.reset(seconds=seconds)
        with ExitStack() as stack:
            clients = [
                (figures, stack.enter_context(_client(figures.server, upstream)))
                for figures in all_figures
            ]
            for figures, client in clients:
                client.begin()
                _update_each(figures, client, WARM_UP if not seconds else 1)
                figures.times[seconds] = []
            for _ in range(turns):
                for figures, client in clients:
                    figures.times[seconds] += _update_each(figures, client, calls)
            for figures, client in clients:
                figures.memory = max(figures.memory, client.memory())


def measure_bursts(all_figures: Sequence[Figures], upstream: Upstream) -> None:
    """Time many updates at once."""
    for seconds in (0.0, SLOW):
        for size in BURST_SIZES:
            for _ in range(BURSTS):
                for figures in all_figures:
                    _measure_burst(figures, upstream, seconds, size)


def _measure_burst(figures: Figures, upstream: Upstream, seconds: float, size: int) -> None:
    """Send ``size`` updates at once to a server that has only made one call before."""
    burst = figures.bursts.setdefault((seconds, size), Burst())
    with _client(figures.server, upstream) as client:
        client.begin()
        upstream.reset(seconds=0.0)
        _update_each(figures, client, 1)
        upstream.reset(seconds=seconds)
        calls = [_update(figures, f"call {number}") for number in range(size)]
        failures, taken = client.calls_at_once(figures.server.tools["update"], calls)
    seen = upstream.seen()
    burst.per_second.append((size - failures) / taken)
    burst.failures += failures
    burst.sockets = max(burst.sockets, seen["sockets"])
    burst.doubled += seen["doubled"]
    burst.lost += max(0, size - failures - (seen["writes"] - seen["doubled"]))


def measure_correctness(all_figures: Sequence[Figures], upstream: Upstream) -> None:
    """Make each of the calls of `peer_calls.py`, each with a server and a sandbox of its own."""
    for call in CALLS:
        for figures in all_figures:
            if call.operation in figures.server.tools and figures.described:
                _judge(figures, call, upstream)


def _judge(figures: Figures, call: UserCall, upstream: Upstream) -> None:
    server = figures.server
    upstream.reset(faults=_with_address(call.faults, upstream.other_host))
    with _client(server, upstream) as client:
        client.begin()
        tool = server.tools[call.operation]
        schema = next(each["inputSchema"] for each in client.tools if each["name"] == tool)
        extra = {
            name: value
            for name, value in call.only_here.items()
            if name in schema.get("properties", {})
        }
        try:
            told, _ = client.call(tool, server.arguments(call.arguments) | extra)
        except BenchError as error:
            told = Told(succeeded=False, text=str(error), answered=False)
    seen = upstream.seen()["requests"]
    figures.verdicts[call.name] = told.answered and call.judge(Seen(seen), told)
    figures.details[call.name] = {
        "right": figures.verdicts[call.name],
        "requests": seen,
        "succeeded": told.succeeded,
        "answered": told.answered,
        "told": told.text[:2000],
    }


def _with_address(faults: Sequence[Mapping[str, Any]], address: str) -> list[Any]:
    return json.loads(json.dumps(list(faults)).replace(OTHER_HOST, address))


def _update_each(figures: Figures, client: PeerClient, count: int) -> list[float]:
    times: list[float] = []
    for _ in range(count):
        told, seconds = client.call(
            figures.server.tools["update"], _update(figures, f"{time.monotonic_ns()}")
        )
        if not told.succeeded:
            raise BenchError(f"{figures.server.name}: an update failed: {told.text[:500]}")
        times.append(seconds)
    return times


def _update(figures: Figures, marker: str) -> dict[str, Any]:
    webhook = {"callback_url": "https://example.com/inbound", "callback_method": "POST"}
    given = {"Sid": ONLINE_SENDER, "webhook": webhook, "profile": {"about": marker}}
    return figures.server.arguments(given)


@contextmanager
def _client(server: PeerServer, upstream: Upstream) -> Iterator[PeerClient]:
    with peer_client(server.name, server.command(upstream.base_url), upstream.base_url) as client:
        yield client


def _size(tool: Any) -> int:
    return len(json.dumps(tool, ensure_ascii=False, separators=(",", ":")).encode())


def percentile(times: Sequence[float], percent: int) -> float:
    """Return a percentile of the times."""
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]
