"""The sandbox's data about one sender. Times are in seconds on the sandbox's clock."""

from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

Channel = Literal["whatsapp", "rcs"]
JsonObject = dict[str, JsonValue]
Schedule = list[tuple[float, str]]
"""Future statuses, each with the time at which it begins, in order of time."""


@dataclass(slots=True, kw_only=True)
class NameChange:
    """A WhatsApp display name under review by Meta."""

    name: str
    status: str
    changed_at: float
    schedule: Schedule = field(default_factory=list[tuple[float, str]])


@dataclass(slots=True, kw_only=True)
class Sender:
    """One sender. It has no field for a verification code, because none is ever stored.

    ``position`` increases with every sender that is created and orders the list.
    """

    sid: str
    position: int
    sender_id: str
    status: str
    schedule: Schedule = field(default_factory=list[tuple[float, str]])
    friendly_name: JsonValue = None
    configuration: JsonObject | None = None
    webhook: JsonObject | None = None
    profile: JsonObject | None = None
    name_change: NameChange | None = None
    properties: JsonObject | None = None
    offline_reasons: list[JsonValue] | None = None
    compliance: JsonObject | None = None

    @property
    def channel(self) -> Channel:
        """The channel in the sender ID."""
        return channel_of(self.sender_id)


def channel_of(sender_id: str) -> Channel:
    """Return the channel of a valid sender ID."""
    return "rcs" if sender_id.startswith("rcs:") else "whatsapp"
