"""What a profile should have, by channel.

Sources: `.limits` (lengths), Google's RCS documentation (what an agent needs to launch, and the
contrast of the accent colour), Twilio's OpenAPI file of 2026-04-14 (which channel has a field).
That a WhatsApp profile should have a logo and a category, and an e-mail address an @, is our
advice.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, cast

from twilio_senders_mcp.twilio.requests import RCS_FIELDS, WHATSAPP_FIELDS
from twilio_senders_mcp.twilio.responses import Sender

from .contrast import ACCENT_CONTRAST_MIN, contrast_on_white
from .fields import channel_of
from .finding import Finding
from .limits import find_exceeded
from .status import is_online
from .survey_keys import missing_fields

_FOREIGN: Final = {"whatsapp": RCS_FIELDS, "rcs": WHATSAPP_FIELDS}
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PAGES: Final = {"rcs": "topics/rcs"}


def profile_findings(sender: Sender) -> Iterator[Finding]:
    """Yield what is to be said about the profile, apart from the name."""
    found = [*_lengths(sender), *_missing(sender), *_emails(sender), *_accent(sender)]
    found += _foreign(sender)
    if not [one for one in found if one.state != "pass"]:
        yield Finding(
            check="profile",
            state="pass",
            found="The profile is complete and within the documented limits.",
            page=_page(sender),
        )
    yield from found


def profile_of(sender: Sender) -> Mapping[str, object]:
    """Return the profile, empty if there is none."""
    profile: object = sender.get("profile")
    return cast("Mapping[str, object]", profile) if isinstance(profile, dict) else {}


def entries_of(sender: Sender, name: str, key: str) -> list[str]:
    """Return the texts under ``key`` in the entries of a list of the profile."""
    entries = profile_of(sender).get(name)
    return [
        str(cast("dict[str, object]", entry).get(key) or "")
        for entry in (cast("list[object]", entries) if isinstance(entries, list) else [])
        if isinstance(entry, dict)
    ]


def _page(sender: Sender) -> str:
    return _PAGES.get(channel_of(sender), "topics/profile-limits")


def _lengths(sender: Sender) -> Iterator[Finding]:
    for exceeded in find_exceeded(profile_of(sender), sender):
        if exceeded.clause.startswith("profile.name "):
            continue  # the rules of the name say so
        yield Finding(
            check="profile",
            state="fail" if exceeded.confirmed else "warn",
            found=f"{exceeded.clause}.",
            cure="Remove some." if " entries " in exceeded.clause else "Shorten it.",
            page="topics/profile-limits",
        )


def _missing(sender: Sender) -> Iterator[Finding]:
    missing = [name for name in missing_fields(sender) if name != "name"]
    if not missing:
        return
    if channel_of(sender) == "rcs":
        names = ["one of phone_numbers, websites, emails" if n == "contact" else n for n in missing]
        yield Finding(
            check="profile",
            state="warn" if is_online(sender) else "fail",
            found=f"The profile lacks what an RCS launch requires: {', '.join(names)}.",
            cure="Set them.",
            page="topics/rcs",
        )
    else:
        yield Finding(
            check="profile",
            state="warn",
            found=f"The profile has no {' and no '.join(missing)}.",
            cure="Set them, so that people recognize the business.",
            page="topics/profile-limits",
        )


def _emails(sender: Sender) -> Iterator[Finding]:
    for email in entries_of(sender, "emails", "email"):
        if not _EMAIL.fullmatch(email):
            yield Finding(
                check="profile",
                state="warn",
                found="profile.emails has {}, which is not an e-mail address.",
                cure="Correct it.",
                outside=(email,),
            )


def _accent(sender: Sender) -> Iterator[Finding]:
    color = profile_of(sender).get("accent_color")
    if channel_of(sender) != "rcs" or not isinstance(color, str) or not color:
        return
    contrast = contrast_on_white(color)
    if contrast is None:
        yield Finding(
            check="profile",
            state="fail",
            found="profile.accent_color is {}, which is not a colour of the form #RRGGBB.",
            cure="Write it as # and six hexadecimal digits.",
            page="errors/63100",
            outside=(color,),
        )
    else:
        good = contrast >= ACCENT_CONTRAST_MIN
        # Rounded down: 4.49 must not be shown as 4.5.
        shown = int(contrast * 100) / 100
        yield Finding(
            check="profile",
            state="pass" if good else "warn",
            found=f"The contrast of profile.accent_color {{}} on white is {shown:.2f}:1 "
            f"(minimum {ACCENT_CONTRAST_MIN}:1).",
            cure="" if good else "Choose a darker colour.",
            page="topics/rcs",
            outside=(color,),
        )


def _foreign(sender: Sender) -> Iterator[Finding]:
    channel = channel_of(sender)
    profile = profile_of(sender)
    foreign = sorted(name for name in _FOREIGN.get(channel, ()) if profile.get(name))
    if foreign:
        label = "RCS" if channel == "rcs" else "WhatsApp"
        yield Finding(
            check="profile",
            state="warn",
            found=f"{label} does not show {', '.join(foreign)}.",
            cure="Leave it out." if len(foreign) == 1 else "Leave them out.",
            page=_page(sender),
        )
