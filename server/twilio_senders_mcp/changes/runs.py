"""The types of a run: its state, and what became of each sender and each field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import JsonValue

from .failures import Failure

RunState = Literal["running", "paused", "stopped", "cancelled", "done"]
"""``stopped``: too much went wrong; the run can be resumed or cancelled. ``cancelled`` and ``done``
are final."""

StopReason = Literal["canary", "too_many"]

Action = Literal["pause", "resume", "cancel"]

Verdict = Literal["applied", "pending_review", "accepted", "different"]
"""The outcome of one field, as the sender shows it afterwards. ``accepted``: Twilio accepted it and
had not applied it when the wait was over. ``different``: the sender shows another value."""

Outcome = Literal[
    "applied",
    "pending_review",
    "accepted",
    "different",
    "unchanged",
    "conflict",
    "refused",
    "unknown",
    "not_sent",
]
"""The outcome of one sender: the worst of its fields' verdicts, or one of five others.

``unchanged``: the sender already was as wanted, and nothing was sent. ``conflict``: somebody
changed a field after the plan was made, and nothing was sent. ``refused``: Twilio refused.
``unknown``: the request may have been carried out, and the sender could not be read since; it is
read again when the run is resumed. ``not_sent``: the sender could not be read or Twilio not be
reached, and nothing was sent; it is tried again when the run is resumed."""

OUTCOMES: Final[tuple[Outcome, ...]] = (
    "applied",
    "pending_review",
    "accepted",
    "different",
    "unchanged",
    "conflict",
    "refused",
    "unknown",
    "not_sent",
)
"""In the order in which a report shows them."""

TROUBLE: Final = frozenset[Outcome](("refused", "different", "unknown", "not_sent"))
"""The outcomes that count towards stopping a run."""

PROBLEMS: Final = TROUBLE | frozenset[Outcome](("conflict", "accepted"))
"""The outcomes that a report of problems shows."""


@dataclass(frozen=True, slots=True)
class FieldResult:
    """What became of one field.

    ``wanted`` is the planned value and ``before`` what the plan saw. ``found`` is what the sender
    showed last: in a conflict, the value that somebody else set. ``verdict`` is None if nothing
    was sent. ``note`` is Twilio's status of a name's review, or ``channel`` for a field that the
    sender's channel does not have.
    """

    field: str
    verdict: Verdict | None
    before: JsonValue
    wanted: JsonValue
    found: JsonValue
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RunItem:
    """What became of one sender; ``outcome`` is None while it waits or is on its way.

    ``failure`` is the failed call that led to the outcome, if there was one.
    """

    sid: str
    sender_id: str
    account: str
    outcome: Outcome | None
    fields: tuple[FieldResult, ...] = ()
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run without its items.

    ``counts`` has a number for each outcome that occurred. ``waiting`` counts the senders without
    an outcome. ``leg`` numbers the stretches of the run, from 1: each resumption begins another
    one. Times are in seconds since the epoch. ``executing`` is true if this or another
    process was carrying out runs within the last seconds; a run without one waits.
    """

    run: str
    plan: str
    state: RunState
    leg: int
    senders: int
    waiting: int
    counts: Mapping[Outcome, int]
    canary: int
    stop_after: int
    created_at: float
    finished_at: float | None
    stopped_because: StopReason | None
    executing: bool
    undo_of: str | None

    @property
    def is_over(self) -> bool:
        """Whether nothing will happen any more unless somebody acts."""
        return self.state != "running"


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with one page of its items."""

    summary: RunSummary
    show: Literal["problems", "all"]
    items: tuple[RunItem, ...]
    next_page_token: str | None
