"""A survey of many senders: how many there are of each kind, and which need somebody's attention.

It keeps counts and a few examples, not the senders themselves.
"""

import bisect
from collections import Counter
from dataclasses import dataclass
from typing import Final, NamedTuple

from twilio_senders_mcp.twilio.responses import Sender

from .fields import field
from .status import status_of
from .survey_keys import key, keys_of

EXAMPLES_MAX: Final = 5
"""How many senders of a group are named."""

_SHARED_BY: Final = 0.8
_SHARED_MIN: Final = 5
"""A webhook host is the usual one if this part of at least so many senders has it."""

_GOOD_QUALITY: Final = ("HIGH", "GREEN", "UNKNOWN", "NONE")
_NEED_ACTION: Final = ("PENDING_VERIFICATION", "DRAFT")
_URGENCY: Final = ("offline", "status", "quality", "name", "webhook", "host", "profile")
"""The dimensions of groups that need attention, the most urgent first."""


class Surveyed(NamedTuple):
    """A sender as a survey remembers it. It sorts by SID."""

    sid: str
    account: str
    sender_id: str
    name: str
    status: str


@dataclass(frozen=True, slots=True)
class Group:
    """Senders with the same problem: its key, how many they are, and some of them.

    ``usual`` is the webhook host that nearly all others have, if the group is about another one.
    """

    key: str
    count: int
    examples: list[Surveyed]
    usual: str = ""


class Survey:
    """What is known about the senders that were added.

    With ``group``, the first ``page_size`` members of that group whose SID comes after ``after``
    are kept, in the order of their SIDs.
    """

    def __init__(self, group: str = "", *, after: str = "", page_size: int = 0) -> None:
        self.senders = 0
        self.members: list[Surveyed] = []
        self.more_members = False
        self._group = group
        self._after = after
        self._page_size = page_size
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, list[Surveyed]] = {}

    def add(self, account: str, sender: Sender) -> None:
        """Count a sender of an account, whose name is empty where there is only one account."""
        self.senders += 1
        surveyed = _surveyed(account, sender)
        keys = keys_of(sender)
        if account:
            keys.add(key("account", account))
        self._counts.update(keys)
        for name in keys:
            examples = self._examples.setdefault(name, [])
            if len(examples) < EXAMPLES_MAX:
                examples.append(surveyed)
        if self._group in keys and surveyed.sid > self._after:
            self._keep(surveyed)

    def count_of(self, group: str) -> int:
        """Return how many senders have the key ``group``."""
        return self._counts[group]

    def counts(self, dimension: str) -> dict[str, int]:
        """Return how many senders have each value of ``dimension``, the most frequent first."""
        prefix = f"{dimension}:"
        found = {
            name.removeprefix(prefix): count
            for name, count in self._counts.items()
            if name.startswith(prefix)
        }
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def groups(self) -> list[Group]:
        """Return the groups that need attention, the most urgent and the largest first."""
        usual = self._usual_host()
        found = [
            Group(
                name,
                count,
                self._examples[name],
                usual if name.startswith("host:") else "",
            )
            for name, count in self._counts.items()
            if _needs_attention(name, usual)
        ]
        return sorted(
            found, key=lambda one: (_URGENCY.index(_dimension(one.key)), -one.count, one.key)
        )

    def _usual_host(self) -> str:
        """Return the webhook host that nearly all senders have, empty if there is none."""
        counts = self.counts("host")
        total = sum(counts.values())
        host, count = next(iter(counts.items()), ("", 0))
        return host if total >= _SHARED_MIN and _SHARED_BY * total <= count < total else ""

    def _keep(self, surveyed: Surveyed) -> None:
        bisect.insort(self.members, surveyed)
        if len(self.members) > self._page_size:
            self.members.pop()
            self.more_members = True


def _surveyed(account: str, sender: Sender) -> Surveyed:
    return Surveyed(
        str(sender.get("sid") or ""),
        account,
        str(sender.get("sender_id") or ""),
        str(field(sender, "profile", "name") or ""),
        status_of(sender),
    )


def _dimension(name: str) -> str:
    return name.partition(":")[0]


def _needs_attention(name: str, usual_host: str) -> bool:
    dimension, _, value = name.partition(":")
    match dimension:
        case "status":
            return value in _NEED_ACTION
        case "quality":
            return value.upper() not in _GOOD_QUALITY
        case "host":
            return bool(usual_host) and value != usual_host
        case _:
            return dimension in _URGENCY
