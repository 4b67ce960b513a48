"""The lock of a state: who holds it is the executor. It is released when its holder dies."""

import os
import sys
from pathlib import Path
from typing import Any, Final, Protocol

from .state import PRIVATE_FILE

_CONNECT_SECONDS: Final = 10
_KEY: Final = 7_243_002


class Lock(Protocol):
    """A lock between processes. Its methods block, so they are called in a thread."""

    def acquire(self) -> bool:
        """Take the lock if it is free."""
        ...

    def is_held(self) -> bool:
        """Tell whether the lock that was taken is still held."""
        ...

    def release(self) -> None:
        """Release the lock if it is held."""
        ...


class FileLock:
    """A lock on a file, by the operating system."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock if it is free."""
        descriptor = os.open(self._file, os.O_CREAT | os.O_RDWR, PRIVATE_FILE)
        try:
            _lock(descriptor)
        except OSError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def is_held(self) -> bool:
        """Tell whether the lock was taken; the operating system does not withdraw it."""
        return self._descriptor is not None

    def release(self) -> None:
        """Release the lock if it is held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class PostgresLock:
    """An advisory lock of a PostgreSQL session, on a connection that does nothing else."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None

    def acquire(self) -> bool:
        """Take the lock if it is free and the database can be reached."""
        import psycopg  # noqa: PLC0415 - only where PostgreSQL is used

        try:
            self._connection = psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=_CONNECT_SECONDS,
                tcp_user_timeout=_CONNECT_SECONDS * 1000,
            )
        except psycopg.Error:
            return False
        if self._ask(f"SELECT pg_try_advisory_lock({_KEY})"):
            return True
        self.release()
        return False

    def is_held(self) -> bool:
        """Tell whether the session that holds the lock still exists."""
        return self._connection is not None and self._ask("SELECT true")

    def _ask(self, question: str) -> bool:
        import psycopg  # noqa: PLC0415 - as above

        try:
            return bool(self._connection.execute(question).fetchone()[0])
        except psycopg.Error:
            return False

    def release(self) -> None:
        """Release the lock if it is held."""
        if self._connection is not None:  # pragma: no branch - it is released where it was taken
            self._connection.close()
            self._connection = None


if sys.platform == "win32":  # pragma: no cover - the tests run on Linux

    def _lock(descriptor: int) -> None:
        import msvcrt  # noqa: PLC0415 - exists on Windows only

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:

    def _lock(descriptor: int) -> None:
        import fcntl  # noqa: PLC0415 - does not exist on Windows

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
