"""What a sender's status says about what happens next.

Source of the statuses: Twilio's OpenAPI file; of their meaning: Twilio's public skill texts.
"""

from typing import Final

from twilio_senders_mcp.twilio.responses import Sender

from .fields import name_field

KNOWN_STATUSES: Final = (
    "CREATING",
    "PENDING_VERIFICATION",
    "VERIFYING",
    "ONLINE",
    "ONLINE:UPDATING",
    "OFFLINE",
    "TWILIO_REVIEW",
    "DRAFT",
    "STUBBED",
)
_MOVING: Final = {"CREATING", "VERIFYING", "ONLINE:UPDATING", "TWILIO_REVIEW"}
_NEED_ACTION: Final = {"PENDING_VERIFICATION", "DRAFT"}
_UNDER_REVIEW: Final = "PENDING_REVIEW"


def status_of(sender: Sender) -> str:
    """Return the status, ``unknown`` where Twilio gave none."""
    return str(sender.get("status") or "unknown")


def is_moving(sender: Sender) -> bool:
    """Tell whether the status will change by itself."""
    return status_of(sender) in _MOVING or is_offline_without_reason(sender)


def needs_action(sender: Sender) -> bool:
    """Tell whether somebody must do something before the sender can come online."""
    offline = status_of(sender) == "OFFLINE" and not is_offline_without_reason(sender)
    return offline or status_of(sender) in _NEED_ACTION


def is_online(sender: Sender) -> bool:
    """Tell whether messages can be sent now."""
    return status_of(sender).startswith("ONLINE")


def is_offline_without_reason(sender: Sender) -> bool:
    """Tell whether Twilio shows OFFLINE without any reason, as it does after a registration.

    That lasts for minutes. It can be told only where Twilio sends reasons at all, which the
    response to an update does not.
    """
    offline = status_of(sender) == "OFFLINE" and "offline_reasons" in sender
    return offline and sender.get("offline_reasons") in (None, [])


def name_is_under_review(sender: Sender) -> bool:
    """Tell whether Meta has yet to decide on a new display name."""
    return name_field(sender, "pending_display_name_status") == _UNDER_REVIEW
