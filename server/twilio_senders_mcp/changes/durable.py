"""DBOS: each leg of a run is a workflow, and each sender a step of it. Nothing else imports DBOS.

DBOS exists once in a process. A workflow that was interrupted by a crash is executed again by the
next executor; steps that are recorded are not repeated, and the others look before they post.
"""

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import anyio.to_thread
from dbos import DBOS, DBOSConfig, SetWorkflowID

from .carrier import Carrier
from .execution_store import Leg
from .old_sqlite import add_missing_function
from .runs import Outcome

SCHEMA: Final = "twilio_senders_dbos"
_NAME: Final = "twilio-senders-mcp"
# Constant, so that a newer server continues what an older one began.
_VERSION: Final = "1"
_EXECUTOR: Final = "executor"
_RECOVERIES_MAX: Final = 1_000_000
_POOL: Final = 8
_IN_PROGRESS: Final = frozenset({"PENDING", "ENQUEUED", "DELAYED"})

_reserved = threading.Lock()
_carriers: list[Carrier] = []


@DBOS.workflow(name="leg", max_recovery_attempts=_RECOVERIES_MAX)
async def carry_out_leg(run: str, number: int) -> None:
    """Carry out one leg of a run."""
    positions = await DBOS.run_step_async({"name": "positions"}, _positions, run, number)
    # Drawn in the same order each time, so that a step belongs to the same sender after a crash.
    steps = {position: DBOS.reserve_step() for position in positions}

    async def step(position: int) -> Outcome | None:
        return await steps[position].run_async({"name": "sender"}, _sender, run, number, position)

    await _carriers[0].carry_out(Leg(run, number), positions, step)


async def _positions(run: str, number: int) -> list[int]:
    return await _carriers[0].positions(Leg(run, number))


async def _sender(run: str, number: int, position: int) -> Outcome | None:
    return await _carriers[0].sender(Leg(run, number), position)


class Durable:
    """DBOS in this process, launched for one state."""

    def __init__(self, steps_url: str, carrier: Carrier) -> None:
        self._url = steps_url
        self._carrier = carrier

    @staticmethod
    def reserve() -> bool:
        """Reserve DBOS, unless this process already executes for another state."""
        return _reserved.acquire(blocking=False)

    @staticmethod
    def give_back() -> None:
        """Let this process execute for another state."""
        _reserved.release()

    async def launch(self) -> None:
        """Launch DBOS, which continues by itself what a crash interrupted."""
        log = logging.getLogger("dbos")
        log.addHandler(logging.NullHandler())  # or it would add its own
        log.setLevel(logging.CRITICAL)  # it logs the database's URL
        add_missing_function()
        await anyio.to_thread.run_sync(lambda: DBOS.migrate(self._url, schema=SCHEMA))
        _carriers.append(self._carrier)
        config: DBOSConfig = {
            "name": _NAME,
            "system_database_url": self._url,
            "dbos_system_schema": SCHEMA,
            "application_version": _VERSION,
            "executor_id": _EXECUTOR,
            "log_level": "CRITICAL",
            "sys_db_pool_size": _POOL,
            "run_migrations": False,
            "use_listen_notify": False,
        }
        DBOS(config=config)
        DBOS.launch()  # in the loop, where it then executes workflows

    async def start(self, leg: Leg) -> None:
        """Start a leg, unless it was started before."""
        identifier = _identifier(leg)
        if await DBOS.get_workflow_status_async(identifier) is None:
            with SetWorkflowID(identifier):
                await DBOS.start_workflow_async(carry_out_leg, leg.run, leg.number)

    async def has_ended(self, leg: Leg) -> bool:
        """Tell whether a leg that was started has ended, for whatever reason."""
        status = await DBOS.get_workflow_status_async(_identifier(leg))
        return status is None or status.status not in _IN_PROGRESS

    async def forget(self, leg: Leg) -> None:
        """Remove the records of a leg that has ended."""
        await DBOS.delete_workflow_async(_identifier(leg))

    async def close(self) -> None:
        """End DBOS; what is still in progress is continued by the next executor."""
        await anyio.to_thread.run_sync(DBOS.destroy)
        _carriers.clear()
        # DBOS had made its own threads the loop's, and has ended them.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())


def _identifier(leg: Leg) -> str:
    return f"{leg.run}/{leg.number}"
