"""What a check of a sender found, as data."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

State = Literal["fail", "warn", "unknown", "skipped", "pass"]
Verdict = Literal["ready", "needs_attention", "blocked"]

_ORDER: Final[tuple[State, ...]] = ("fail", "warn", "unknown", "skipped", "pass")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The outcome of one check.

    ``found`` says what was found; each ``{}`` in it stands for one of ``outside``, texts that
    others wrote. ``cure`` says what to do. ``page`` is the page of the reference that explains it.
    With ``first``, it comes before others of the same state.
    """

    check: str
    state: State
    found: str
    cure: str = ""
    page: str = "topics/checks"
    outside: tuple[object, ...] = ()
    first: bool = False


def most_urgent_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings by urgency; otherwise they keep their order."""
    return sorted(findings, key=lambda one: (_ORDER.index(one.state), not one.first))


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Return ``blocked`` if anything failed, ``needs_attention`` if there is a warning."""
    states = {finding.state for finding in findings}
    if "fail" in states:
        return "blocked"
    return "needs_attention" if "warn" in states else "ready"
