"""A PostgreSQL server of its own for tests, from the programs that Debian's package installs."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

MISSING = "no PostgreSQL server is installed: its initdb was not found"
_USER = "postgres"
_numbers = count()


def programs() -> Path | None:
    """The folder with initdb and postgres, the newest version if there are several."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return folders[-1].parent if folders else None


@contextmanager
def server() -> Iterator[str]:
    """Run a server on a free port; yields the URL of its own database."""
    folder = programs()
    assert folder is not None
    # PostgreSQL refuses to run as root, so root runs it as the user that the package made.
    user = _USER if os.geteuid() == 0 else None
    top = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        if user:
            shutil.chown(top, user)
        data = top / "data"

        def run(*words: str | Path) -> None:
            null = subprocess.DEVNULL
            subprocess.run(
                words, user=user, cwd=top, check=True, timeout=60, stdout=null, stderr=null
            )

        owner = ("-U", _USER, "-A", "trust")
        run(folder / "initdb", "-D", data, *owner, "-N", "--no-locale", "-E", "UTF8")
        port = _free_port()
        control = (folder / "pg_ctl", "-D", data, "-w", "-l", top / "log")
        settings = f"-p {port} -h 127.0.0.1 -k {top} -c fsync=off -c max_connections=200"
        run(*control, "-o", settings, "start")
        try:
            yield f"postgresql://{_USER}@127.0.0.1:{port}/postgres"
        finally:
            run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(top, ignore_errors=True)


def new_database(url: str) -> str:
    """Create an empty database and return its URL."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"{url.rpartition('/')[0]}/{name}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
