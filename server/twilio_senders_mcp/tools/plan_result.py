"""A plan of changes as structured content and in words."""

from datetime import UTC, datetime
from typing import Any, Final

from pydantic import JsonValue

from twilio_senders_mcp.changes import PlanItem, PlanView, Skipped

from .json_text import to_json
from .outside_text import identifier, one_line, quoted
from .run_result import failure_text
from .sender_result import AnyResult

_VALUE_MAX: Final = 120
_FIELDS_MAX: Final = 2

_REASONS: Final = {
    "not_found": "the account has no such sender",
    "unknown_account": "no account has this sender",
    "read_only": "the account is read-only",
    "read_failed": "it could not be read",
    "changed_since": "somebody else changed these fields since",
    "not_restorable": "the API cannot set these fields to what they were",
}


class PlanResult(AnyResult):
    """What would change, and what that means."""

    plan: str
    expires_at: str
    counts: dict[str, int]
    items: list[dict[str, Any]]
    skipped: list[dict[str, Any]]
    impacts: list[str]
    next_page_token: str


def plan_content(view: PlanView, *, several: bool) -> dict[str, Any]:
    """Return a plan with a page of its items as structured content."""
    counts = view.counts
    expires = datetime.fromtimestamp(view.expires_at, tz=UTC)
    return {
        "plan": view.plan,
        "expires_at": expires.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "counts": {
            "senders": counts.senders,
            "changes": counts.changes,
            "unchanged": counts.unchanged,
            "skipped": counts.skipped,
        },
        "items": [_item(item, several=several) for item in view.items],
        "skipped": [_skipped(skipped, several=several) for skipped in view.skipped] or None,
        "impacts": list(view.impacts) or None,
        "next_page_token": view.next_page_token,
        "run": view.run,
    }


def plan_sentence(view: PlanView) -> str:
    """Return a sentence on what a plan would do."""
    counts = view.counts
    rest = [
        f"{number} {word}"
        for number, word in ((counts.unchanged, "already as wanted"), (counts.skipped, "skipped"))
        if number
    ]
    senders = f"{counts.changes} of {counts.senders} sender{'' if counts.senders == 1 else 's'}"
    more = f"; {', '.join(rest)}" if rest else ""
    if not counts.changes:
        return f"The plan {view.plan} changes nothing{more}. Nothing is written to Twilio."
    return f"The plan {view.plan} changes {senders}{more}. Nothing is written to Twilio yet."


def plan_text(view: PlanView, *, several: bool) -> str:
    """Return the impacts and a line for each sender on the page, for the text of a result."""
    lines = [f"Impact: {impact}" for impact in view.impacts]
    lines += [_line(item, several=several) for item in view.items]
    lines += [
        f"- skipped {identifier(skipped.sid)}: {_skip_reason(skipped)}" for skipped in view.skipped
    ]
    if view.next_page_token:
        lines.append(f"More: page_token {view.next_page_token}")
    return "\n".join(lines)


def item_clause(item: PlanItem) -> str:
    """Return one sender and its first change, for a question to a person."""
    first = item.fields[0]
    change = f"{first.field} from {_value(first.before)} to {_value(first.after)}"
    more = f" and {len(item.fields) - 1} more" if len(item.fields) > 1 else ""
    return f"{identifier(item.sender_id or item.sid)}: {change}{more}"


def _item(item: PlanItem, *, several: bool) -> dict[str, Any]:
    return {
        "sid": item.sid,
        "sender_id": item.sender_id,
        **({"account": item.account} if several else {}),
        "fields": [
            {"field": field.field, "from": _shortened(field.before), "to": _shortened(field.after)}
            for field in item.fields
        ],
        "warnings": list(item.warnings) or None,
    }


def _shortened(value: JsonValue) -> JsonValue:
    """Return a value for the result, which contains no nulls: an empty text for null."""
    if value is None:
        return ""
    return one_line(value, _VALUE_MAX) if isinstance(value, str) else value


def _skipped(skipped: Skipped, *, several: bool) -> dict[str, Any]:
    return {
        "sid": skipped.sid,
        **({"account": skipped.account} if several else {}),
        "reason": _skip_reason(skipped),
    }


def _skip_reason(skipped: Skipped) -> str:
    reason = _REASONS[skipped.reason]
    if skipped.fields:
        reason += f": {', '.join(skipped.fields)}"
    if failure := failure_text(skipped.failure):
        reason += f": {failure}"
    return reason


def _line(item: PlanItem, *, several: bool) -> str:
    where = f" in {quoted(item.account)}" if several else ""
    who = f"{identifier(item.sender_id or item.sid)}{where}"
    fields = ", ".join(field.field for field in item.fields[:_FIELDS_MAX])
    if len(item.fields) > _FIELDS_MAX:
        fields += f" and {len(item.fields) - _FIELDS_MAX} more"
    warnings = "".join(f"; warning: {warning}" for warning in item.warnings)
    return f"- {who}: {fields}{warnings}"


def _value(value: JsonValue) -> str:
    if value in (None, "", []):
        return "nothing"
    return quoted(value if isinstance(value, str) else to_json(value))
