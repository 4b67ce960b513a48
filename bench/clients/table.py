"""The results of `run.py` for each client, as a Markdown table with notes below it."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from conversation import OK, STEPS, Outcome
from environments import Client
from wire import Wire, read_wire

_CELL: Final = 90


@dataclass(slots=True)
class Row:
    """One client's row. ``problem`` is the reason why the conversation was not completed.

    ``offered`` are the tools that a model would be offered; ``notes`` are lines below the table.
    """

    client: Client
    library: str = ""
    problem: str = ""
    installed: bool = True
    offered: frozenset[str] = frozenset()
    unconverted: dict[str, str] = field(default_factory=dict[str, str])
    notes: list[str] = field(default_factory=list[str])
    wire: Wire = field(default_factory=lambda: read_wire(Path(os.devnull)))
    outcome: Outcome = field(default_factory=Outcome)

    def passed(self) -> bool:
        """Tell whether the client has no problems; a client that is not installed passes."""
        whole = not self.problem and not self.unconverted and self.offered >= self.wire.tools
        return not self.installed or (whole and self.asked_well() and self.outcome.passed())

    def asked_well(self) -> bool:
        """Tell whether a person was asked exactly if the client can ask one."""
        return self.wire.can_be_asked == self.wire.was_asked


def as_markdown(rows: list[Row]) -> str:
    """Return the table, the notes and the number of clients that pass."""
    head = ["client", "library", "revision", "tools", *STEPS, "sentences", "only what was given"]
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {' | '.join(_cells(row))} |" for row in rows]
    notes = [f"- {row.client.name}: {note}" for row in rows for note in _notes(row)]
    passed = sum(row.passed() for row in rows if row.installed)
    counts = f"{passed} of {sum(row.installed for row in rows)} installed clients pass."
    return "\n".join([*lines, "", *notes, *([""] if notes else []), counts, ""])


def _cells(row: Row) -> list[str]:
    if not row.installed:
        return [row.client.name, _short(row.problem), *[""] * (len(STEPS) + 4)]
    steps = dict(row.outcome.steps)
    if steps.get("delete") == OK and row.wire.was_asked:
        steps["delete"] = "ok, asked"
    return [
        row.client.name,
        row.library,
        row.wire.revision,
        f"{len(row.offered & row.wire.tools)} of {len(row.wire.tools)}",
        *(_short(steps.get(step, "")) for step in STEPS),
        row.outcome.sentences,
        _short(row.outcome.only_given),
    ]


def _notes(row: Row) -> list[str]:
    """Return the lines about a client below the table."""
    notes = [row.problem] if row.installed and row.problem else []
    for reason in sorted(set(row.unconverted.values())):
        tools = [name for name, why in row.unconverted.items() if why == reason]
        notes.append(f"could not convert {', '.join(tools)}: {reason}")
    if others := row.offered - row.wire.tools:
        notes.append(f"also offers to a model, as if they were tools: {', '.join(sorted(others))}")
    nulls = sum(
        _count_nulls(arguments) for name, arguments in row.wire.calls if name == "update_sender"
    )
    if nulls:
        notes.append(f"filled in {nulls} nulls in its calls of update_sender")
    if not row.problem and not row.asked_well():
        notes.append("it can ask a person, but nobody was asked before the deletion")
    return notes + row.notes


def _count_nulls(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(_count_nulls(part) for part in value.values())
    return value is None


def _short(text: str) -> str:
    """Return the text as a table cell: on one line, truncated and escaped."""
    line = " ".join(_first_text(text).split()).replace("|", "\\|")
    return line if len(line) <= _CELL else f"{line[: _CELL - 1]}…"


def _first_text(text: str) -> str:
    """Return the first text block of a result in JSON, or the text itself."""
    with suppress(ValueError):
        blocks = json.loads(text)
        if isinstance(blocks, dict):
            blocks = blocks.get("content") or blocks.get("value")
        if isinstance(blocks, list) and blocks and isinstance(blocks[0], dict):
            return str(blocks[0].get("text", text))
    return text
