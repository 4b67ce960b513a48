"""The table of `run.py`: one row per measure, each held against its bound."""

import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Final

_PRECISE_BELOW: Final = 10


@dataclass(frozen=True, slots=True)
class Unit:
    """How a number is written: multiplied by ``scale``, then followed by ``name``."""

    scale: float
    name: str

    def text(self, value: float) -> str:
        """Return ``value`` in this unit, a small one with two digits after the point."""
        scaled = value * self.scale
        return f"{scaled:,.{2 if scaled < _PRECISE_BELOW else 0}f} {self.name}"


MILLISECONDS: Final = Unit(1e3, "ms")
MEBIBYTES: Final = Unit(2.0**-20, "MiB")
CALLS_PER_SECOND: Final = Unit(1, "calls/s")


@dataclass(frozen=True, slots=True)
class AtMost:
    """A bound from above."""

    limit: float

    def holds(self, value: float) -> bool:
        """Tell whether ``value`` keeps the bound."""
        return value <= self.limit

    def __str__(self) -> str:
        """Return the bound as the table shows it."""
        return f"≤ {self.limit}"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A bound from below."""

    limit: float

    def holds(self, value: float) -> bool:
        """Tell whether ``value`` keeps the bound."""
        return value >= self.limit

    def __str__(self) -> str:
        """Return the bound as the table shows it."""
        return f"≥ {self.limit}"


@dataclass(frozen=True, slots=True)
class Pair:
    """What one measurement, taken of both in turn, gave."""

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


def ratio_row(measure: str, pairs: Sequence[Pair], bound: AtMost | AtLeast, unit: Unit) -> Row:
    """Hold the median of the pairs' ratios, ours by the floor, against the bound."""
    low, ratio, high = statistics.quantiles((pair.ours / pair.floor for pair in pairs), n=4)
    return Row(
        measure,
        floor=unit.text(statistics.median(pair.floor for pair in pairs)),
        ours=unit.text(statistics.median(pair.ours for pair in pairs)),
        ratio=f"{ratio:.2f} ({low:.2f}-{high:.2f})",
        bound=str(bound),
        held=bound.holds(ratio),
    )


def slowest_row(measure: str, pairs: Sequence[Pair], bound: float) -> Row:
    """Hold the slowest of ours against ``bound`` seconds: it is a promise, not an average."""
    ours = [pair.ours for pair in pairs]
    return Row(
        measure,
        floor=_median_and_max([pair.floor for pair in pairs]),
        ours=_median_and_max(ours),
        ratio="",
        bound=f"≤ {bound * 1e3:.0f} ms",
        held=max(ours) <= bound,
    )


def print_table(rows: Iterable[Row]) -> list[str]:
    """Print the rows as they come, as a Markdown table; return the measures not held."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("mcp", "pydantic", "httpx2"))
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, "
        f"{os.cpu_count()} CPUs, {versions}\n"
    )
    print("| measure | floor | ours | ratio | bound | held |")
    print("|---|---:|---:|---:|---:|---|", flush=True)
    missed: list[str] = []
    for row in rows:
        cells = [row.measure, row.floor, row.ours, row.ratio, row.bound]
        print(f"| {' | '.join([*cells, 'yes' if row.held else 'no'])} |", flush=True)
        missed += [] if row.held else [row.measure]
    return missed


def _median_and_max(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1e3:.0f} ms (max {max(seconds) * 1e3:.0f})"
