"""The tables of `peers.py`, as Markdown."""

import os
import platform
import statistics
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from peer_calls import CALLS
from peer_measures import BURST_SIZES, BURSTS, SLOW, Burst, Figures, percentile

_MEBIBYTE: Final = 2**20
_PERCENTS: Final = (50, 95, 99)

Cell = Callable[[Figures], str]


def report(all_figures: Sequence[Figures], missing: Sequence[str], *, timed: bool) -> str:
    """Return the tables and their notes; ``missing`` says why a server is left out."""
    measured = (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with `make bench-peers`, Python "
        f"{platform.python_version()}, {os.cpu_count()} shared cores, all in turn in one run."
    )
    lines = [
        measured,
        "",
        *(f"- {figures.server.name}: {figures.server.note}." for figures in all_figures),
        *(f"- Left out: {reason}." for reason in missing),
        "",
        *_table("measure", all_figures, _measures(timed=timed)),
        "",
        *_table("call, and what is right", all_figures, _calls()),
        "",
    ]
    return "\n".join(lines)


def right(figures: Figures) -> str:
    """Return how many calls a server handles right, of those that it has a tool for."""
    return f"{sum(figures.verdicts.values())} of {len(figures.verdicts)}"


def _measures(*, timed: bool) -> list[tuple[str, Cell]]:
    rows: list[tuple[str, Cell]] = [
        ("calls handled right", lambda f: right(f) if f.verdicts else ""),
        ("spawn to `tools/list`, median", lambda f: f"{statistics.median(f.starts) * 1e3:.0f} ms"),
        ("`tools/list`, the tools of the five operations", _catalogue),
    ]
    if not timed:
        return rows
    for seconds in (0.0, SLOW):
        upstream = f"upstream {seconds * 1e3:.0f} ms"
        rows.append((f"update, {upstream}, p50 / p95 / p99", _times_cell(seconds)))
    rows.append(("resident memory after these calls", lambda f: f"{f.memory / _MEBIBYTE:.0f} MiB"))
    for seconds in (0.0, SLOW):
        upstream = f"upstream {seconds * 1e3:.0f} ms"
        for size in BURST_SIZES:
            measure = f"{size:,} updates at once, {upstream}, succeeded per second"
            rows.append((measure, _burst_cell(seconds, size, _rate)))
    for seconds in (0.0, SLOW):
        measure = (
            f"sockets opened for {max(BURST_SIZES):,} at once, upstream {seconds * 1e3:.0f} ms"
        )
        rows.append((measure, _burst_cell(seconds, max(BURST_SIZES), lambda b: f"{b.sockets:,}")))
    total = sum(BURST_SIZES) * BURSTS * 2
    rows.append((f"of these {total:,} updates: failed / doubled / lost", _trouble))
    return rows


def _catalogue(figures: Figures) -> str:
    if not figures.described:
        return ""
    tools = "" if figures.described > 1 else " (one tool)"
    return f"{figures.catalogue:,} B{tools}"


def _times_cell(seconds: float) -> Cell:
    def cell(figures: Figures) -> str:
        times = [percentile(figures.times[seconds], percent) * 1e3 for percent in _PERCENTS]
        digits = 0 if seconds else 1
        return " / ".join(f"{each:.{digits}f}" for each in times) + " ms"

    return cell


def _burst_cell(seconds: float, size: int, text: Callable[[Burst], str]) -> Cell:
    return lambda figures: text(figures.bursts[seconds, size])


def _rate(burst: Burst) -> str:
    return f"{statistics.median(burst.per_second):,.0f}"


def _trouble(figures: Figures) -> str:
    bursts = figures.bursts.values()
    sums = (
        sum(getattr(burst, name) for burst in bursts) for name in ("failures", "doubled", "lost")
    )
    return " / ".join(f"{each:,}" for each in sums)


def _calls() -> list[tuple[str, Cell]]:
    return [(f"**{call.name}.** {call.right}", _verdict_cell(call.name)) for call in CALLS]


def _verdict_cell(name: str) -> Cell:
    def cell(figures: Figures) -> str:
        if name not in figures.verdicts:
            return "no tool"
        if not figures.details[name]["answered"]:
            return "no answer"
        return "right" if figures.verdicts[name] else "wrong"

    return cell


def _table(
    head: str, all_figures: Sequence[Figures], rows: Sequence[tuple[str, Cell]]
) -> list[str]:
    shown = [figures for figures in all_figures if head == "measure" or figures.verdicts]
    lines = [f"| {' | '.join([head, *(figures.server.name for figures in shown)])} |"]
    lines.append("|---" + "|---:" * len(shown) + "|")
    lines += [
        f"| {' | '.join([measure, *(cell(figures) for figures in shown)])} |"
        for measure, cell in rows
    ]
    return lines
