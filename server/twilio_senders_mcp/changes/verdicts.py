"""The verdict on each field, from the sender as it shows itself after a change."""

from collections.abc import Iterable, Sequence
from typing import Final

from twilio_senders_mcp.senders.diff import (
    NAME,
    FieldChange,
    is_of_other_channel,
    same_value,
    value_of,
)
from twilio_senders_mcp.senders.fields import channel_of, name_field
from twilio_senders_mcp.twilio.responses import Sender

from .runs import FieldResult, Verdict

_IN_REVIEW: Final = frozenset({"PENDING_REVIEW", "APPROVED"})
_WORST_FIRST: Final[tuple[Verdict, ...]] = ("different", "accepted", "pending_review", "applied")


def is_as_wanted(each: FieldChange, sender: Sender) -> bool:
    """Tell whether the sender shows the planned value, or is having it reviewed."""
    return same_value(value_of(sender, each.field), each.after) or is_in_review(each, sender)


def is_as_planned(each: FieldChange, sender: Sender) -> bool:
    """Tell whether the sender still shows the value that the plan saw."""
    return same_value(value_of(sender, each.field), each.before)


def is_in_review(each: FieldChange, sender: Sender) -> bool:
    """Tell whether this is a WhatsApp name that Meta is reviewing, or that is about to go live."""
    return (
        each.field == NAME
        and channel_of(sender) == "whatsapp"
        and name_field(sender, "pending_display_name") == each.after
        and name_field(sender, "pending_display_name_status") in _IN_REVIEW
    )


def field_results(fields: Iterable[FieldChange], sender: Sender) -> tuple[FieldResult, ...]:
    """Return the verdict on each field of a sender that has settled."""
    return tuple(_result(each, sender) for each in fields)


def unsettled_results(
    fields: Iterable[FieldChange], sender: Sender | None
) -> tuple[FieldResult, ...]:
    """Return the verdict on each field of a sender that has not settled in time.

    A value that is not shown yet is ``accepted``. ``sender`` is None if it could not be read.
    """
    results: list[FieldResult] = []
    for each in fields:
        result = _result(each, sender if sender is not None else Sender())
        if result.verdict == "different":
            result = _with_verdict(result, "accepted")
        results.append(result)
    return tuple(results)


def without_verdicts(
    fields: Iterable[FieldChange], sender: Sender | None
) -> tuple[FieldResult, ...]:
    """Return the fields of a sender to which nothing was sent, as they are now."""
    return tuple(
        FieldResult(
            field=each.field,
            verdict=None,
            before=each.before,
            wanted=each.after,
            found=None if sender is None else value_of(sender, each.field),
        )
        for each in fields
    )


def worst(results: Sequence[FieldResult]) -> Verdict:
    """Return the worst verdict."""
    verdicts = {result.verdict for result in results}
    return next(verdict for verdict in _WORST_FIRST if verdict in verdicts)


def _result(each: FieldChange, sender: Sender) -> FieldResult:
    found = value_of(sender, each.field)
    note = None
    if same_value(found, each.after):
        verdict: Verdict = "applied"
    elif is_in_review(each, sender):
        verdict, note = "pending_review", name_field(sender, "pending_display_name_status")
    else:
        verdict = "different"
        if is_of_other_channel(each.field, sender):
            note = "channel"
        elif each.field == NAME:
            note = _status_of_review(each, sender)
    return FieldResult(each.field, verdict, each.before, each.after, found, note)


def _status_of_review(each: FieldChange, sender: Sender) -> str | None:
    if name_field(sender, "pending_display_name") != each.after:
        return None
    return name_field(sender, "pending_display_name_status")


def _with_verdict(result: FieldResult, verdict: Verdict) -> FieldResult:
    return FieldResult(
        result.field, verdict, result.before, result.wanted, result.found, result.note
    )
