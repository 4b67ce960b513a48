"""The changes of an update: its body, and the fields to clear.

Null in the arguments means "not given" (see `twilio_senders_mcp.protocol.arguments`), so ``clear``
is the only way to send a null to Twilio. It is explicit and works the same in every client.
"""

import difflib
from typing import Annotated, Any, Final, Self

from pydantic import MISSING, AfterValidator, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from twilio_senders_mcp.twilio.requests import (
    Configuration,
    Profile,
    SenderFields,
    StrictModel,
    UpdateSender,
    Webhook,
)
from twilio_senders_mcp.twilio.values import AnyText

_SECTIONS: Final[dict[str, type[StrictModel]]] = {
    "configuration": Configuration,
    "webhook": Webhook,
    "profile": Profile,
}
_NEVER_CLEARED: Final = ("sid", "configuration.verification_code")
CLEARABLE: Final = tuple(
    path
    for name in SenderFields.model_fields
    for path in (
        name,
        *(f"{name}.{key}" for key in (_SECTIONS[name].model_fields if name in _SECTIONS else ())),
    )
    if path not in _NEVER_CLEARED
)
"""The dotted path of every field and every section that can be cleared."""


def _check_path(path: str, info: ValidationInfo) -> str:
    if path in _NEVER_CLEARED:
        raise PydanticCustomError("not_clearable", "this field cannot be cleared")
    if path not in CLEARABLE:
        nearest = _nearest_path(path)
        raise PydanticCustomError("unknown_path", "unknown field", {"nearest": nearest})
    if _is_given(path, info.data):
        raise PydanticCustomError("also_given", "this field is also given a value")
    return path


def _nearest_path(path: str) -> str | None:
    """Return the closest clearable path, or the one whose last part is closest."""
    match = difflib.get_close_matches(path, CLEARABLE, n=1, cutoff=0.7)
    if not match:
        last = {known.rpartition(".")[2]: known for known in CLEARABLE}
        near = difflib.get_close_matches(path.rpartition(".")[2], last, n=1, cutoff=0.7)
        match = [last[name] for name in near]
    return match[0] if match else None


def _is_given(path: str, data: dict[str, Any]) -> bool:
    name, _, key = path.partition(".")
    given = data.get(name, MISSING)
    return key in given.model_fields_set if key and given is not MISSING else given is not MISSING


class SenderChanges(SenderFields):
    """The fields of an update, validated together with the fields that it clears."""

    clear: Annotated[
        list[Annotated[AnyText, AfterValidator(_check_path)]],
        Field(
            default_factory=list,
            description="Paths to send as null, such as webhook.fallback_url.",
        ),
    ]

    @model_validator(mode="after")
    def _require_a_change(self) -> Self:
        for name in SenderFields.model_fields.keys() & self.model_fields_set:
            section = getattr(self, name)
            if not isinstance(section, StrictModel) or section.model_fields_set:
                return self
        if self.clear:
            return self
        raise PydanticCustomError("nothing_to_change", "expected at least one field to change")

    def body(self) -> UpdateSender:
        """Return the body to send: the given fields, and null for each cleared field."""
        given: dict[str, Any] = {
            name: getattr(self, name)
            for name in SenderFields.model_fields
            if name in self.model_fields_set
        }
        for path in self.clear:
            name, _, key = path.partition(".")
            if not key:
                given[name] = None
            elif name not in self.clear:
                section = given.get(name) or _SECTIONS[name]()
                given[name] = section.model_copy(update={key: None})
        return UpdateSender.model_construct(**given)
