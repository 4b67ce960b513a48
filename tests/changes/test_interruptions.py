"""Runs that are interrupted by what surrounds them, and go on."""

import psycopg
import pytest
from fleet import PATIENCE, Fleet, served
from postgres import new_database
from test_runs import MOVE, engine, named, short_waits

from twilio_senders_mcp.changes import Changes, StateSettings, execution_store, executor, legs
from twilio_senders_mcp.changes.durable import Durable
from twilio_senders_mcp.changes.errors import StateUnavailable

pytestmark = pytest.mark.anyio
assert short_waits


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(legs, "AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(executor, "STAND_BY_SECONDS", 0.05)
    monkeypatch.setattr(executor, "LOOK_SECONDS", 0.05)


async def test_a_run_of_an_account_that_is_gone_waits_until_it_is_back(place, fleet):
    sids = fleet.add(3)
    async with fleet.accounts() as accounts:
        state = StateSettings(fleet.owner, place)
        async with Changes(state, accounts, pace=100, poll_seconds=0.03) as changes:
            plan = await changes.plan(named(*sids), MOVE)
            there, accounts.all = accounts.all, ()
            run = await changes.apply(plan.plan, stop_after=3)
            stopped = await changes.wait(run.run, seconds=PATIENCE)
            view = await changes.show_run(run.run)
            accounts.all = there
            await changes.control(run.run, "resume")
            ended = await changes.wait(run.run, seconds=PATIENCE)
    assert (stopped.state, stopped.counts) == ("stopped", {"not_sent": 3})
    assert {str(item.failure) for item in view.items} == {
        "{'kind': 'not_sent', 'reason': 'account'}"
    }
    assert ended.counts == {"applied": 3}


async def test_a_run_of_an_account_that_became_read_only_sends_nothing(tmp_path, fleet):
    [sid] = fleet.add(1)
    async with engine(fleet, tmp_path) as changes, fleet.accounts(read_only=True) as closed:
        plan = await changes.plan(named(sid), MOVE)
        changes._accounts.all = closed.all  # pyright: ignore[reportAttributeAccessIssue]
        run = await changes.apply(plan.plan)
        ended = await changes.wait(run.run, seconds=PATIENCE)
    assert ended.counts == {"not_sent": 1}
    assert fleet.updates.total() == 0


async def test_a_run_goes_on_after_the_state_could_not_be_written(tmp_path, fleet, monkeypatch):
    sids = fleet.add(8)
    finish, failures = execution_store.ExecutionStore.finish, [StateUnavailable("database", "x")]

    def fails_once(*arguments):
        if failures:
            raise failures.pop()
        finish(*arguments)

    monkeypatch.setattr(execution_store.ExecutionStore, "finish", fails_once)
    async with engine(fleet, tmp_path) as changes:
        plan = await changes.plan(named(*sids), MOVE)
        run = await changes.apply(plan.plan)
        ended = await changes.wait(run.run, seconds=PATIENCE)
    assert ended.counts == {"applied": 8}
    assert fleet.updates == dict.fromkeys(sids, 1)


async def test_a_run_goes_on_after_the_session_with_the_lock_was_lost(postgres_server, fleet):
    place = new_database(postgres_server)
    sids = fleet.add(60)
    async with engine(fleet, place, pace=15) as changes:
        plan = await changes.plan(named(*sids), MOVE)
        run = await changes.apply(plan.plan)
        await fleet.reaches(lambda: fleet.updates.total() >= 3)
        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database d "
                "ON d.oid = database WHERE locktype = 'advisory' AND d.datname = current_database()"
            )
        ended = await changes.wait(run.run, seconds=PATIENCE)
    assert ended.counts == {"applied": 60}
    assert fleet.effective == fleet.updates == dict.fromkeys(sids, 1)


