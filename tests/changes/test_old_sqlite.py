"""DBOS finds the time in SQLite, however old that is."""

import sqlite3
import time

import pytest
from sqlalchemy import Engine, create_engine, event, text

from twilio_senders_mcp.changes import old_sqlite


@pytest.fixture
def with_sqlite(monkeypatch):
    """Return what makes the module take SQLite for another release, without what it had added."""

    def pretend(*version: int) -> None:
        monkeypatch.setattr(sqlite3, "sqlite_version_info", version)

    was_added = added()
    if was_added:
        event.remove(Engine, "connect", old_sqlite._add_to)
    yield pretend
    if added() != was_added:
        change = event.listen if was_added else event.remove
        change(Engine, "connect", old_sqlite._add_to)


def added() -> bool:
    return event.contains(Engine, "connect", old_sqlite._add_to)


@pytest.mark.parametrize("times", [1, 2])
def test_an_old_sqlite_gets_the_function(with_sqlite, times):
    with_sqlite(3, 41, 2)
    before = time.time()
    for _ in range(times):
        old_sqlite.add_missing_function()
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE t (x, at DEFAULT (unixepoch('subsec') * 1000))"))
        connection.execute(text("INSERT INTO t (x) VALUES (1)"))
        at = connection.execute(text("SELECT at FROM t")).scalar_one() / 1000
    engine.dispose()
    assert before - 0.001 <= at <= time.time() + 0.001


def test_a_newer_sqlite_keeps_its_own(with_sqlite):
    with_sqlite(3, 42, 0)
    old_sqlite.add_missing_function()
    assert not added()


def test_other_databases_are_left_alone():
    old_sqlite._add_to(object(), None)
