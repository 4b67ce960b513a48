"""Search for a sender by a number in any format or by part of a name."""

import re
from typing import Final

from twilio_senders_mcp.twilio.responses import Sender

from .fields import field, name_field

_PHONE: Final = frozenset("0123456789 ()+./-\t\u00a0\u2010\u2011\u2012\u2013\u2014\u2015")


def matches(query: str, sender: Sender) -> bool:
    """Tell whether ``query``, a number in any format or part of a name, matches ``sender``."""
    sender_id = str(sender.get("sender_id") or "")
    text = query.strip().casefold()
    names = [
        sender_id,
        field(sender, "profile", "name"),
        sender.get("friendly_name"),
        name_field(sender, "pending_display_name"),
    ]
    if any(text in str(name).casefold() for name in names if name):
        return True
    digits = _phone_digits(text)
    return bool(digits) and digits in re.sub(r"\D", "", sender_id)


def has_status(status: str, sender: Sender) -> bool:
    """Tell whether the sender has this status, ignoring case."""
    return str(sender.get("status")).casefold() == status.casefold()


def _phone_digits(text: str) -> str:
    """Return the digits of a phone number as in a sender ID, or "" if ``text`` is not a number."""
    number = text.removeprefix("whatsapp:").removeprefix("tel:")
    if not _PHONE.issuperset(number):
        return ""
    # "(0)" and a leading 0 are dialled only within the country; 00 and 011 stand for "+".
    digits = re.sub(r"\D", "", number.replace("(0)", ""))
    for prefix in ("011", "00", "0"):
        if digits.startswith(prefix):
            return digits.removeprefix(prefix)
    return digits
