"""How a sender's state is put into words for the person who waits for it."""

from typing import Final, cast

from twilio_senders_mcp.senders.fields import name_field
from twilio_senders_mcp.senders.status import is_offline_without_reason, status_of
from twilio_senders_mcp.twilio.errors import advice_for
from twilio_senders_mcp.twilio.models import Sender

_NOTES: Final = {
    "CREATING": "Twilio is registering it",
    "PENDING_VERIFICATION": "send the code as configuration.verification_code",
    "VERIFYING": "the code is being checked",
    "ONLINE:UPDATING": "usable while the change is applied",
    "OFFLINE": "not usable",
    "TWILIO_REVIEW": "under review",
    "DRAFT": "registration incomplete",
}
_NAME_NOTES: Final = {
    "PENDING_REVIEW": "Meta is reviewing it",
    "APPROVED": "approved, it goes live by itself",
    "DECLINED": "Meta declined it; choose another",
    "PIN_MISMATCH": "approved but not applied: correct the two-step verification PIN, then submit "
    "the same name again",
    "REGISTRATION_FAILED": "approved but not applied; submit the same name again",
    "EXPIRED": "approved but not applied within 14 days; submit the same name again",
    "COMPLETED": "it is live",
}


def describe(sender: Sender) -> str:
    """Say how a sender is: its status, a pending name, and why it is offline."""
    who = sender.get("sender_id") or sender.get("sid") or "The sender"
    clauses = [f"{who} is {status_clause(sender)}"]
    if pending := pending_name_clause(sender):
        clauses.append(pending)
    lines = [f"- {reason}" for reason in offline_reasons(sender)]
    return "\n".join(["; ".join(clauses) + ".", *lines])


def status_clause(sender: Sender) -> str:
    """Name the status with what it means, such as ``VERIFYING (the code is being checked)``."""
    status = status_of(sender)
    note = _NOTES.get(status)
    if is_offline_without_reason(sender):
        note = "no reason given: normal right after registration"
    return f"{status} ({note})" if note else status


def pending_name_clause(sender: Sender) -> str | None:
    """Say what becomes of a pending display name; None where none is pending."""
    status = name_field(sender, "pending_display_name_status")
    if status is None:
        return None
    note = _NAME_NOTES.get(status)
    name = name_field(sender, "pending_display_name")
    clause = f'the new name "{name}" is {status}' if name else f"the new name is {status}"
    return f"{clause} ({note})" if note else clause


def offline_reasons(sender: Sender) -> list[str]:
    """Return each reason as one line: code, Twilio's message, and the cure where one is known."""
    reasons: object = sender.get("offline_reasons")
    if not isinstance(reasons, list):
        return []
    lines = [_offline_reason(reason) for reason in cast("list[object]", reasons)]
    return [line for line in lines if line]


def _offline_reason(reason: object) -> str:
    if not isinstance(reason, dict):
        return str(reason) if isinstance(reason, str) else ""
    facts = cast("dict[str, object]", reason)
    code, message = facts.get("code"), facts.get("message")
    line = ": ".join(str(part) for part in (code, message) if part)
    advice = advice_for(str(code)) if code else None
    return f"{line}. {advice.cure}" if advice else line
