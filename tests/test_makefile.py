"""What `make` shows while it sets itself up, with a stand-in for Python that installs nothing."""

import os
import shutil
import subprocess

import pytest

# As Python it makes an "environment" of copies of itself and notes what is to be installed; as the
# command it says what it was asked.
STAND_IN = """\
#!/bin/sh
case "$*" in
  "-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; cp "$0" "$3/bin/twilio-senders-mcp" ;;
  "-m pip install "*) echo "$*" >> installed ;;
  *) echo "ran $*" ;;
esac
"""
INSTALLING = "Installing into .venv; this can take a minute ..."


@pytest.fixture
def make(root, tmp_path):
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(root / name, tmp_path)
    python = tmp_path / "python"
    python.write_text(STAND_IN)
    python.chmod(0o755)

    program = shutil.which("make")
    assert program

    def run(target: str) -> list[str]:
        # What an outer make hands on would change what this one prints.
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
        done = subprocess.run(
            [program, target, f"PYTHON={python}"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()

    return run


@pytest.fixture
def installed(tmp_path):
    """Return what pip was told to install, each time that it ran."""
    return lambda: [line.split()[-1] for line in (tmp_path / "installed").read_text().splitlines()]


def test_the_first_demo_says_that_it_installs_and_the_next_does_not(make, installed):
    assert make("demo") == [INSTALLING, "ran demo"]
    assert make("demo") == ["ran demo"]
    assert installed() == ["."]


def test_what_developers_need_is_installed_over_what_users_need(make, installed):
    make("demo")
    assert make(".venv/.installed-dev") == [INSTALLING]
    assert make("demo") == ["ran demo"]
    assert installed() == [".", ".[dev,http]"]


def test_what_the_project_needs_is_installed_again_when_it_changes(make, tmp_path):
    make("demo")
    os.utime(tmp_path / ".venv/.installed", (0, 0))
    assert make("demo") == [INSTALLING, "ran demo"]
