"""Runs survive the death of the process that carries them out, and nothing is sent twice."""

import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from fleet import NEW, Fleet, served

from twilio_senders_mcp.changes import (
    Changes,
    ReplaceHost,
    SendersBySid,
    StateSettings,
)

SENDERS = 60
WORK = [sys.executable, str(Path(__file__).with_name("work.py"))]
PATIENCE = 60
pytestmark = [pytest.mark.anyio, pytest.mark.timeout(400)]


class Worker:
    """A server process, which can be killed at any moment."""

    def __init__(self, place: str, fleet: Fleet) -> None:
        here = Path(__file__).parent
        self.process = subprocess.Popen(
            [*WORK, place, fleet.url, "100"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PYTHONPATH": f"{here}:{here.parent}", "PATH": "/usr/bin"},
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=PATIENCE)


@contextmanager
def working(place: str, fleet: Fleet) -> Iterator[Worker]:
    worker = Worker(place, fleet)
    try:
        yield worker
    finally:
        worker.kill()
        for stream in (worker.process.stdin, worker.process.stderr):
            assert stream is not None
            stream.close()


async def started(place: str, fleet: Fleet, sids: list[str]) -> tuple[Changes, str]:
    """A plan that was applied in a process that executes nothing."""
    async with fleet.accounts() as accounts:
        changes = Changes(StateSettings(fleet.owner, place), accounts)
        named = SendersBySid([("main", sid) for sid in sids])
        plan = await changes.plan(named, ReplaceHost("old.example.com", "new.example.com"))
        run = await changes.apply(plan.plan)
    return changes, run.run


async def all_is_well(changes: Changes, run: str, fleet: Fleet, sids: list[str]) -> None:
    ended = await changes.wait(run, seconds=PATIENCE)
    assert (ended.state, ended.counts) == ("done", {"applied": len(sids)})
    assert {fleet.shown(sid)["webhook"]["callback_url"] for sid in sids} == {NEW}
    assert fleet.effective == dict.fromkeys(sids, 1)
    await changes.aclose()


async def test_a_run_killed_at_25_moments_changes_each_sender_once(place):
    moments = sorted(random.Random(11).sample(range(1, SENDERS), 25))  # noqa: S311 - no secret
    with served(Fleet(delay=0.02)) as fleet:
        sids = fleet.add(SENDERS)
        changes, run = await started(place, fleet, sids)
        for moment in moments:
            reached = threading.Event()

            def watch(count: int, moment: int = moment, reached: threading.Event = reached) -> None:
                if count >= moment:
                    reached.set()

            fleet.watch = watch
            with working(place, fleet) as worker:
                watch(fleet.updates.total())
                assert reached.wait(PATIENCE), worker.process.poll()
        with working(place, fleet):
            await all_is_well(changes, run, fleet, sids)
        assert fleet.updates.total() - SENDERS <= len(moments) * 20


@pytest.mark.parametrize("processes", [2, 5])
async def test_several_processes_of_which_one_is_killed_change_each_sender_once(place, processes):
    with served(Fleet(delay=0.02)) as fleet, ExitStack() as stack:
        sids = fleet.add(SENDERS)
        changes, run = await started(place, fleet, sids)
        half = threading.Event()
        fleet.watch = lambda count: half.set() if count >= SENDERS // 2 else None
        workers = [stack.enter_context(working(place, fleet)) for _ in range(processes)]
        assert half.wait(PATIENCE)
        for worker in workers[: processes - 1]:
            worker.kill()
        await all_is_well(changes, run, fleet, sids)
