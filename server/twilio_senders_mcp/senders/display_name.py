"""The outcome of a change of a WhatsApp display name, as far as Twilio's response shows it.

Source: the official ``twilio`` library 9.13.0. Meta reviews a new name; ``profile.name`` remains
the live name until Meta has approved the new one and Twilio has registered it.
"""

from twilio_senders_mcp.twilio.requests import Profile, SenderFields
from twilio_senders_mcp.twilio.responses import Sender

from .fields import channel_of, field, name_field


def requested_name(changes: SenderFields) -> str | None:
    """Return the display name in a request, or None."""
    profile = changes.profile
    name = profile.name if isinstance(profile, Profile) else None
    return name if isinstance(name, str) and name else None


def is_reviewed(name: str, sender: Sender) -> bool:
    """Tell whether Meta would review ``name``; RCS names and the live name are not reviewed."""
    return name != field(sender, "profile", "name") and channel_of(sender) != "rcs"


def review_outcome(wanted: object, sender: Sender) -> str | None:
    """Return Twilio's ``display_name_status``, or None if the name is not subject to a review.

    If Twilio does not send the status, the live name counts as ``live`` and any other name as
    ``updating``.
    """
    live = field(sender, "profile", "name")
    if wanted in (None, "") or channel_of(sender) == "rcs":
        return None
    if status := name_field(sender, "display_name_status"):
        return status
    if wanted == live:
        return "live"
    return "updating" if live else None
