"""Fleets, and states on both databases."""

from collections.abc import Iterator

import postgres
import pytest
from fleet import Fleet, served


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with served(Fleet()) as each:
        yield each


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    if postgres.programs() is None:
        pytest.skip(postgres.MISSING)
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path) -> str:
    """A new place for state: a folder, or a database."""
    if request.param == "sqlite":
        return str(tmp_path / "state")
    return postgres.new_database(request.getfixturevalue("postgres_server"))
