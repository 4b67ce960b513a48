"""The types of a plan: what is asked for, and what would change.

Values are those of JSON. A field is named by its dotted path, such as ``webhook.callback_url``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from twilio_senders_mcp.senders.diff import FieldChange
from twilio_senders_mcp.twilio.requests import UpdateSender

from .accounts import Account
from .failures import Failure

SENDERS_MAX: Final = 1000
"""Maximum number of senders that one plan reads."""

PAGE_ITEMS: Final = 20
"""Number of items on a page of a plan or a run."""

PLAN_SECONDS: Final = 24 * 3600.0
"""How long a plan may be applied, in seconds."""

PlanKind = Literal["set", "replace_host", "rows", "undo"]

SkipReason = Literal[
    "not_found",
    "unknown_account",
    "read_only",
    "read_failed",
    "changed_since",
    "not_restorable",
]
"""Why a sender is not in a plan. ``not_found``: the account has no sender with this SID.
``read_failed``: Twilio did not show it; the failure says why. ``changed_since``: every field that
would be restored was changed by somebody else. ``not_restorable``: the API cannot set the fields to
what they were."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A sender that is left out of the plan. ``fields`` are those that the reason is about."""

    sid: str
    reason: SkipReason
    account: str | None = None
    fields: tuple[str, ...] = ()
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class SendersBySid:
    """Senders named one by one; each pair is an account's name or SID, and a sender's SID."""

    senders: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SendersByQuery:
    """The senders of these accounts that match; an empty query or status matches every sender.

    Without a channel, both channels are read.
    """

    accounts: Sequence[Account]
    channel: Literal["whatsapp", "rcs"] | None = None
    query: str = ""
    status: str = ""


Selection = SendersBySid | SendersByQuery


@dataclass(frozen=True, slots=True)
class SetFields:
    """The same fields for every sender; null clears, as in `UpdateSender`."""

    body: UpdateSender


@dataclass(frozen=True, slots=True)
class ReplaceHost:
    """Another host in every webhook URL that has the host ``old``; a port may be part of it."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class SetRows:
    """The fields of each sender, by its SID."""

    bodies: Mapping[str, UpdateSender]


Change = SetFields | ReplaceHost | SetRows


@dataclass(frozen=True, slots=True)
class PlanItem:
    """What would change on one sender. ``status`` is the sender's when it was read."""

    sid: str
    sender_id: str
    account: str
    status: str
    fields: tuple[FieldChange, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """How many senders were looked at, and what would happen to them.

    ``senders`` is the sum of the other three.
    """

    senders: int
    changes: int
    unchanged: int
    skipped: int


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan with one page of its items.

    Times are in seconds since the epoch. ``impacts`` are sentences for the person who decides.
    ``skipped`` stands on the first page only and names the first `PAGE_ITEMS`; the number is in
    the counts. ``run`` is the run that the plan was applied as, if it was. ``canary`` and
    ``stop_after`` are what `Changes.apply` takes if it is not told otherwise.
    """

    plan: str
    kind: PlanKind
    created_at: float
    expires_at: float
    counts: PlanCounts
    items: tuple[PlanItem, ...]
    skipped: tuple[Skipped, ...]
    impacts: tuple[str, ...]
    next_page_token: str | None
    canary: int
    stop_after: int
    run: str | None = None
    accounts: tuple[str, ...] = field(default=())


def default_canary(changes: int) -> int:
    """Return how many senders are changed first: one if there are more than five."""
    return 1 if changes > 5 else 0  # noqa: PLR2004 - said above


def default_stop_after(changes: int) -> int:
    """Return how many senders may go wrong: the larger of three and five per cent."""
    return max(3, -(-changes * 5 // 100))
