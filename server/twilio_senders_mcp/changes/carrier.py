"""Carries out the legs of runs for one executor, whatever makes their steps durable."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, TypeVar

import anyio
import anyio.to_thread

from .accounts import Accounts
from .execution_store import ExecutionStore, Leg, LostExecution, Stage, Work
from .failures import Failure
from .leg import LegRun, LegSteps
from .one_sender import Done, SenderChange
from .pace import Paces
from .pauses import Interrupted, Pauses
from .runs import Outcome, StopReason
from .timing import Timing
from .verdicts import without_verdicts

T = TypeVar("T")

_THREADS: Final = 8
_CULPRITS: Final[dict[StopReason, str]] = {
    "canary": "one of the first senders",
    "too_many": "too many senders",
}

logger = logging.getLogger(__name__)


class Carrier:
    """Carries out legs until it is told to end, or another executor takes over."""

    def __init__(
        self, store: ExecutionStore, accounts: Accounts, *, pace: float, timing: Timing
    ) -> None:
        self.pauses = Pauses()
        self.lost = False
        self._store = store
        self._accounts = accounts
        self._paces = Paces(pace, self.pauses)
        self._timing = timing
        self._threads = anyio.CapacityLimiter(_THREADS)
        self._in_progress: dict[tuple[str, int], anyio.Event] = {}

    async def end(self) -> None:
        """Begin nothing new, and wait for what is on its way to Twilio."""
        self.pauses.end()
        while self._in_progress:
            await next(iter(self._in_progress.values())).wait()

    async def positions(self, leg: Leg) -> list[int]:
        """Return the positions of the senders that a leg has to carry out."""
        work = await self._call(self._store.work, leg)
        return [position for position, _ in work.positions]

    async def carry_out(
        self, leg: Leg, positions: Sequence[int], step: Callable[[int], Awaitable[Outcome | None]]
    ) -> None:
        """Carry out those of a leg's senders that still have no outcome, each in a step."""
        work = await self._call(self._store.work, leg)
        known = set(positions)
        work.positions[:] = [each for each in work.positions if each[0] in known]

        async def stop(reason: StopReason) -> None:
            logger.warning("Run %s stopped: %s went wrong", leg.run, _CULPRITS[reason])
            await self._call(self._store.stop, leg, reason)

        async def turn(account: str) -> None:
            await self._paces.of(account).turn()

        await LegRun(work, LegSteps(turn, step, stop)).carry_out()
        await self._call(self._store.finish_run, leg, time.time())

    async def sender(self, leg: Leg, position: int) -> Outcome | None:
        """Carry out one sender and return its outcome, or None if it may not be begun now."""
        # A leg that was paused may still be finishing this sender when the next leg begins.
        while (finished := self._in_progress.get((leg.run, position))) is not None:
            await finished.wait()
        finished = self._in_progress[leg.run, position] = anyio.Event()
        try:
            return await self._sender(leg, position)
        except Interrupted:  # pragma: no cover - it depends on what a pause interrupts
            return None
        except LostExecution:  # pragma: no cover - another process has taken over just now
            self.lost = True
            self.pauses.end()
            return None
        finally:
            del self._in_progress[leg.run, position]
            finished.set()

    async def _sender(self, leg: Leg, position: int) -> Outcome | None:
        self.pauses.check()
        work = await self._call(self._store.claim, leg, position)
        if not isinstance(work, Work):
            return work
        done = await self._change(leg, work)
        await self._call(
            self._store.finish, leg, position, done.outcome, done.results, done.failure
        )
        return done.outcome

    async def _change(self, leg: Leg, work: Work) -> Done:
        try:
            account = await self._accounts.find(work.account_sid)
        except Exception:  # noqa: BLE001 - whatever it is, this account cannot be used
            return _without_account(work, "account")
        if account.read_only:
            return _without_account(work, "read_only")

        async def record(stage: Stage) -> None:
            await self._call(self._store.set_stage, leg.run, work.position, stage, time.time())

        change = SenderChange(
            work,
            account.senders,
            pace=self._paces.of(work.account_sid),
            pauses=self.pauses,
            timing=self._timing,
            record=record,
        )
        return await change.carry_out()

    async def _call(self, function: Callable[..., T], *arguments: object) -> T:
        """Call the store in a thread; what it has begun to record is recorded in any case."""
        return await anyio.to_thread.run_sync(partial(function, *arguments), limiter=self._threads)


def _without_account(work: Work, reason: str) -> Done:
    outcome: Outcome = "unknown" if work.stage in ("posting", "posted") else "not_sent"
    failure = Failure(kind="not_sent", reason=reason)
    return Done(outcome, without_verdicts(work.fields, None), failure)
