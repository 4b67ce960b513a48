"""What a sender's status means for the person who waits for it, and what to do next."""

from typing import Final, cast

from twilio_senders_mcp.twilio.errors import advice_for
from twilio_senders_mcp.twilio.models import Sender

from .sender_answer import name_field

_NOTES: Final = {
    "CREATING": "Twilio is registering it",
    "PENDING_VERIFICATION": "send the code as configuration.verification_code",
    "VERIFYING": "the code is being checked",
    "ONLINE:UPDATING": "usable while the change is applied",
    "OFFLINE": "not usable",
    "TWILIO_REVIEW": "under review",
    "DRAFT": "registration incomplete",
}
_MOVING: Final = {"CREATING", "VERIFYING", "ONLINE:UPDATING", "TWILIO_REVIEW"}
_NEED_ACTION: Final = {"PENDING_VERIFICATION", "DRAFT"}
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
_UNDER_REVIEW: Final = "PENDING_REVIEW"


def status_clause(sender: Sender) -> str:
    """Name the status with what it means, such as ``VERIFYING (the code is being checked)``."""
    status = str(sender.get("status") or "unknown")
    note = _NOTES.get(status)
    if _is_offline_for_a_moment(sender):
        note = "no reason given: normal right after registration"
    return f"{status} ({note})" if note else status


def is_moving(sender: Sender) -> bool:
    """Tell whether the status will change by itself."""
    return _status(sender) in _MOVING or _is_offline_for_a_moment(sender)


def needs_action(sender: Sender) -> bool:
    """Tell whether somebody must do something before the sender can come online."""
    offline = _status(sender) == "OFFLINE" and not _is_offline_for_a_moment(sender)
    return offline or _status(sender) in _NEED_ACTION


def _is_offline_for_a_moment(sender: Sender) -> bool:
    """Twilio shows OFFLINE for minutes after a registration, then without any reason.

    Only where reasons are sent at all, which an answer to an update does not, can that be told.
    """
    offline = _status(sender) == "OFFLINE" and "offline_reasons" in sender
    return offline and sender.get("offline_reasons") in (None, [])


def _status(sender: Sender) -> str:
    return str(sender.get("status"))


def is_online(sender: Sender) -> bool:
    """Tell whether messages can be sent now."""
    return str(sender.get("status") or "").startswith("ONLINE")


def name_is_under_review(sender: Sender) -> bool:
    """Tell whether Meta has yet to decide on a new display name."""
    return name_field(sender, "pending_display_name_status") == _UNDER_REVIEW


def name_clause(sender: Sender) -> str | None:
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
    lines = [_reason(reason) for reason in cast("list[object]", reasons)]
    return [line for line in lines if line]


def _reason(reason: object) -> str:
    if not isinstance(reason, dict):
        return str(reason) if isinstance(reason, str) else ""
    facts = cast("dict[str, object]", reason)
    code, message = facts.get("code"), facts.get("message")
    line = ": ".join(str(part) for part in (code, message) if part)
    advice = advice_for(str(code)) if code else None
    return f"{line}. {advice.cure}" if advice else line
