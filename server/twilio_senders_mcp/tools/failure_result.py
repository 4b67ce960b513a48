"""What every failed call reports, and the sentences that several failures share."""

from dataclasses import dataclass
from typing import Any, Final, Literal

Outcome = Literal["nothing_sent", "nothing_changed", "unknown"]


NOTHING_SENT: Final = "Nothing was sent, nothing changed."
NOTHING_CHANGED: Final = "Nothing changed."


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure as text and as facts; ``docs`` is the page of the reference that helps."""

    text: str
    facts: dict[str, Any]
    docs: str | None = None


def unknown_outcome_sentence(check: str | None) -> str:
    """Return the sentence about an unknown outcome, with the advice ``check`` if there is one."""
    return f"It is unknown whether anything changed{f': {check}' if check else ''}."


def failure(text: str, *, docs: str | None = None, **facts: Any) -> Failure:
    """Return a failure with these facts; ``docs`` is the page of the reference that helps."""
    return Failure(text, facts, docs)
