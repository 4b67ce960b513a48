"""A run of changes as structured content and in words."""

from collections.abc import Callable
from typing import Any, Final, cast

from twilio_senders_mcp.changes import FieldResult, Outcome, RunItem, RunSummary, RunView

from .outside_text import MESSAGE_MAX, identifier, one_line, quoted
from .sender_result import AnyResult

FAILURE_MAX: Final = 400

OUTCOME_WORDS: Final[dict[Outcome, str]] = {
    "applied": "applied",
    "pending_review": "pending review",
    "accepted": "accepted but not applied in time",
    "different": "different",
    "unchanged": "unchanged",
    "conflict": "in conflict",
    "refused": "refused",
    "unknown": "unknown",
    "not_sent": "not sent",
}
_STATE_WORDS: Final = {
    "running": "is running",
    "paused": "is paused",
    "stopped": "was stopped",
    "cancelled": "was cancelled",
    "done": "is done",
}


class RunResult(AnyResult):
    """A run and a page of its senders, or the recent runs."""

    run: str
    plan: str
    state: str
    counts: dict[str, Any]
    items: list[dict[str, Any]]
    next_page_token: str
    runs: list[dict[str, Any]]


def run_facts(summary: RunSummary) -> dict[str, Any]:
    """Return a run without its senders as structured content."""
    return {
        "run": summary.run,
        "plan": summary.plan,
        "state": summary.state,
        "counts": {**summary.counts, "waiting": summary.waiting},
        "stopped_because": summary.stopped_because,
        "undo_of": summary.undo_of,
    }


def run_content(view: RunView, *, several: bool) -> dict[str, Any]:
    """Return a run with a page of its senders as structured content."""
    return {
        **run_facts(view.summary),
        "items": [_item(item, several=several) for item in view.items],
        "next_page_token": view.next_page_token,
    }


def run_sentence(summary: RunSummary) -> str:
    """Return a sentence on a run's state and its numbers."""
    counts = [f"{count} {OUTCOME_WORDS[outcome]}" for outcome, count in summary.counts.items()]
    if summary.waiting:
        counts.append(f"{summary.waiting} waiting")
    text = f"The run {summary.run} {_STATE_WORDS[summary.state]}"
    if summary.stopped_because == "canary":
        text += " because one of the first senders went wrong"
    elif summary.stopped_because == "too_many":
        text += " because too many senders went wrong"
    senders = f"{summary.senders} sender{'' if summary.senders == 1 else 's'}"
    text += f": of {senders}, {', '.join(counts)}."
    if summary.state == "running" and not summary.executing:
        text += " No server is carrying it out at the moment; the next one that starts goes on."
    return text


def run_next(summary: RunSummary) -> str:
    """Return the next step for a run, empty if there is none."""
    match summary.state:
        case "running":
            return f"Call follow_run with run {summary.run} to continue waiting."
        case "paused" | "stopped":
            return "Show the person what went wrong, then resume or cancel it with control_run."
        case _:
            return ""


def run_text(view: RunView, *, several: bool, paged: bool = True) -> str:
    """Return a line for each sender on the page, and with ``paged`` one about the next page."""
    lines = [_line(item, several=several) for item in view.items]
    if view.next_page_token and paged:
        lines.append(f"More: page_token {view.next_page_token}")
    return "\n".join(lines)


def _item(item: RunItem, *, several: bool) -> dict[str, Any]:
    return {
        "sid": item.sid,
        "sender_id": item.sender_id,
        **({"account": item.account} if several else {}),
        "outcome": item.outcome,
        "fields": [_field(field, item.outcome) for field in item.fields] or None,
        "error": failure_text(item.failure) or None,
    }


def _field(field: FieldResult, outcome: Outcome | None) -> dict[str, Any]:
    """Return a field with what is needed to understand its verdict."""
    shown: dict[str, Any] = {"field": field.field, "verdict": field.verdict, "note": field.note}
    if field.verdict in ("different", "accepted") or outcome == "conflict":
        shown |= {"wanted": field.wanted, "found": field.found}
    if outcome == "conflict":
        shown |= {"before": field.before}
    return shown


def _line(item: RunItem, *, several: bool) -> str:
    where = f" in {quoted(item.account)}" if several else ""
    who = f"{identifier(item.sender_id or item.sid)} ({item.sid}){where}"
    outcome = OUTCOME_WORDS[item.outcome] if item.outcome else "waiting"
    verdicts = [
        f"{field.field} {_verdict(field)}" for field in item.fields if field.verdict != "applied"
    ]
    parts = [f"{who}: {outcome}", *verdicts, failure_text(item.failure)]
    return "- " + "; ".join(part for part in parts if part)


def _verdict(field: FieldResult) -> str:
    verdict = (field.verdict or "not sent").replace("_", " ")
    return f"{verdict} ({field.note})" if field.note else verdict


def failure_text(failure: object) -> str:
    """Return what Twilio said, its code and the cure, empty without a failure."""
    if not failure:
        return ""
    facts = cast("dict[str, Any]", failure)
    status = f"HTTP {facts['http_status']}" if "http_status" in facts else ""
    code = f"code {facts['code']}" if "code" in facts else ""
    causes: dict[str, Callable[[], str]] = {
        "refused": lambda: "Twilio refused it",
        "unknown": lambda: f"no usable response ({identifier(facts.get('reason'))})",
        "not_sent": lambda: f"it was not sent ({identifier(facts.get('reason'))})",
    }
    text = causes[facts["kind"]]()
    if known := ", ".join(part for part in (status, code) if part):
        text += f" ({known})"
    if facts.get("message"):
        text += f": {quoted(facts['message'], MESSAGE_MAX)}"
    if facts.get("cure"):
        text += f". {facts['cure']}"
    return one_line(text, FAILURE_MAX)
