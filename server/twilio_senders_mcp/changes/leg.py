"""One leg of a run: the canary first, then the others, until too much goes wrong.

It knows nothing of how steps are made durable; `.durable` passes in a function for each sender.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import anyio

from .execution_store import VERIFIED, LegWork
from .pauses import Interrupted
from .runs import TROUBLE, Outcome, StopReason

IN_PROGRESS_MAX: Final = 50
"""How many senders of one account may be on their way at once; most of them only wait to settle."""


@dataclass(frozen=True, slots=True)
class LegSteps:
    """What a leg can do.

    ``turn`` waits until it is an account's turn. ``sender`` carries out the sender at a position
    and returns its outcome, or None if no sender may be begun now. ``stop`` records that the run
    is stopped.
    """

    turn: Callable[[str], Awaitable[None]]
    sender: Callable[[int], Awaitable[Outcome | None]]
    stop: Callable[[StopReason], Awaitable[None]]


class LegRun:
    """Carries out the senders of one leg, those of different accounts side by side."""

    def __init__(self, work: LegWork, steps: LegSteps) -> None:
        self._work = work
        self._steps = steps
        self._troubles = 0
        self._ended = False

    async def carry_out(self) -> None:
        """Carry out every sender, or as many as the run permits."""
        first = await self._canary()
        by_account: dict[str, list[int]] = {}
        for position, account in self._work.positions[first:]:
            by_account.setdefault(account, []).append(position)
        async with anyio.create_task_group() as accounts:
            for account, positions in by_account.items():
                accounts.start_soon(self._account, account, positions)

    async def _canary(self) -> int:
        """Carry out senders one by one until enough of them are changed and verified.

        Returns how many were carried out.
        """
        verified = 0
        for begun, (position, account) in enumerate(self._work.positions):
            if verified >= self._work.canary or self._ended:
                return begun
            await self._turn(account)
            outcome = await self._steps.sender(position)
            verified += outcome in VERIFIED
            await self._record(outcome, "canary")
        return len(self._work.positions)  # pragma: no cover - only if all are canaries

    async def _account(self, account: str, positions: list[int]) -> None:
        limit = anyio.Semaphore(IN_PROGRESS_MAX)
        async with anyio.create_task_group() as tasks:
            for position in positions:
                await limit.acquire()
                await self._turn(account)
                if self._ended:
                    break
                tasks.start_soon(self._one, position, limit)

    async def _turn(self, account: str) -> None:
        try:
            if not self._ended:
                await self._steps.turn(account)
        except Interrupted:
            self._ended = True

    async def _one(self, position: int, limit: anyio.Semaphore) -> None:
        await self._record(await self._steps.sender(position), "too_many")
        limit.release()

    async def _record(self, outcome: Outcome | None, reason: StopReason) -> None:
        if outcome is None:
            self._ended = True
        elif outcome in TROUBLE:
            self._troubles += 1
            too_many = reason == "canary" or self._troubles >= self._work.stop_after
            if too_many and not self._ended:
                self._ended = True
                await self._steps.stop(reason)
