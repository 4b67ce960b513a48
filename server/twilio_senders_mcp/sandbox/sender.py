"""What the sandbox keeps of one sender. Times are seconds on the sandbox's clock."""

from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

Channel = Literal["whatsapp", "rcs"]
JsonObject = dict[str, JsonValue]
Schedule = list[tuple[float, str]]
"""Statuses still to come, each with the time it begins, soonest first."""


@dataclass(slots=True, kw_only=True)
class NameChange:
    """A WhatsApp display name on its way through Meta's review."""

    name: str
    status: str
    changed_at: float
    schedule: Schedule = field(default_factory=list[tuple[float, str]])


@dataclass(slots=True, kw_only=True)
class Sender:
    """One sender. It has no place for a verification code: none is ever stored.

    ``position`` grows with every sender made and orders the list.
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
        """The channel that the sender ID names."""
        return channel_of(self.sender_id)


def channel_of(sender_id: str) -> Channel:
    """Return the channel of a valid sender ID."""
    return "rcs" if sender_id.startswith("rcs:") else "whatsapp"
