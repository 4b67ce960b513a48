"""Looking at a state: what is found on both databases, and that nothing is changed."""

import os
import sqlite3
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from postgres import new_database
from sqlalchemy import create_engine, text

from twilio_senders_mcp.changes import Changes, Owner, SendersBySid, SetFields, StateSettings
from twilio_senders_mcp.changes.inspection import StateFacts, inspect_state
from twilio_senders_mcp.changes.state import StateFolder
from twilio_senders_mcp.twilio.requests import Profile, UpdateSender

pytestmark = pytest.mark.anyio
NOW = 2_000_000_000.0
OTHERS = Owner("https://messaging.twilio.com", ("AC" + "9" * 32,))
ABOUT = SetFields(UpdateSender(profile=Profile(about="New")))


async def begin_run(fleet, place: str) -> None:
    """A run that nobody carries out."""
    async with fleet.accounts() as accounts:
        changes = Changes(StateSettings(fleet.owner, place), accounts)
        [sid] = fleet.add(1)
        plan = await changes.plan(SendersBySid([("main", sid)]), ABOUT)
        await changes.apply(plan.plan)
        await changes.aclose()


def everything_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def test_a_new_place_can_be_written_and_stays_new(place, tmp_path, fleet):
    before = everything_in(tmp_path)
    facts = inspect_state(StateSettings(fleet.owner, place), now=NOW)
    assert (facts.exists, facts.problem, facts.unfinished) == (False, None, 0)
    assert everything_in(tmp_path) == before


async def test_an_unfinished_run_and_its_missing_executor_are_found(place, fleet):
    await begin_run(fleet, place)
    facts = inspect_state(StateSettings(fleet.owner, place), now=NOW)
    assert (facts.exists, facts.unfinished, facts.executing) == (True, 1, False)
    assert (facts.of_others, facts.problem, facts.exposed, facts.beside) == (False, None, (), 0)


async def test_an_executor_that_was_seen_a_moment_ago_is_found(tmp_path, fleet):
    settings = StateSettings(fleet.owner, str(tmp_path))
    await begin_run(fleet, str(tmp_path))
    with sqlite3.connect(StateFolder(settings).tables) as connection:
        connection.execute("UPDATE state SET executor_seen = ?", (NOW - 3,))
    assert inspect_state(settings, now=NOW).executing
    assert not inspect_state(settings, now=NOW + 60).executing


async def test_a_database_of_other_accounts_is_found(postgres_server, fleet):
    place = new_database(postgres_server)
    await begin_run(fleet, place)
    assert inspect_state(StateSettings(OTHERS, place), now=NOW).of_others


async def test_a_state_of_other_accounts_in_the_same_folder_is_counted(tmp_path, fleet):
    await begin_run(fleet, str(tmp_path))
    facts = inspect_state(StateSettings(OTHERS, str(tmp_path)), now=NOW)
    assert (facts.exists, facts.beside) == (False, 1)


@pytest.mark.parametrize("change", ["UPDATE state SET version = 99", "DROP TABLE runs"])
async def test_tables_that_this_server_does_not_know_are_unreadable(tmp_path, fleet, change):
    settings = StateSettings(fleet.owner, str(tmp_path))
    await begin_run(fleet, str(tmp_path))
    with sqlite3.connect(StateFolder(settings).tables) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(change)
    assert inspect_state(settings, now=NOW).problem == "unreadable"


def test_files_without_tables_are_no_state_yet(tmp_path, fleet):
    settings = StateSettings(fleet.owner, str(tmp_path))
    StateFolder(settings).create()
    assert inspect_state(settings, now=NOW) == StateFacts(place=str(StateFolder(settings).path))
    with sqlite3.connect(StateFolder(settings).tables) as connection:
        connection.execute("CREATE TABLE state (version, fingerprint, executor_seen)")
    assert not inspect_state(settings, now=NOW).exists


async def test_what_others_may_read_is_named(tmp_path, fleet):
    settings = StateSettings(fleet.owner, str(tmp_path))
    await begin_run(fleet, str(tmp_path))
    folder = StateFolder(settings)
    folder.path.chmod(0o750)
    folder.tables.chmod(0o644)
    assert inspect_state(settings, now=NOW).exposed == (str(folder.path), str(folder.tables))
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o750


def test_a_folder_of_another_user_is_found(tmp_path, fleet, monkeypatch):
    settings = StateSettings(fleet.owner, str(tmp_path))
    StateFolder(settings).create()
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    assert inspect_state(settings, now=NOW).foreign
    monkeypatch.delattr(os, "geteuid")
    assert not inspect_state(settings, now=NOW).foreign


def test_a_folder_that_cannot_be_created_is_a_problem(tmp_path, fleet):
    (tmp_path / "file").touch()
    settings = StateSettings(fleet.owner, str(tmp_path / "file" / "state"))
    assert inspect_state(settings, now=NOW).problem == "folder"


def test_a_database_that_cannot_be_reached_is_named_without_its_password(fleet):
    place = "postgresql://user:secret@127.0.0.1:9/senders?connect_timeout=1"
    facts = inspect_state(StateSettings(fleet.owner, place), now=NOW)
    expected = StateFacts(place="postgresql://user@127.0.0.1:9/senders", problem="database")
    assert facts == expected


def test_a_database_in_which_nothing_may_be_created_is_a_problem(postgres_server, fleet):
    place = new_database(postgres_server)
    name = place.rpartition("/")[2]
    engine = create_engine(f"postgresql+psycopg://{place.partition('://')[2]}")
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE reader LOGIN"))
        connection.execute(text(f'REVOKE CREATE ON DATABASE "{name}" FROM PUBLIC'))
    engine.dispose()
    as_reader = place.replace("postgres@", "reader@", 1)
    facts = inspect_state(StateSettings(fleet.owner, as_reader), now=NOW)
    assert facts == replace(StateFacts(place=as_reader), problem="database")
