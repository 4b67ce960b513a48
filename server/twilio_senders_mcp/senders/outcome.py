"""The outcome of each field of an update, as far as Twilio's response shows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

from twilio_senders_mcp.twilio.requests import RCS_FIELDS, WHATSAPP_FIELDS
from twilio_senders_mcp.twilio.responses import Sender

from .fields import channel_of, field, has_field

FieldState = Literal["applied", "cleared", "unavailable", "not_shown"]
"""``unavailable``: the sender's channel does not have the field, and the response does not contain
the new value. ``not_shown``: the response does not contain the new value yet."""

Path = tuple[str, ...]

# These values are equivalent to a reader.
_EMPTY: Final[tuple[object, ...]] = (None, "", [])
_UNAVAILABLE: Final = {"rcs": WHATSAPP_FIELDS, "whatsapp": RCS_FIELDS}


@dataclass(frozen=True, slots=True)
class FieldOutcome:
    """One field of a request, its requested value and its outcome."""

    path: Path
    wanted: object
    state: FieldState

    @property
    def name(self) -> str:
        """The field's dotted path."""
        return ".".join(self.path)


def outcomes(wanted: Mapping[str, object], shown: Sender) -> list[FieldOutcome]:
    """Compare the body of an update with the sender in the response, field by field."""
    return [
        FieldOutcome(path, value, _field_state(path, value, shown))
        for path, value in leaves(wanted)
    ]


def leaves(body: Mapping[str, object], parents: Path = ()) -> Iterator[tuple[Path, object]]:
    """Yield the path and the value of each field that is not an object."""
    for key, value in body.items():
        if isinstance(value, dict):
            yield from leaves(cast("dict[str, object]", value), (*parents, key))
        else:
            yield (*parents, key), value


def _field_state(path: Path, wanted: object, sender: Sender) -> FieldState:
    shown = field(sender, *path)
    if wanted not in _EMPTY and wanted == shown:
        return "applied"
    if path[0] == "profile" and path[-1] in _UNAVAILABLE.get(channel_of(sender), ()):
        return "unavailable"
    empty = wanted in _EMPTY and shown in _EMPTY and has_field(sender, *path)
    return "cleared" if empty else "not_shown"
