"""The function of SQLite that DBOS needs from Python 3.12 on, for an SQLite that lacks it.

DBOS takes the time from ``unixepoch('subsec')`` there, which SQLite knows since 3.42 (2023). Python
may be built with an older one, as on Debian 12, where the function gives NULL and no run starts.
Source: https://sqlite.org/changes.html
"""

import sqlite3
import time
from typing import Final

from sqlalchemy import Engine, event

_FIRST_WITH_SUBSECONDS: Final = (3, 42)


def add_missing_function() -> None:
    """Let every connection to SQLite have the function, unless SQLite itself has it."""
    if sqlite3.sqlite_version_info < _FIRST_WITH_SUBSECONDS:
        event.listen(Engine, "connect", _add_to)


def _add_to(connection: object, _: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("unixepoch", 1, _seconds)


def _seconds(_: str) -> float:
    """Return the time as ``unixepoch('subsec')`` does: in seconds, to the millisecond."""
    return round(time.time(), 3)
