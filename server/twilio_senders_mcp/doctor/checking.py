"""Carrying checks out side by side, each within a time limit, and telling them in their order."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import anyio

from .diagnosis import Diagnosis

TOTAL_SECONDS: Final = 60.0
"""How long all checks together may take."""

Run = Callable[[], Awaitable[Sequence[Diagnosis]]]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """A check, and how long it may take, in seconds."""

    name: str
    run: Run
    seconds: float = 20.0


@dataclass(slots=True)
class _Outcome:
    diagnoses: Sequence[Diagnosis] = ()
    known: anyio.Event = field(default_factory=anyio.Event)


async def carry_out(checks: Sequence[Check], tell: Callable[[Diagnosis], None]) -> list[Diagnosis]:
    """Carry out the checks, tell each diagnosis as soon as those before it are told, return all."""
    told: list[Diagnosis] = []
    outcomes = [_Outcome() for _ in checks]
    deadline = anyio.current_time() + TOTAL_SECONDS
    async with anyio.create_task_group() as tasks:
        for check, outcome in zip(checks, outcomes, strict=True):
            tasks.start_soon(_carry_out, check, outcome, deadline)
        for outcome in outcomes:
            await outcome.known.wait()
            for diagnosis in outcome.diagnoses:
                tell(diagnosis)
                told.append(diagnosis)
    return told


async def _carry_out(check: Check, outcome: _Outcome, deadline: float) -> None:
    seconds = min(check.seconds, deadline - anyio.current_time())
    outcome.diagnoses = await within(seconds, check.name, check.run)
    outcome.known.set()


async def within(seconds: float, name: str, run: Run) -> Sequence[Diagnosis]:
    """Return what ``run`` finds, or that it took too long, or that it failed."""
    try:
        with anyio.move_on_after(seconds):
            return await run()
    except Exception as error:  # noqa: BLE001 - the other checks go on, whatever this is
        logger.error("The check %s failed: %s", name, type(error).__name__)  # noqa: TRY400 - no text of a library
        found = "This check failed because of an error in this program."
        return [Diagnosis(name, "problem", found, "Please report it.")]
    found = f"There was no result within {seconds:.0f} seconds."
    cure = "Check the network and how busy this machine is, then run doctor again."
    return [Diagnosis(name, "problem", found, cure)]
