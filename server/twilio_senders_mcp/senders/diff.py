"""What an update would change on a sender, field by field.

A field is named by its dotted path. Null, ``""`` and ``[]`` are equal here, because Twilio shows
any of them for an empty field; so are two list entries that differ only in empty keys.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from pydantic import JsonValue

from twilio_senders_mcp.twilio.requests import (
    RCS_FIELDS,
    WHATSAPP_FIELDS,
    Configuration,
    Profile,
    Webhook,
)
from twilio_senders_mcp.twilio.responses import Sender

from .fields import channel_of, field, has_field

NAME: Final = "profile.name"
CODE: Final = "configuration.verification_code"

_SECTIONS: Final = {
    "configuration": tuple(Configuration.model_fields),
    "webhook": tuple(Webhook.model_fields),
    "profile": tuple(Profile.model_fields),
}
_OF_OTHER_CHANNEL: Final = {"rcs": WHATSAPP_FIELDS, "whatsapp": RCS_FIELDS}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, the value that the sender shows, and the value it is to have."""

    field: str
    before: JsonValue
    after: JsonValue


def field_changes(body: Mapping[str, object], sender: Sender) -> tuple[FieldChange, ...]:
    """Return the fields of an update's body that differ from the sender's, in the body's order.

    A section given as null counts as null for each of its fields that has a value; the name of a
    WhatsApp sender cannot be removed and is left out.
    """
    return tuple(
        FieldChange(path, before, after)
        for path, after in _wanted(body, sender)
        if not same_value(before := value_of(sender, path), after)
    )


def value_of(sender: Sender, path: str) -> JsonValue:
    """Return the value of the field with this dotted path, or None."""
    return cast("JsonValue", field(sender, *path.split(".")))


def shows_fields(sender: Sender, body: Mapping[str, object]) -> bool:
    """Tell whether Twilio sent every field of an update's body, with whatever value."""
    return all(has_field(sender, *path.split(".")) for path, _ in _wanted(body, sender))


def same_value(one: JsonValue, other: JsonValue) -> bool:
    """Tell whether two values of a field are equal to a reader."""
    if is_empty(one) or is_empty(other):
        return is_empty(one) and is_empty(other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return all(same_value(one.get(key), other.get(key)) for key in one.keys() | other.keys())
    return one == other


def is_of_other_channel(path: str, sender: Sender) -> bool:
    """Tell whether the sender's channel does not have this field."""
    section, _, name = path.partition(".")
    return section == "profile" and name in _OF_OTHER_CHANNEL.get(channel_of(sender), ())


def body_of(fields: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the body of an update that sets these fields, which are named by their paths."""
    body: dict[str, JsonValue] = {}
    for path, value in fields.items():
        section, _, name = path.partition(".")
        if name:
            cast("dict[str, JsonValue]", body.setdefault(section, {}))[name] = value
        else:
            body[section] = value
    return body


def _wanted(body: Mapping[str, object], sender: Sender) -> Iterator[tuple[str, JsonValue]]:
    for section, value in body.items():
        if isinstance(value, dict):
            for name, each in cast("dict[str, JsonValue]", value).items():
                yield f"{section}.{name}", each
        elif value is None and section in _SECTIONS:
            for name in _SECTIONS[section]:
                path = f"{section}.{name}"
                if path != CODE and not (path == NAME and channel_of(sender) == "whatsapp"):
                    yield path, None
        else:
            yield section, cast("JsonValue", value)


def is_empty(value: JsonValue) -> bool:
    """Tell whether a field with this value is empty."""
    return value is None or value in ("", [])
