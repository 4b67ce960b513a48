"""Where plans and runs are kept, and whose they are.

State belongs to the accounts it was made for: each owner has a folder of its own, or a database of
its own. Every server passes through this module, so it loads what only state needs when there is
some.
"""

import hashlib
import os
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from .errors import StateUnavailable

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600
_APPLICATION: Final = "twilio-senders-mcp"
_TABLES_FILE: Final = "changes.sqlite"
_STEPS_FILE: Final = "steps.sqlite"
_LOCK_FILE: Final = "executor.lock"
_UNFINISHED: Final = (
    "SELECT 1 FROM runs WHERE state = 'running' UNION ALL SELECT 1 FROM run_items "
    "WHERE outcome IS NULL AND stage IN ('posting', 'posted') LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Owner:
    """The accounts, and the address at which they are reached, that state is made for."""

    base_url: str
    account_sids: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """A short text that differs for each owner and shows neither SIDs nor address."""
        parts = [self.base_url.rstrip("/").lower(), *sorted(self.account_sids)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class StateSettings:
    """Where state is kept: ``place`` is a folder, a ``postgresql://`` URL, or None.

    None means a folder of the user, or, with ``temporary``, one that is removed at the end.
    """

    owner: Owner
    place: str | None = None
    temporary: bool = False


def is_postgresql(place: str | None) -> bool:
    """Tell whether ``place`` is the URL of a PostgreSQL database."""
    return place is not None and place.startswith(("postgresql://", "postgres://"))


def without_password(url: str) -> str:
    """Return the URL of a database without its password and its parameters."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    return urlunsplit((parts.scheme, f"{user.partition(':')[0]}{at}{host}", parts.path, "", ""))


class StateFolder:
    """The folder of one owner. It is created, readable by its user only, when it is opened."""

    def __init__(self, settings: StateSettings) -> None:
        self._settings = settings
        self._temporary: Path | None = None

    @property
    def path(self) -> Path:
        """The folder, which may not exist yet."""
        if self._settings.temporary and self._settings.place is None:
            if self._temporary is None:
                import tempfile  # noqa: PLC0415 - only where it is used

                self._temporary = Path(tempfile.mkdtemp(prefix=f"{_APPLICATION}-"))
            return self._temporary
        return self._parent() / self._settings.owner.fingerprint

    @property
    def tables(self) -> Path:
        """The file with our own tables."""
        return self.path / _TABLES_FILE

    @property
    def steps(self) -> Path:
        """The file in which DBOS records steps."""
        return self.path / _STEPS_FILE

    @property
    def lock(self) -> Path:
        """The file that the executor locks."""
        return self.path / _LOCK_FILE

    def create(self) -> None:
        """Create the folder and its files, readable and writable by this user only.

        Raises:
            StateUnavailable: if that is not possible.

        """
        try:
            self.path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            self.path.chmod(PRIVATE_FOLDER)
            for file in (self.tables, self.steps, self.lock):
                _create_file(file)
        except OSError:
            raise StateUnavailable("folder", str(self._parent())) from None

    def exists(self) -> bool:
        """Tell whether anything was stored."""
        if self._settings.temporary and self._temporary is None:
            return False
        return self.tables.exists()

    def has_unfinished_runs(self) -> bool:
        """Tell whether an unfinished run is recorded, without creating or loading anything."""
        import sqlite3  # noqa: PLC0415 - only where it is used

        address = f"{self.tables.as_uri()}?mode=ro"
        with suppress(sqlite3.Error), closing(sqlite3.connect(address, uri=True)) as connection:
            return connection.execute(_UNFINISHED).fetchone() is not None
        return False

    def remove_if_temporary(self) -> None:
        """Remove a temporary folder."""
        if self._temporary is not None:
            import shutil  # noqa: PLC0415 - only where it is used

            shutil.rmtree(self._temporary, ignore_errors=True)
            self._temporary = None

    def _parent(self) -> Path:
        if self._settings.place is not None:
            return Path(self._settings.place).expanduser().absolute()
        from platformdirs import user_state_path  # noqa: PLC0415 - only where it is used

        return user_state_path(_APPLICATION, appauthor=False)


def _create_file(file: Path) -> None:
    """Create an empty file; SQLite gives its journal the same permissions."""
    descriptor = os.open(file, os.O_CREAT | os.O_RDWR, PRIVATE_FILE)
    os.close(descriptor)
    file.chmod(PRIVATE_FILE)
