"""Where plans and runs are kept, whose they are, and what is refused."""

import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fleet import FakeAccounts, Fleet
from postgres import new_database
from sqlalchemy import text

from twilio_senders_mcp.changes import (
    Changes,
    Owner,
    ReplaceHost,
    SendersBySid,
    SetFields,
    StateSettings,
    errors,
    lock,
)
from twilio_senders_mcp.changes.state import StateFolder, without_password
from twilio_senders_mcp.twilio.requests import Profile, UpdateSender

pytestmark = pytest.mark.anyio
MOVE = ReplaceHost("old.example.com", "new.example.com")
OTHERS = Owner("https://messaging.twilio.com", ("AC" + "9" * 32,))


async def planned(changes: Changes, fleet: Fleet, **options):
    [*sids] = fleet.sandbox.sids() or fleet.add(3)
    return await changes.plan(SendersBySid([("main", sid) for sid in sids]), MOVE, **options)


def of(fleet: Fleet, place: object, accounts: FakeAccounts, owner: Owner | None = None) -> Changes:
    return Changes(StateSettings(owner or fleet.owner, str(place)), accounts)


def test_the_fingerprint_depends_on_the_accounts_and_the_address():
    one = Owner("https://a.example", ("AC1", "AC2"))
    assert one.fingerprint == Owner("https://A.example/", ("AC2", "AC1")).fingerprint
    assert one.fingerprint != Owner("https://b.example", ("AC1", "AC2")).fingerprint
    assert one.fingerprint != Owner("https://a.example", ("AC1",)).fingerprint


async def test_state_is_readable_by_its_owner_only(tmp_path, fleet):
    async with fleet.accounts() as accounts:
        changes = of(fleet, tmp_path / "state", accounts)
        await planned(changes, fleet)
        folder = StateFolder(StateSettings(fleet.owner, str(tmp_path / "state"))).path
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {"changes.sqlite", "changes.sqlite-wal", "steps.sqlite"} <= modes.keys()
        assert set(modes.values()) == {0o600}
        await changes.aclose()


async def test_other_accounts_neither_see_nor_continue_a_run(tmp_path, fleet):
    async with fleet.accounts() as accounts:
        mine, theirs = of(fleet, tmp_path, accounts), of(fleet, tmp_path, accounts, OTHERS)
        plan = await planned(mine, fleet)
        run = await mine.apply(plan.plan)
        assert mine._has_unfinished_runs()
        assert not theirs._has_unfinished_runs()
        with pytest.raises(errors.UnknownPlan):
            await theirs.show_plan(plan.plan)
        with pytest.raises(errors.UnknownRun):
            await theirs.show_run(run.run)
        assert await theirs.recent_runs() == []
        await mine.aclose()
        await theirs.aclose()


async def test_a_database_of_other_accounts_is_refused(postgres_server, fleet):
    place = new_database(postgres_server)
    async with fleet.accounts() as accounts:
        mine, theirs = of(fleet, place, accounts), of(fleet, place, accounts, OTHERS)
        await planned(mine, fleet)
        with pytest.raises(errors.StateOfOthers) as refused:
            await planned(theirs, fleet)
        assert refused.value.place == place
        await mine.aclose()
        await theirs.aclose()


async def test_another_caller_sees_neither_plan_nor_run(place, fleet):
    async with fleet.accounts() as accounts:
        changes = of(fleet, place, accounts)
        plan = await planned(changes, fleet, caller="ann")
        run = await changes.apply(plan.plan, caller="ann")
        with pytest.raises(errors.UnknownPlan):
            await changes.apply(plan.plan, caller="bob")
        with pytest.raises(errors.UnknownRun):
            await changes.control(run.run, "cancel", caller="bob")
        assert await changes.recent_runs(caller="bob") == []
        assert [each.run for each in await changes.recent_runs(caller="ann")] == [run.run]
        await changes.aclose()


