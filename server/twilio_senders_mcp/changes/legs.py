"""Which legs of runs are in progress: starts new ones, and clears away those that have ended."""

import logging
from collections.abc import Collection
from typing import TYPE_CHECKING, Final

import anyio

from .threads import in_thread

if TYPE_CHECKING:
    from .durable import Durable
    from .execution_store import ExecutionStore, Leg

AGAIN_SECONDS: Final = 5.0
"""How long a run waits after a leg failed, such as for want of the database."""

_LOOK_SECONDS: Final = 0.02
logger = logging.getLogger(__name__)


class Legs:
    """The legs that one executor has seen.

    ``asked`` are the runs that somebody asked this process for.
    """

    def __init__(self, store: "ExecutionStore", durable: "Durable", asked: Collection[str]) -> None:
        self._asked = asked
        self._store = store
        self._durable = durable
        self._started: set[Leg] = set()
        self._not_before: dict[Leg, float] = {}

    async def advance(self, now: float) -> None:
        """Start legs that are new, replace those that failed, and forget those that are over."""
        unfinished = await in_thread(self._store.unfinished_legs)
        for leg in unfinished:
            if leg not in self._started:
                if leg.run not in self._asked:
                    logger.warning("Run %s was unfinished and goes on in this process", leg.run)
                await self._durable.start(leg)
                self._started.add(leg)
            elif await self._durable.has_ended(leg):
                await self._replace(leg, now)
        for leg in self._started - set(unfinished):
            if await self._durable.has_ended(leg):
                await self._durable.forget(leg)
                self._started.discard(leg)
                self._not_before.pop(leg, None)

    async def end(self) -> None:
        """Wait until every leg that was started has ended and is recorded as such."""
        for leg in self._started:
            while not await self._durable.has_ended(leg):  # noqa: ASYNC110 - DBOS tells nobody
                await anyio.sleep(_LOOK_SECONDS)

    async def _replace(self, leg: "Leg", now: float) -> None:
        """Begin another leg in place of one that ended too early, but not at once."""
        if now >= self._not_before.setdefault(leg, now + AGAIN_SECONDS):
            logger.warning("Run %s was interrupted and is tried again", leg.run)
            await in_thread(lambda: self._store.next_leg(leg))