async def test_an_executor_that_was_replaced_writes_and_sends_nothing_more(place, fleet):
    sids = fleet.add(30)
    async with engine(fleet, place, pace=30) as changes:
        plan = await changes.plan(named(*sids), MOVE)
        run = await changes.apply(plan.plan)
        await fleet.reaches(lambda: fleet.updates.total() >= 3)
        execution_store.take_over(changes._open().database, 0.0)
        ended = await changes.wait(run.run, seconds=PATIENCE)
    assert ended.counts == {"applied": 30}
    assert fleet.effective == dict.fromkeys(sids, 1)


async def test_a_run_resumed_while_a_sender_is_on_its_way_sends_it_once(tmp_path):
    with served(Fleet(delay=0.1)) as fleet:
        sids = fleet.add(10)
        async with engine(fleet, tmp_path) as changes:
            plan = await changes.plan(named(*sids), MOVE)
            run = await changes.apply(plan.plan, canary=0)
            await fleet.reaches(lambda: fleet.updates.total() >= 1)
            await changes.control(run.run, "pause")
            await changes.control(run.run, "resume")
            ended = await changes.wait(run.run, seconds=PATIENCE)
    assert ended.counts == {"applied": 10}
    assert fleet.updates == dict.fromkeys(sids, 1)


async def test_a_server_stands_by_while_another_one_executes(tmp_path, fleet):
    sids = fleet.add(12)
    async with engine(fleet, tmp_path) as changes:
        async with engine(fleet, tmp_path, pace=10) as first:
            plan = await first.plan(named(*sids), MOVE)
            run = await first.apply(plan.plan)
            await fleet.reaches(lambda: fleet.updates.total() >= 3)
        assert fleet.updates.total() < 12
        ended = await changes.wait(run.run, seconds=PATIENCE)
    assert ended.counts == {"applied": 12}
    assert fleet.updates == dict.fromkeys(sids, 1)


async def test_one_process_executes_for_one_state_at_a_time(tmp_path, fleet):
    sids = fleet.add(12)
    with served(Fleet()) as other:
        mine = other.add(3)
        async with engine(other, tmp_path) as waiting:
            async with engine(fleet, tmp_path, pace=10) as first:
                run = await first.apply((await first.plan(named(*sids), MOVE)).plan)
                await fleet.reaches(lambda: fleet.updates.total() >= 3)
                plan = await waiting.plan(named(*mine), MOVE)
                own = await waiting.apply(plan.plan)
                await first.wait(run.run, seconds=PATIENCE)
                assert other.updates.total() == 0
            ended = await waiting.wait(own.run, seconds=PATIENCE)
    assert ended.counts == {"applied": 3}


async def test_a_database_that_is_down_at_the_start_is_tried_again(fleet, caplog, monkeypatch):
    tried: list[bool] = []
    look = Changes._has_unfinished_runs

    def looks(changes: Changes) -> bool:
        tried.append(True)
        return look(changes)

    monkeypatch.setattr(Changes, "_has_unfinished_runs", looks)
    async with engine(fleet, "postgresql://user:secret@127.0.0.1:9/senders") as changes:
        with pytest.raises(StateUnavailable):
            await changes.recent_runs()
    assert tried
    assert "The state of runs cannot be used now: database" in caplog.text
    assert "secret" not in caplog.text


async def test_a_failure_of_the_execution_itself_only_delays_the_run(
    tmp_path, fleet, monkeypatch, caplog
):
    launch, failures = Durable.launch, [RuntimeError("anything")]

    async def fails_once(durable: Durable) -> None:
        if failures:
            raise failures.pop()
        await launch(durable)

    monkeypatch.setattr(Durable, "launch", fails_once)
    async with engine(fleet, tmp_path) as changes:
        plan = await changes.plan(named(*fleet.add(3)), MOVE)
        run = await changes.apply(plan.plan)
        ended = await changes.wait(run.run, seconds=PATIENCE)
    assert ended.counts == {"applied": 3}
    assert "Runs were interrupted here: RuntimeError" in caplog.text