async def test_temporary_state_goes_with_its_process(fleet):
    async with fleet.accounts() as accounts:
        changes = Changes(StateSettings(fleet.owner, temporary=True), accounts)
        assert not changes._has_unfinished_runs()
        await planned(changes, fleet)
        folder = changes._folder.path
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        async with changes:
            pass
        assert not folder.exists()


_IDLE = """
import sys
import anyio
from twilio_senders_mcp.changes import Changes, Owner, StateSettings

async def main(place):
    async with Changes(StateSettings(Owner("https://x.example", ("AC",)), place), None):
        await anyio.wait_all_tasks_blocked()

anyio.run(main, sys.argv[1])
print(sorted({"dbos", "sqlalchemy", "psycopg", "platformdirs"} & sys.modules.keys()))
"""


def test_a_server_that_plans_nothing_loads_no_database_and_creates_nothing(tmp_path):
    state = tmp_path / "state"
    idle = subprocess.run(
        [sys.executable, "-c", _IDLE, state], capture_output=True, check=True, timeout=60
    )
    assert idle.stdout.strip() == b"[]"
    assert not state.exists()


def test_the_default_folder_is_the_users(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = StateFolder(StateSettings(OTHERS))
    assert folder.path == tmp_path / "twilio-senders-mcp" / OTHERS.fingerprint
    assert not folder.has_unfinished_runs()
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path, fleet):
    (tmp_path / "file").write_text("")
    async with fleet.accounts() as accounts:
        changes = of(fleet, tmp_path / "file", accounts)
        with pytest.raises(errors.StateUnavailable) as failed:
            await planned(changes, fleet)
    assert (failed.value.problem, failed.value.place) == ("folder", str(tmp_path / "file"))


async def test_a_file_that_is_no_database_is_a_clear_error(tmp_path, fleet):
    folder = StateFolder(StateSettings(fleet.owner, str(tmp_path)))
    folder.create()
    folder.tables.write_bytes(b"something else " * 500)
    assert not folder.has_unfinished_runs()
    async with fleet.accounts() as accounts:
        changes = of(fleet, tmp_path, accounts)
        with pytest.raises(errors.StateUnavailable) as failed:
            await planned(changes, fleet)
    assert failed.value.problem == "unreadable"


async def test_state_of_a_newer_version_is_left_alone(tmp_path, fleet):
    async with fleet.accounts() as accounts:
        changes = of(fleet, tmp_path, accounts)
        await planned(changes, fleet)
        with changes._open().database.writing() as connection:
            connection.execute(text("UPDATE state SET version = 99"))
        await changes.aclose()
        newer = of(fleet, tmp_path, accounts)
        with pytest.raises(errors.StateUnavailable) as failed:
            await planned(newer, fleet)
    assert failed.value.problem == "unreadable"


async def test_a_database_that_is_down_is_a_clear_error_without_its_password(fleet):
    place = "postgresql://user:secret@127.0.0.1:9/senders?connect_timeout=1"
    async with fleet.accounts() as accounts:
        changes = of(fleet, place, accounts)
        with pytest.raises(errors.StateUnavailable) as failed:
            await planned(changes, fleet)
    assert failed.value.problem == "database"
    assert failed.value.place == "postgresql://user@127.0.0.1:9/senders"
    assert without_password("postgresql://host/db") == "postgresql://host/db"
    assert not lock.PostgresLock(place).acquire()


async def test_a_plan_expires_after_a_day(place, fleet, monkeypatch):
    async with fleet.accounts() as accounts:
        changes = of(fleet, place, accounts)
        plan = await planned(changes, fleet)
        assert plan.expires_at - plan.created_at == 24 * 3600
        monkeypatch.setattr(time, "time", lambda: plan.expires_at)
        with pytest.raises(errors.ExpiredPlan) as expired:
            await changes.apply(plan.plan)
        assert expired.value.expired_at == plan.expires_at
        await changes.aclose()


async def test_a_plan_of_nothing_cannot_be_applied(place, fleet):
    async with fleet.accounts() as accounts:
        changes = of(fleet, place, accounts)
        same = SetFields(UpdateSender(profile=Profile(about="Open daily")))
        plan = await changes.plan(SendersBySid([("main", fleet.add(1)[0])]), same)
        assert (plan.counts.changes, plan.counts.unchanged) == (0, 1)
        with pytest.raises(errors.EmptyPlan):
            await changes.apply(plan.plan)
        await changes.aclose()


