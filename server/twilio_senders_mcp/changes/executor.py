"""Who executes: one process per state, chosen by a lock; the others stand by.

While nothing is unfinished, a process only looks now and then whether that is still so. While
something is, it tries to take the lock every second, and executes if it gets it.
"""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import anyio

from .accounts import Accounts
from .errors import StateUnavailable
from .legs import Legs
from .lock import Lock
from .threads import in_thread
from .timing import Timing

if TYPE_CHECKING:
    from .carrier import Carrier
    from .database import Database
    from .durable import Durable
    from .execution_store import ExecutionStore

STAND_BY_SECONDS: Final = 1.0
"""How often a process tries to take the lock while a run is unfinished."""

LOOK_SECONDS: Final = 5.0
"""How often an idle process looks for an unfinished run."""

TICK_SECONDS: Final = 0.2
"""How often the executor looks for new runs."""

_SEEN_SECONDS: Final = 2.0
_FINISH_SECONDS: Final = 10.0
logger = logging.getLogger(__name__)


class Executor:
    """Executes the runs of one state for as long as `run` is not cancelled."""

    def __init__(
        self,
        *,
        has_state: Callable[[], bool],
        has_unfinished: Callable[[], bool],
        open_database: "Callable[[], Database]",
        lock: Callable[[], Lock],
        accounts: Accounts,
        pace: float,
        timing: Timing,
    ) -> None:
        self._has_state = has_state
        self._has_unfinished = has_unfinished
        self._open_database = open_database
        self._new_lock = lock
        self._accounts = accounts
        self._pace = pace
        self._timing = timing
        self._asked: set[str] = set()
        self._wanted = anyio.Event()
        self._ending = anyio.Event()

    def wake(self, run: str) -> None:
        """Look for unfinished runs at once, because of this one."""
        self._asked.add(run)
        self._wanted.set()

    def end(self) -> None:
        """Finish and record what is on its way to Twilio, and let `run` return."""
        self._ending.set()
        self._wanted.set()

    async def run(self) -> None:
        """Watch, stand by and execute, until the end."""
        while not self._ending.is_set():
            try:
                pause = await self._once()
            except StateUnavailable as error:
                logger.warning("The state of runs cannot be used now: %s", error.problem)
                pause = LOOK_SECONDS
            except Exception as error:  # noqa: BLE001 - the server serves on, whatever this is
                logger.warning("Runs were interrupted here: %s", type(error).__name__)
                pause = STAND_BY_SECONDS
            with anyio.move_on_after(pause):
                await self._wanted.wait()
            if not self._ending.is_set():
                self._wanted = anyio.Event()

    async def _once(self) -> float:
        """Execute if there is something to do and the lock is free; return how long to wait."""
        # The first question is cheap, and a server that plans nothing never asks the second.
        if not self._has_state() or not await in_thread(self._has_unfinished):
            return LOOK_SECONDS
        lock = self._new_lock()
        if not await in_thread(lock.acquire):
            return STAND_BY_SECONDS
        try:
            await self._execute(lock)
        finally:
            await in_thread(lock.release)
        return STAND_BY_SECONDS

    async def _execute(self, lock: Lock) -> None:
        durable_type = await in_thread(_import_durable)
        if not durable_type.reserve():
            return
        try:
            await self._execute_with(lock, durable_type)
        finally:
            durable_type.give_back()

    async def _execute_with(self, lock: Lock, durable_type: "type[Durable]") -> None:
        from .carrier import Carrier  # noqa: PLC0415 - only where something is executed
        from .execution_store import take_over  # noqa: PLC0415 - as above

        database = await in_thread(self._open_database)
        store = await in_thread(lambda: take_over(database, time.time()))
        carrier = Carrier(store, self._accounts, pace=self._pace, timing=self._timing)
        durable = durable_type(database.steps_url, carrier)
        legs = Legs(store, durable, self._asked)
        try:
            await durable.launch()
            await self._ticks(lock, store, carrier, legs)
        finally:
            carrier.pauses.end()
            with anyio.CancelScope(shield=True):
                try:
                    with anyio.move_on_after(_FINISH_SECONDS):
                        await carrier.end()
                        await legs.end()
                finally:
                    await durable.close()

    async def _ticks(
        self, lock: Lock, store: "ExecutionStore", carrier: "Carrier", legs: Legs
    ) -> None:
        """Start what is to be started, until the end or until the lock is lost."""
        seen = -_SEEN_SECONDS
        while not self._ending.is_set() and not carrier.lost:
            now = anyio.current_time()
            if now - seen >= _SEEN_SECONDS:
                if not await in_thread(lock.is_held):
                    logger.warning("The lock of the state was lost; another process may execute")
                    return
                await in_thread(lambda: store.seen(time.time()))
                seen = now
            await legs.advance(now)
            with anyio.move_on_after(TICK_SECONDS):
                await self._wanted.wait()
            if not self._ending.is_set():
                self._wanted = anyio.Event()


def _import_durable() -> "type[Durable]":
    from .durable import Durable  # noqa: PLC0415 - DBOS is loaded when something is executed

    return Durable
