"""The connection to the tables: a SQLite file or a PostgreSQL database, and whose it is."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, insert, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.schema import CreateSchema

from .errors import StateOfOthers, StateUnavailable
from .state import StateFolder, StateSettings, is_postgresql, without_password
from .tables import METADATA, SCHEMA, STATE, VERSION

BUSY_SECONDS: Final = 30.0
"""How long a process waits for another one's write to end."""

CONNECT_SECONDS: Final = 10
_SETTING_UP: Final = 7_243_001
"""The advisory lock under which one process at a time creates the tables."""


class Database:
    """The tables of one owner. Every failure of it is a `StateUnavailable`.

    Creating it creates what is missing, and checks that the state belongs to this owner.

    Raises:
        StateUnavailable: if it does not, or cannot be used.

    """

    def __init__(self, settings: StateSettings, folder: StateFolder) -> None:
        place = settings.place
        self._owner = settings.owner
        self.is_postgresql = is_postgresql(place)
        if place is not None and is_postgresql(place):
            self.place = without_password(place)
            self.url = f"postgresql+psycopg://{place.partition('://')[2]}"
            self.steps_url = f"postgresql://{place.partition('://')[2]}"
        else:
            self.place = str(folder.path)
            self.url = f"sqlite:///{folder.tables}"
            self.steps_url = f"sqlite:///{folder.steps}"
        if not self.is_postgresql:
            folder.create()
        with self._failures():
            self._engine = self._create_engine()
            try:
                with self._engine.begin() as connection:
                    self._set_up(connection)
            except BaseException:
                self._engine.dispose()
                raise

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """Yield a connection whose changes are committed together, one writer after the other."""
        with self._failures(), self._engine.begin() as connection:
            if not self.is_postgresql:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """Yield a connection that only reads."""
        with self._failures(), self._engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _create_engine(self) -> Engine:
        if self.is_postgresql:
            return create_engine(
                self.url,
                pool_pre_ping=True,
                connect_args={"connect_timeout": CONNECT_SECONDS},
                hide_parameters=True,
            )
        engine = create_engine(self.url, hide_parameters=True).execution_options(
            schema_translate_map={SCHEMA: None}
        )
        event.listen(engine, "connect", prepare_sqlite)
        return engine

    def _set_up(self, connection: Connection) -> None:
        if self.is_postgresql:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_SETTING_UP})"))
            connection.execute(CreateSchema(SCHEMA, if_not_exists=True))
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        METADATA.create_all(connection)
        found = connection.execute(select(STATE.c.version, STATE.c.fingerprint)).first()
        fingerprint = self._owner.fingerprint
        if found is None:
            connection.execute(
                insert(STATE).values(
                    id=1, version=VERSION, fingerprint=fingerprint, epoch=0, executor_seen=0.0
                )
            )
            return
        if found.version > VERSION:
            raise StateUnavailable("unreadable", self.place)
        if found.fingerprint != fingerprint:
            raise StateOfOthers(self.place)

    @contextmanager
    def _failures(self) -> Generator[None]:
        try:
            yield
        except OperationalError as error:
            busy = "database is locked" in str(error.orig)
            raise StateUnavailable("busy" if busy else "database", self.place) from None
        except SQLAlchemyError:
            problem = "database" if self.is_postgresql else "unreadable"
            raise StateUnavailable(problem, self.place) from None


def prepare_sqlite(connection: Any, _: object = None) -> None:
    """Make writers wait for each other, and readers for nobody."""
    connection.isolation_level = "IMMEDIATE"
    connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000:.0f}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")