async def test_old_plans_and_their_runs_are_removed(place, fleet, monkeypatch):
    async with fleet.accounts() as accounts:
        changes = of(fleet, place, accounts)
        old, going = await planned(changes, fleet), await planned(changes, fleet)
        cancelled, running = await changes.apply(old.plan), await changes.apply(going.plan)
        await changes.control(cancelled.run, "cancel")
        later = time.time() + 31 * 24 * 3600
        monkeypatch.setattr(time, "time", lambda: later)
        await planned(changes, fleet)
        with pytest.raises(errors.UnknownPlan):
            await changes.show_plan(old.plan)
        assert [each.run for each in await changes.recent_runs()] == [running.run]
        await changes.aclose()


async def test_pages_have_twenty_items_and_their_tokens_are_checked(place, fleet):
    fleet.add(45)
    async with fleet.accounts() as accounts:
        changes = of(fleet, place, accounts)
        first = await planned(changes, fleet)
        second = await changes.show_plan(first.plan, first.next_page_token)
        third = await changes.show_plan(first.plan, second.next_page_token)
        pages = (first, second, third)
        assert [len(page.items) for page in pages] == [20, 20, 5]
        assert [item.sid for page in pages for item in page.items] == fleet.sandbox.sids()
        assert third.next_page_token is None
        run = await changes.apply(first.plan)
        view = await changes.show_run(run.run, show="all")
        assert len(view.items) == 20
        assert view.items[0].fields[0].verdict is None
        last = await changes.show_run(run.run, show="all", page_token=f"{run.run}.40")
        assert (len(last.items), last.next_page_token) == (5, None)
        problems = await changes.show_run(run.run)
        assert (problems.show, problems.items) == ("problems", ())
        for token in ("20", f"{first.plan}.x", f"{first.plan}.1234567", f"{run.run}.20"):
            with pytest.raises(errors.UnusablePageToken):
                await changes.show_plan(first.plan, token)
        await changes.aclose()


async def test_an_unfinished_run_cannot_be_undone_or_resumed(place, fleet):
    async with fleet.accounts() as accounts:
        changes = of(fleet, place, accounts)
        run = await changes.apply((await planned(changes, fleet)).plan)
        assert (run.state, run.waiting, run.executing) == ("running", 3, False)
        with pytest.raises(errors.RunUnfinished):
            await changes.plan_undo(run.run)
        assert (await changes.control(run.run, "resume")).state == "running"
        await changes.control(run.run, "cancel")
        undo = await changes.plan_undo(run.run)
        assert undo.counts.senders == 0
        with pytest.raises(errors.WrongState):
            await changes.control(run.run, "pause")
        await changes.aclose()


def test_a_lock_is_held_by_one_at_a_time(tmp_path):
    one, two = lock.FileLock(tmp_path / "lock"), lock.FileLock(tmp_path / "lock")
    assert one.acquire()
    assert one.is_held()
    assert not two.acquire()
    assert not two.is_held()
    one.release()
    one.release()
    assert two.acquire()
    two.release()


def test_a_database_lock_is_held_by_one_at_a_time(postgres_server):
    url = new_database(postgres_server)
    one, two = lock.PostgresLock(url), lock.PostgresLock(url)
    assert one.acquire()
    assert one.is_held()
    assert not two.acquire()
    one._connection.close()
    assert not one.is_held()
    one.release()
    assert not one.is_held()
    assert two.acquire()
    two.release()


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of POSIX")
def test_a_folder_made_before_is_closed_to_others(tmp_path):
    settings = StateSettings(OTHERS, str(tmp_path))
    folder = StateFolder(settings)
    folder.path.mkdir(mode=0o755)
    folder.path.chmod(0o755)
    folder.create()
    assert stat.S_IMODE(Path(folder.path).stat().st_mode) == 0o700
