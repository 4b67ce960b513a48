"""Runs of changes as CSV, for a spreadsheet.

A cell with text from outside, such as a sender's name, is never executed as a formula: it gets an
apostrophe in front where a spreadsheet could take it for one. It is on one line and without
invisible characters; ``runs RUN --json`` has each value as it is.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from pydantic import JsonValue

from twilio_senders_mcp.changes import OUTCOMES, FieldResult, RunItem, RunSummary
from twilio_senders_mcp.tools.json_text import to_json
from twilio_senders_mcp.tools.outside_text import one_line
from twilio_senders_mcp.tools.run_result import failure_text

CELL_MAX: Final = 4000
"""Maximum length of a cell, in characters; no value that Twilio accepts is longer."""

# With their full-width forms, which some spreadsheets read in the same way.
_FORMULA_STARTS: Final = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_RUN_COLUMNS: Final = (
    "run",
    "state",
    "created_utc",
    "finished_utc",
    "senders",
    "waiting",
    *OUTCOMES,
    "stopped_because",
    "undo_of",
    "plan",
)
_SENDER_COLUMNS: Final = ("sid", "sender_id", "account", "outcome", "error")
_FIELD_COLUMNS: Final = ("verdict", "note", "before", "wanted", "found")

Cell = str | int


def runs_csv(runs: Iterable[RunSummary]) -> str:
    """Return a table with a row for each run."""
    return _csv([_RUN_COLUMNS, *map(_run_row, runs)])


def senders_csv(items: Sequence[RunItem]) -> str:
    """Return a table with a row for each sender of a run.

    Each field that the run is about has five columns, such as ``profile.name wanted``. They are
    empty for a sender that the field was not planned for. A sender without an outcome is
    ``waiting``.
    """
    fields = list(dict.fromkeys(field.field for item in items for field in item.fields))
    columns = [f"{field} {column}" for field in fields for column in _FIELD_COLUMNS]
    return _csv(
        [(*_SENDER_COLUMNS, *columns), *(_sender_row(item, fields) for item in items)],
    )


def _run_row(run: RunSummary) -> list[Cell]:
    return [
        run.run,
        run.state,
        _time(run.created_at),
        _time(run.finished_at),
        run.senders,
        run.waiting,
        *(run.counts.get(outcome, 0) for outcome in OUTCOMES),
        run.stopped_because or "",
        run.undo_of or "",
        run.plan,
    ]


def _sender_row(item: RunItem, fields: Sequence[str]) -> list[Cell]:
    results = {field.field: field for field in item.fields}
    return [
        item.sid,
        item.sender_id,
        item.account,
        item.outcome or "waiting",
        failure_text(item.failure),
        *(cell for field in fields for cell in _field_cells(results.get(field))),
    ]


def _field_cells(result: FieldResult | None) -> list[Cell]:
    if result is None:
        return [""] * len(_FIELD_COLUMNS)
    values = map(_value, (result.before, result.wanted, result.found))
    return [result.verdict or "", result.note or "", *values]


def _value(value: JsonValue) -> str:
    """Return a text as it is, nothing for null, and anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else to_json(value)


def _time(seconds: float | None) -> str:
    """Return a time since the epoch in the form that every spreadsheet takes for a time."""
    return f"{datetime.fromtimestamp(seconds, tz=UTC):%Y-%m-%d %H:%M:%S}" if seconds else ""


def _csv(rows: Iterable[Iterable[Cell]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return text.getvalue().removesuffix("\n")


def _inert(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet executes."""
    if isinstance(cell, int):
        return cell
    text = one_line(cell, CELL_MAX)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
