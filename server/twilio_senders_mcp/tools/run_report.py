"""A run of changes as a report in Markdown, for a person or a model to read as a whole.

Its size is bounded; it says how many senders it leaves out and how to see them.
"""

from datetime import UTC, datetime
from typing import Final, Literal

from pydantic import JsonValue

from twilio_senders_mcp.changes import (
    PROBLEMS,
    Changes,
    FieldResult,
    Outcome,
    PlanView,
    RunItem,
    RunSummary,
)

from .json_text import to_json
from .markdown_text import code, escape
from .outside_text import identifier, one_line, quoted
from .run_result import OUTCOME_WORDS, failure_text, run_sentence

SENDERS_BYTES: Final = 20_000
"""Maximum size of the senders in a report, in bytes of UTF-8."""

SENDERS_READ: Final = 100
"""How many problems are read for a report, and how many senders to find the others."""

_FIELDS_MAX: Final = 6
_KINDS: Final = {
    "set": "the same fields of all senders (`set`)",
    "replace_host": "one host in every webhook URL (`replace_host`)",
    "rows": "the fields of each sender by its SID (`rows`)",
    "undo": "what another run set, back to what it was (`undo`)",
}
_MEANINGS: Final[dict[Outcome, str]] = {
    "accepted": "Twilio accepted the change and had not applied it when the wait was over. Read "
    "the sender again.",
    "different": "the sender shows another value than the planned one.",
    "conflict": "somebody changed a field after the plan was made, and nothing was sent. If the "
    "change is still wanted, make a new plan.",
    "refused": "Twilio refused the change.",
    "unknown": "the request may have been carried out. Resuming the run reads the sender and "
    "never sends again.",
    "not_sent": "the sender could not be read, or Twilio not be reached. Resuming the run tries "
    "again.",
}
_NOTES: Final = {"channel": "its channel does not have this field"}


async def run_report(changes: Changes, run: str, *, several: bool) -> str:
    """Return the report on a run.

    ``several`` is true if senders may belong to several accounts, which are then named.

    Raises:
        UnknownRun, StateUnavailable: see `.changes.errors`.

    """
    summary = await changes.summary(run)
    plan = await changes.show_plan(summary.plan)
    problems = await _items(changes, run, "problems")
    others = [item for item in await _items(changes, run, "all") if item.outcome not in PROBLEMS]
    blocks = _fitting(
        [_problem(item, several=several) for item in problems]
        + [_brief(item, several=several) for item in others]
    )
    shown, brief = blocks[: len(problems)], blocks[len(problems) :]
    troubled = sum(summary.counts.get(outcome, 0) for outcome in PROBLEMS)
    return "\n".join(
        [
            *_head(summary, plan),
            *_section(f"Problems ({troubled})", [*_legend(summary), *shown]),
            *_section(f"Other senders ({summary.senders - troubled})", brief),
            *_left_out(run, summary.senders - len(blocks)),
            "",
        ]
    )


async def _items(changes: Changes, run: str, show: Literal["problems", "all"]) -> list[RunItem]:
    """Return the first items of a run."""
    items: list[RunItem] = []
    token: str | None = None
    while len(items) < SENDERS_READ:
        page = await changes.show_run(run, show=show, page_token=token)
        items += page.items
        token = page.next_page_token
        if token is None:
            break
    return items


def _fitting(blocks: list[str]) -> list[str]:
    """Return as many blocks from the first as are not too large together."""
    size = 0
    for count, block in enumerate(blocks):
        size += len(block.encode()) + 1
        if size > SENDERS_BYTES:
            return blocks[:count]
    return blocks


def _head(summary: RunSummary, plan: PlanView) -> list[str]:
    lines = [f"# Run {summary.run}", "", escape(run_sentence(summary))]
    if summary.state not in ("done", "cancelled"):
        lines.append("The run is unfinished, so this report is not final.")
    if summary.state in ("paused", "stopped"):
        lines.append("It can be resumed or cancelled.")
    lines += ["", f"- Planned: {_KINDS[plan.kind]}, in the plan {summary.plan}"]
    if summary.undo_of:
        lines.append(f"- Takes back: {summary.undo_of}")
    lines.append(f"- Begun: {_time(summary.created_at)}")
    if summary.finished_at is not None:
        lines.append(f"- Ended: {_time(summary.finished_at)}")
    lines += [f"- Impact: {escape(impact)}" for impact in plan.impacts]
    return lines


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", f"## {title}", "", *lines] if lines else []


def _legend(summary: RunSummary) -> list[str]:
    """Return what each kind of problem in a run means, and what to do."""
    lines = [
        f"**{OUTCOME_WORDS[outcome].capitalize()}**: {_MEANINGS[outcome]}"
        for outcome in summary.counts
        if outcome in _MEANINGS
    ]
    return [line for each in lines for line in (each, "")]


def _problem(item: RunItem, *, several: bool) -> str:
    """Return a sender with what went wrong: the failure and its cure, and each field."""
    failure = escape(failure_text(item.failure))
    lines = [f"{_brief(item, several=several)}{f'. {failure}' if failure else ''}"]
    fields = [each for each in item.fields if each.verdict != "applied"]
    lines += [f"    - {_field(each, item.outcome)}" for each in fields[:_FIELDS_MAX]]
    if (more := len(fields) - _FIELDS_MAX) > 0:
        lines.append(f"    - and {more} more field{'' if more == 1 else 's'}")
    return "\n".join(lines)


def _brief(item: RunItem, *, several: bool) -> str:
    where = f" in {code(quoted(item.account))}" if several else ""
    outcome = OUTCOME_WORDS[item.outcome] if item.outcome else "waiting"
    return f"- {code(identifier(item.sender_id or item.sid))} ({item.sid}){where}: {outcome}"


def _field(field: FieldResult, outcome: Outcome | None) -> str:
    verdict = field.verdict.replace("_", " ") if field.verdict else ""
    if field.note:
        verdict += f" ({_NOTES.get(field.note) or code(identifier(field.note))})"
    values = f"before {_value(field.before)}, wanted {_value(field.wanted)}"
    # Without a verdict, the sender was not read after the plan, except where it was in conflict.
    if field.verdict or outcome == "conflict":
        values += f", found {_value(field.found)}"
    return f"{code(field.field)}: {verdict}{'; ' if verdict else ''}{values}"


def _value(value: JsonValue) -> str:
    text = quoted(value) if isinstance(value, str) else one_line(to_json(value))
    return code(text)


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, tz=UTC):%Y-%m-%d %H:%M:%S} UTC"


def _left_out(run: str, count: int) -> list[str]:
    if count <= 0:
        return []
    senders = f"{count} sender{'' if count == 1 else 's'}"
    text = (
        f"This report leaves out {senders}. `follow_run` with `run`, `show` and `page_token` shows "
        f"all, and so does `twilio-senders-mcp runs {run} --csv`."
    )
    return ["", text]
