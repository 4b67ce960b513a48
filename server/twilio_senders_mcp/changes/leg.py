"""One leg of a run: the canary first, then the others, until too much goes wrong.

It knows nothing of how steps are made durable; `.durable` passes in a function for each sender.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import anyio

from .execution_store import VERIFIED, LegWork
from .runs import TROUBLE, Outcome, StopReason

Step = Callable[[], Awaitable[Outcome | None]]
"""Carries out one sender and returns its outcome, or None if no sender may be begun now."""

IN_PROGRESS_MAX: Final = 50
"""How many senders of one account may be on their way at once; most of them only wait to settle."""


class LegRun:
    """Carries out the senders of one leg. ``stop`` records that the run is stopped."""

    def __init__(self, work: LegWork, stop: Callable[[StopReason], Awaitable[None]]) -> None:
        self._work = work
        self._stop = stop
        self._troubles = 0
        self._ended = False

    async def carry_out(self, steps: Sequence[Step]) -> None:
        """Carry out each step, which are those of the work's positions in the same order."""
        first = await self._canary(steps)
        by_account: dict[str, list[Step]] = {}
        for step, (_, account) in zip(steps[first:], self._work.positions[first:], strict=True):
            by_account.setdefault(account, []).append(step)
        async with anyio.create_task_group() as accounts:
            for own in by_account.values():
                accounts.start_soon(self._account, own)

    async def _canary(self, steps: Sequence[Step]) -> int:
        """Carry out senders one by one until enough of them are changed and verified.

        Returns how many were carried out.
        """
        verified = 0
        for begun, step in enumerate(steps):
            if verified >= self._work.canary or self._ended:
                return begun
            outcome = await step()
            verified += outcome in VERIFIED
            await self._record(outcome, "canary")
        return len(steps)

    async def _account(self, steps: Sequence[Step]) -> None:
        """Carry out the senders of one account, which does not wait for the others."""
        limit = anyio.Semaphore(IN_PROGRESS_MAX)
        async with anyio.create_task_group() as tasks:
            for step in steps:
                await limit.acquire()
                if self._ended:
                    break
                tasks.start_soon(self._one, step, limit)

    async def _one(self, step: Step, limit: anyio.Semaphore) -> None:
        try:
            await self._record(await step(), "too_many")
        finally:
            limit.release()

    async def _record(self, outcome: Outcome | None, reason: StopReason) -> None:
        if outcome is None:
            self._ended = True
        elif outcome in TROUBLE:
            self._troubles += 1
            if not self._ended and (reason == "canary" or self._troubles >= self._work.stop_after):
                self._ended = True
                await self._stop(reason)
