"""How the person at the terminal is told and asked."""

from collections.abc import Callable
from dataclasses import dataclass

from .errors import ClientUsageError


@dataclass(frozen=True)
class Dialogue:
    """The person, and what was agreed beforehand."""

    say: Callable[[str], None]
    ask: Callable[[str], bool]
    """Asks a question and returns whether the answer is yes."""
    can_ask: bool = True
    """Whether there is a person at a terminal."""
    dry_run: bool = False
    yes: bool = False


def agreed(dialogue: Dialogue, question: str) -> bool:
    """Return whether to go on, asking if that is not settled.

    Raises:
        ClientUsageError: if nobody is there to ask.

    """
    if dialogue.dry_run:
        return False
    if dialogue.yes:
        return True
    if not dialogue.can_ask:
        raise ClientUsageError(
            "nothing was written, because there is no terminal at which to ask; repeat the "
            "command with --yes, or with --dry-run to see the difference only"
        )
    return dialogue.ask(question)
