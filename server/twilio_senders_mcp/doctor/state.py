"""The folder or the database of plans and runs."""

import time
from collections.abc import Iterator
from typing import Final

import anyio.to_thread

from twilio_senders_mcp.changes.errors import StateProblem
from twilio_senders_mcp.changes.inspection import StateFacts, inspect_state
from twilio_senders_mcp.changes.state import StateSettings
from twilio_senders_mcp.tools.outside_text import quoted

from .diagnosis import Diagnosis

_UNUSABLE: Final[dict[StateProblem, tuple[str, str]]] = {
    "folder": (
        "{} cannot be created or written.",
        "Give the user of this server the right to write there, or set TWILIO_SENDERS_STATE.",
    ),
    "unreadable": (
        "{} has files that are not of this server, or of a newer version of it.",
        "Install the newer version, or set TWILIO_SENDERS_STATE to another folder.",
    ),
    "database": (
        "{} cannot be reached, or this user may not create or write the tables.",
        "Check TWILIO_SENDERS_STATE and the rights of the user in the database.",
    ),
    "busy": (
        "{} was locked by another process for too long.",
        "Look for a process that hangs, then run doctor again.",
    ),
}


async def check_state(settings: StateSettings) -> list[Diagnosis]:
    """Look at the state without changing it."""
    if settings.temporary:
        text = "Plans and runs on the sandbox are kept in a temporary folder."
        return [Diagnosis("state", "ok", text)]
    facts = await anyio.to_thread.run_sync(
        lambda: inspect_state(settings, now=time.time()), abandon_on_cancel=True
    )
    return list(describe_state(facts))


def describe_state(facts: StateFacts) -> Iterator[Diagnosis]:
    """Yield what is wrong with a state, and then what is in it."""
    place = quoted(facts.place, 500)
    if facts.problem is not None:
        found, cure = _UNUSABLE[facts.problem]
        yield Diagnosis("state", "problem", found.format(place), cure)
        return
    if facts.of_others:
        yield Diagnosis(
            "state",
            "problem",
            f"{place} belongs to other accounts.",
            "Set TWILIO_SENDERS_STATE to a folder or database of these accounts.",
        )
        return
    if facts.foreign:
        yield Diagnosis(
            "state",
            "warning",
            f"{place} belongs to another user of this machine.",
            "Run the server as that user, or set TWILIO_SENDERS_STATE to a folder of your own.",
        )
    if facts.exposed:
        names = ", ".join(quoted(path, 500) for path in facts.exposed)
        yield Diagnosis(
            "state",
            "warning",
            f"Other users of this machine may read {names}.",
            "Take the permission from them: chmod go= on each.",
        )
    if facts.unfinished and not facts.executing:
        yield Diagnosis(
            "state",
            "warning",
            f"Unfinished runs: {facts.unfinished}, and no process carries them out.",
            "Start the server, or run: twilio-senders-mcp worker",
        )
    yield Diagnosis("state", "ok", _summary(facts, place))


def _summary(facts: StateFacts, place: str) -> str:
    if not facts.exists:
        text = f"{place} can be written; there are no plans yet"
    else:
        executor = "a process carries out runs" if facts.executing else "no run is carried out now"
        text = f"{place} can be written; unfinished runs: {facts.unfinished}; {executor}"
    beside = f"; beside it are states of other accounts: {facts.beside}" if facts.beside else ""
    return f"{text}{beside}."
