"""What becomes of a new WhatsApp display name, as far as Twilio's response tells.

Source: the official ``twilio`` library 9.13.0. A new name goes to Meta; ``profile.name`` stays the
live name until Meta has approved the new one and Twilio has registered it.
"""

from twilio_senders_mcp.twilio.requests import Profile, SenderFields
from twilio_senders_mcp.twilio.responses import Sender

from .fields import channel_of, field, name_field


def requested_name(changes: SenderFields) -> str | None:
    """Return the display name that a request gives, None where it gives none."""
    profile = changes.profile
    name = profile.name if isinstance(profile, Profile) else None
    return name if isinstance(name, str) and name else None


def is_reviewed(name: str, sender: Sender) -> bool:
    """Tell whether submitting ``name`` would send it to Meta: RCS names and the live one do not."""
    return name != field(sender, "profile", "name") and channel_of(sender) != "rcs"


def review_outcome(wanted: object, sender: Sender) -> str | None:
    """Return Twilio's ``display_name_status``, None where the name is a field like any other.

    Where Twilio does not send it, a name that is live is ``live``, and one that is not yet live
    is taken to be ``updating``.
    """
    live = field(sender, "profile", "name")
    if wanted in (None, "") or channel_of(sender) == "rcs":
        return None
    if status := name_field(sender, "display_name_status"):
        return status
    if wanted == live:
        return "live"
    return "updating" if live else None
