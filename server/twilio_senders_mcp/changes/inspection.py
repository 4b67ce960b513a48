"""How a state is, found out without creating or changing anything."""

import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, create_engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from .database import CONNECT_SECONDS
from .errors import StateProblem
from .execution_store import is_unfinished
from .run_store import EXECUTOR_ALIVE_SECONDS
from .state import StateFolder, StateSettings, is_postgresql, without_password
from .tables import RUNS, SCHEMA, STATE, VERSION

_FOR_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_MAY_WRITE: Final = (
    "SELECT CASE WHEN to_regclass('twilio_senders.runs') IS NULL "
    "THEN has_database_privilege(current_database(), 'CREATE') "
    "ELSE has_table_privilege('twilio_senders.runs', 'INSERT, UPDATE') END"
)
_EXISTS: Final = "SELECT to_regclass('twilio_senders.state') IS NOT NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFacts:
    """A state as it is. ``place`` is its folder, or the URL of its database without a password.

    ``problem`` tells why it cannot be used, None if it can. ``exposed`` are the files, or the
    folder, that other users of this machine may read. ``foreign`` tells that it belongs to another
    user, and ``of_others`` that it belongs to other accounts. ``beside`` is the number of states of
    other accounts in the same place. ``executing`` tells whether a process carries out runs now.
    """

    place: str
    exists: bool = False
    problem: StateProblem | None = None
    exposed: tuple[str, ...] = ()
    foreign: bool = False
    of_others: bool = False
    beside: int = 0
    unfinished: int = 0
    executing: bool = False


def inspect_state(settings: StateSettings, *, now: float) -> StateFacts:
    """Return how the state is; it blocks. ``now`` is in seconds since the epoch."""
    place = settings.place
    if place is not None and is_postgresql(place):
        return _inspect_database(place, settings.owner.fingerprint, now)
    return _inspect_folder(StateFolder(settings), settings.owner.fingerprint, now)


def _inspect_database(url: str, fingerprint: str, now: float) -> StateFacts:
    facts = StateFacts(place=without_password(url))
    engine = create_engine(
        f"postgresql+psycopg://{url.partition('://')[2]}",
        connect_args={"connect_timeout": CONNECT_SECONDS},
        hide_parameters=True,
    )
    try:
        with engine.connect() as connection:
            if not connection.scalar(text(_MAY_WRITE)):
                return replace(facts, problem="database")
            if connection.scalar(text(_EXISTS)):
                return replace(facts, **_contents(connection, fingerprint, now))
            return facts
    except SQLAlchemyError:
        return replace(facts, problem="database")
    finally:
        engine.dispose()


def _inspect_folder(folder: StateFolder, fingerprint: str, now: float) -> StateFacts:
    path = folder.path
    facts = StateFacts(place=str(path))
    if not _is_writable(path):
        return replace(facts, problem="folder")
    facts = replace(facts, beside=_other_folders(path), exposed=_exposed(folder))
    if path.exists() and hasattr(os, "geteuid"):
        facts = replace(facts, foreign=path.stat().st_uid != os.geteuid())
    if not (folder.tables.exists() and folder.tables.stat().st_size):
        return facts
    engine = create_engine(
        f"sqlite:///{folder.tables.as_uri()}?mode=ro&uri=true", hide_parameters=True
    ).execution_options(schema_translate_map={SCHEMA: None})
    try:
        with engine.connect() as connection:
            return replace(facts, **_contents(connection, fingerprint, now))
    except SQLAlchemyError:
        return replace(facts, problem="unreadable")
    finally:
        engine.dispose()


def _contents(connection: Connection, fingerprint: str, now: float) -> Mapping[str, Any]:
    """Return the facts that are in the tables."""
    found = connection.execute(
        select(STATE.c.version, STATE.c.fingerprint, STATE.c.executor_seen)
    ).first()
    if found is None:
        return {}
    if found.version > VERSION:
        return {"exists": True, "problem": "unreadable"}
    unfinished = select(func.count()).select_from(RUNS).where(is_unfinished())
    return {
        "exists": True,
        "of_others": found.fingerprint != fingerprint,
        "unfinished": connection.scalar(unfinished),
        "executing": now - found.executor_seen < EXECUTOR_ALIVE_SECONDS,
    }


def _is_writable(path: Path) -> bool:
    """Tell whether a folder can be written, or created; what is written to try it is removed."""
    nearest = next(folder for folder in (path, *path.parents) if folder.exists())
    try:
        with tempfile.TemporaryDirectory(dir=nearest):
            return True
    except OSError:
        return False


def _other_folders(path: Path) -> int:
    try:
        return sum(other.is_dir() and other != path for other in path.parent.iterdir())
    except OSError:
        return 0


def _exposed(folder: StateFolder) -> tuple[str, ...]:
    if os.name != "posix":  # pragma: no cover - permissions are of another kind there
        return ()
    return tuple(
        str(path)
        for path in (folder.path, folder.tables, folder.steps, folder.lock)
        if path.exists() and path.stat().st_mode & _FOR_OTHERS
    )
