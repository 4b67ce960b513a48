"""What a sender's status implies for the next step.

The statuses come from Twilio's OpenAPI file, their meanings from Twilio's public skill texts.
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
_CHANGING: Final = {"CREATING", "VERIFYING", "ONLINE:UPDATING", "TWILIO_REVIEW"}
_NEED_ACTION: Final = {"PENDING_VERIFICATION", "DRAFT"}
_UNDER_REVIEW: Final = "PENDING_REVIEW"


def status_of(sender: Sender) -> str:
    """Return the status, or ``unknown`` if Twilio sent none."""
    return str(sender.get("status") or "unknown")


def is_changing(sender: Sender) -> bool:
    """Tell whether the status is expected to change without any action."""
    return status_of(sender) in _CHANGING or is_offline_without_reason(sender)


def needs_action(sender: Sender) -> bool:
    """Tell whether somebody must act before the sender can come online."""
    offline = status_of(sender) == "OFFLINE" and not is_offline_without_reason(sender)
    return offline or status_of(sender) in _NEED_ACTION


def is_online(sender: Sender) -> bool:
    """Tell whether messages can be sent now."""
    return status_of(sender).startswith("ONLINE")


def is_offline_without_reason(sender: Sender) -> bool:
    """Tell whether the status is OFFLINE without a reason, as in the minutes after a registration.

    This is known only if the response contains ``offline_reasons``, which the response to an
    update does not.
    """
    offline = status_of(sender) == "OFFLINE" and "offline_reasons" in sender
    return offline and sender.get("offline_reasons") in (None, [])


def name_is_under_review(sender: Sender) -> bool:
    """Tell whether Meta is still reviewing a new display name."""
    return name_field(sender, "pending_display_name_status") == _UNDER_REVIEW
