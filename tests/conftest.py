"""What every test may use."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-generated",
        action="store_true",
        help="rewrite the README's tables and the snapshots instead of comparing them",
    )


@pytest.fixture
def write_generated(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--write-generated"))


@pytest.fixture(autouse=True)
def clean_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No test sees the Twilio settings of the machine it runs on, or its plans and runs."""
    for name in list(os.environ):
        if name.upper().startswith("TWILIO_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the repository."""
    return ROOT
