"""Lenient access to a sender's fields: any may be absent, null or of an unexpected type."""

from typing import Literal, cast

from twilio_senders_mcp.twilio.responses import Sender

ChannelOfSender = Literal["whatsapp", "rcs", "unknown"]


def field(sender: Sender, *path: str) -> object:
    """Return the value at ``path``, or None."""
    value: object = sender
    for key in path:
        value = cast("dict[str, object]", value).get(key) if isinstance(value, dict) else None
    return value


def has_field(sender: Sender, *path: str) -> bool:
    """Tell whether Twilio sent a value at ``path``; null counts, for the field or its section."""
    value: object = sender
    for key in path:
        if value is None:
            return True
        if not isinstance(value, dict) or key not in value:
            return False
        value = cast("dict[str, object]", value)[key]
    return True


def name_field(sender: Sender, name: str) -> str | None:
    """Return a field of the display-name review as a string.

    Twilio's library reads these fields at the top level, but one of Twilio's pages describes them
    inside ``profile``, so this function looks in both places.
    """
    value = field(sender, name) or field(sender, "profile", name)
    return str(value) if value else None


def channel_of(sender: Sender) -> ChannelOfSender:
    """Return the channel in the sender's ID."""
    sender_id = str(sender.get("sender_id"))
    if sender_id.startswith("whatsapp:"):
        return "whatsapp"
    return "rcs" if sender_id.startswith("rcs:") else "unknown"
