"""A sender's state in words."""

from typing import Final, cast

from twilio_senders_mcp.senders.fields import field, name_field
from twilio_senders_mcp.senders.status import is_changing, is_offline_without_reason, status_of
from twilio_senders_mcp.twilio.errors import advice_for
from twilio_senders_mcp.twilio.responses import Sender

from .outside_text import identifier, one_line, quoted

_REASONS_MAX: Final = 5
_REASON_MAX: Final = 300
_NOTES: Final = {
    "CREATING": "Twilio is registering it",
    "PENDING_VERIFICATION": "waiting for the code",
    "VERIFYING": "the code is being checked",
    "ONLINE:UPDATING": "usable while the change is applied",
    "OFFLINE": "not usable",
    "TWILIO_REVIEW": "under review",
    "DRAFT": "registration incomplete",
}
_NAME_NOTES: Final = {
    "PENDING_REVIEW": "Meta is reviewing it",
    "APPROVED": "approved; it goes live automatically",
    "DECLINED": "Meta declined it; choose another",
    "PIN_MISMATCH": "approved but not applied: correct the two-step verification PIN, then submit "
    "the same name again",
    "REGISTRATION_FAILED": "approved but not applied; submit the same name again",
    "EXPIRED": "approved but not applied within 14 days; submit the same name again",
    "COMPLETED": "it is live",
}
_NEXT: Final = {
    "PENDING_VERIFICATION": "Send the code that the number receives with update_sender, as "
    "configuration.verification_code.",
    "DRAFT": "Complete the registration in the Twilio Console.",
}
CHECK: Final = "Call check_sender to find everything that is wrong."
WAIT: Final = "Wait with wait_for_sender until it settles."


def sender_name(sender: Sender) -> str:
    """Return a sender's name for a sentence: its sender ID, or else its SID."""
    known = sender.get("sender_id") or sender.get("sid")
    return identifier(known) if known else "the sender"


def describe(sender: Sender, remark: str = "") -> str:
    """Return sentences on a sender's status, its pending name and why it is offline.

    ``remark`` is a sentence to insert before the reasons.
    """
    known = sender.get("status")
    name = sender_name(sender)
    clauses = [
        f"{name} is {status_clause(sender)}" if known else f"the status of {name} is unknown"
    ]
    if pending := pending_name_clause(sender):
        clauses.append(pending)
    first = "; ".join(clauses) + (f". {remark}" if remark else ".")
    return "\n".join(
        [first[0].upper() + first[1:] if first.startswith("the ") else first]
        + [f"- {reason}" for reason in offline_reasons(sender)]
    )


def next_step(sender: Sender) -> str:
    """Return the next step for a sender's status, empty if there is none."""
    if waiting := _NEXT.get(status_of(sender)) or (WAIT if is_changing(sender) else ""):
        return waiting
    return CHECK if status_of(sender) == "OFFLINE" else ""


def status_clause(sender: Sender) -> str:
    """Return the status with its meaning, such as ``VERIFYING (the code is being checked)``."""
    status = status_of(sender)
    note = _NOTES.get(status)
    if is_offline_without_reason(sender):
        note = "no reason given: normal right after registration"
    return f"{identifier(status)} ({note})" if note else identifier(status)


def live_name(sender: Sender) -> str:
    """Return the live display name in quotation marks, empty if there is none."""
    name = field(sender, "profile", "name")
    return quoted(name) if name else ""


def pending_name_clause(sender: Sender) -> str | None:
    """Return a clause on the state of a pending display name, or None."""
    status = name_field(sender, "pending_display_name_status")
    if status is None:
        return None
    note = name_note(status)
    name = name_field(sender, "pending_display_name")
    clause = f"the new name{f' {quoted(name)}' if name else ''} is {identifier(status)}"
    return f"{clause} ({note})" if note else clause


def name_note(status: str) -> str:
    """Return what the state of a pending display name means, empty if that is not known."""
    return _NAME_NOTES.get(status, "")


def offline_reasons(sender: Sender) -> list[str]:
    """Return each reason as one line: its code, Twilio's message, and the cure if one is known."""
    reasons: object = sender.get("offline_reasons")
    if not isinstance(reasons, list):
        return []
    lines = [_offline_reason(reason) for reason in cast("list[object]", reasons)]
    lines = [line for line in lines if line]
    more = len(lines) - _REASONS_MAX
    return [*lines[:_REASONS_MAX], f"and {more} more"] if more > 0 else lines


def _offline_reason(reason: object) -> str:
    if not isinstance(reason, dict):
        return quoted(reason, _REASON_MAX) if isinstance(reason, str) and reason else ""
    facts = cast("dict[str, object]", reason)
    code, message = facts.get("code"), facts.get("message")
    parts = [identifier(code)] if code else []
    parts += [quoted(message, _REASON_MAX)] if message else []
    line = ": ".join(parts)
    advice = advice_for(one_line(code)) if code else None
    return f"{line}. {advice.cure}" if advice else line
