"""The senders of a new sandbox, read from ``seeds.json``, which has a list for each account."""

import json
from pathlib import Path
from typing import TypedDict

from twilio_senders_mcp.sandbox.sender import JsonObject, NameChange, Sender

PENDING_SENDER = "XE" + "a" * 32
"""WhatsApp, waiting for its verification code."""
ONLINE_SENDER = "XE" + "b" * 32
"""WhatsApp, online, with every field set."""
OFFLINE_SENDER = "XE" + "c" * 32
"""WhatsApp, offline, with a reason, and broken in many other ways for a check-up to find."""
REVIEW_SENDER = "XE" + "d" * 32
"""WhatsApp, online, with a new name whose review never ends."""
RCS_SENDER = "XE" + "e" * 32
"""RCS, online, with its approvals by country and carrier."""

BAKERY_SENDER = "XE" + "1" * 32
"""WhatsApp, online, of the subaccount Bakery."""
FLORIST_SENDER = "XE" + "2" * 32
"""WhatsApp, offline, of the subaccount Florist."""


def seeded_senders(account_sid: str, now: float) -> list[Sender]:
    """Return fresh copies of an account's seeds, in the order of the file."""
    return [
        _seeded_sender(seed, position, now)
        for position, seed in enumerate(json.loads(_FILE.read_bytes()).get(account_sid, []))
    ]


class _Seed(TypedDict):
    sender: JsonObject
    name_in_review: str | None


def _seeded_sender(seed: _Seed, position: int, now: float) -> Sender:
    sender = Sender(position=position, **seed["sender"])  # pyright: ignore[reportArgumentType] # our own data file; tests check every seed
    if (name := seed["name_in_review"]) is not None:
        sender.name_change = NameChange(name=name, status="PENDING_REVIEW", changed_at=now)
    return sender


_FILE = Path(__file__).with_name("seeds.json")
