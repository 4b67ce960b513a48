"""What is documented about the pictures of a profile.

Sources: Google's RCS documentation for RCS; for WhatsApp other providers' pages, which disagree, so
that everything about a WhatsApp logo is a warning at most. So is everything about the pictures of
an RCS sender that is online: it was launched with them.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from twilio_senders_mcp.twilio.responses import Sender

from .fields import channel_of
from .finding import Finding, State
from .status import is_online

_KINDS: Final = ("jpeg", "png")
_WHATSAPP_PIXELS_MIN: Final = 192
_WHATSAPP_BYTES_MAX: Final = 5 << 20
_RCS: Final = {
    "profile.logo_url": ((224, 224), 50 << 10),
    "profile.banner_url": ((1440, 448), 200 << 10),
}
"""For each field: the pixels, and the maximum size in bytes."""


class PictureFacts(NamedTuple):
    """What is known of a picture: empty, zero and None are unknown."""

    kind: str
    declared: str
    width: int
    height: int
    size: int | None


def picture_findings(field: str, picture: PictureFacts, sender: Sender) -> Iterator[Finding]:
    """Yield what is to be said about the picture in ``field``."""
    rcs = channel_of(sender) == "rcs"
    page = "topics/rcs" if rcs else "topics/profile-limits"
    state: State = "fail" if rcs and not is_online(sender) else "warn"
    if not picture.kind:
        yield Finding(
            check="picture",
            state=state,
            found=f"{field} does not lead to an image; the server declares the type {{}}.",
            cure="Set the URL of a JPG or PNG file.",
            page=page,
            outside=(picture.declared or "none",),
        )
        return
    problems = [*_type_problems(picture), *(_rcs(field, picture) if rcs else _whatsapp(picture))]
    for problem in problems:
        yield Finding(
            check="picture",
            state=state,
            found=f"{field}: {problem}.",
            cure="Replace the picture.",
            page=page,
        )
    if not problems:
        yield Finding(
            check="picture", state="pass", found=f"{field}: {_description(picture)}.", page=page
        )


def _type_problems(picture: PictureFacts) -> Iterator[str]:
    if picture.kind not in _KINDS:
        yield f"the picture is {picture.kind.upper()}, not JPG or PNG"
    elif picture.declared not in (f"image/{picture.kind}", "image/jpg"):
        yield f"the picture is {picture.kind.upper()}, but its declared type is not image/" + (
            picture.kind
        )


def _whatsapp(picture: PictureFacts) -> Iterator[str]:
    width, height = picture.width, picture.height
    if width and height and width != height:
        yield f"{width}x{height} pixels are not a square"
    if width and min(width, height) < _WHATSAPP_PIXELS_MIN:
        yield f"{width}x{height} pixels are fewer than {_WHATSAPP_PIXELS_MIN}"
    if picture.size is None or picture.size > _WHATSAPP_BYTES_MAX:
        yield "it has more than 5 MB"


def _rcs(field: str, picture: PictureFacts) -> Iterator[str]:
    pixels, most = _RCS[field]
    if picture.width and (picture.width, picture.height) != pixels:
        yield f"{picture.width}x{picture.height} pixels instead of {pixels[0]}x{pixels[1]}"
    if picture.size is None or picture.size > most:
        yield f"it has more than {most >> 10} kB"


def _description(picture: PictureFacts) -> str:
    size = f", {(picture.size or 0) / 1000:.0f} kB"
    return f"{picture.kind.upper()}, {picture.width}x{picture.height} pixels{size}"
