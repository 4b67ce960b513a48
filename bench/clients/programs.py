"""Lets AI clients from npm find the server after `install`: the second part of `make clients`.

Each program gets an empty home folder. After ``twilio-senders-mcp install``, its own ``mcp list``
must show the server, connected where the program tries that. The entry must be the one that its
own ``mcp add`` writes, and after ``uninstall`` there must be none. No program needs a login for
that. Prints a Markdown table; the exit status is 0 if every program that could be installed passed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from environments import NotInstalledError, install_program

CACHE: Final = Path(__file__).parents[2] / "build" / "clients"
PROGRAM_LIMIT: Final = 120
"""Time limit of one run of a program, in seconds."""

_NAME: Final = "twilio-senders-sandbox"
_SERVER: Final = Path(sys.executable).with_name("twilio-senders-mcp")
_TRUSTED: Final = ".gemini/trustedFolders.json"
_QUIET: Final = {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1"}


@dataclass(frozen=True, slots=True)
class Program:
    """A client as npm has it. ``file`` is relative to the home; ``shown`` is in the server's line.

    ``add`` are the words of its own ``mcp add`` between the name and the command, and ``ends``
    whether ``--`` precedes the command or only its flags.
    """

    key: str
    package: str
    program: str
    file: str
    servers: str
    shown: str
    add: tuple[str, ...] = ()
    ends: str = "command"


PROGRAMS: Final = (
    Program(
        "claude-code",
        "@anthropic-ai/claude-code",
        "claude",
        ".claude.json",
        "mcpServers",
        "Connected",
        add=("--scope", "user"),
    ),
    Program("codex", "@openai/codex", "codex", ".codex/config.toml", "mcp_servers", "enabled"),
    Program(
        "gemini",
        "@google/gemini-cli",
        "gemini",
        ".gemini/settings.json",
        "mcpServers",
        "Connected",
        add=("--scope", "user"),
        ends="flags",
    ),
)


class Home:
    """An empty home folder in which commands are run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / ".gemini").mkdir(parents=True)
        # Gemini CLI starts no server in a folder that it does not trust.
        (folder / _TRUSTED).write_text(json.dumps({str(folder): "TRUST_FOLDER"}))

    def run(self, *command: str) -> str:
        """Run a command and return what it prints, on both streams."""
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env={**kept, **_QUIET, "HOME": str(self.folder)},
            timeout=PROGRAM_LIMIT,
            check=False,
        )
        return done.stdout

    def entry(self, program: Program) -> Any:
        """Return the server's entry in the program's file, or None; without empty values."""
        file = self.folder / program.file
        if not file.exists():
            return None
        parse = tomllib.loads if file.suffix == ".toml" else json.loads
        entry = parse(file.read_text()).get(program.servers, {}).get(_NAME)
        return entry and {key: value for key, value in entry.items() if value}


def main() -> int:
    """Try the requested programs and return the exit status."""
    parser = argparse.ArgumentParser(description="Let AI clients find the server.")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder of the programs")
    options = parser.parse_args()
    print("| program | finds the server | entry is that of its own `mcp add` | gone again |")
    print("|---|---|---|---|")
    passed = True
    for program in PROGRAMS:
        try:
            path = install_program(program.package, program.program, options.cache.resolve())
        except NotInstalledError as error:
            print(f"| {program.package} | not installed: {error} | | |")
            continue
        with tempfile.TemporaryDirectory() as folder:
            results = _try(program, path, Path(folder))
        cells = " | ".join("yes" if result else "NO" for result in results)
        print(f"| {program.package} {_version(path)} | {cells} |", flush=True)
        passed = passed and all(results)
    return 0 if passed else 1


def _try(program: Program, path: str, folder: Path) -> tuple[bool, bool, bool]:
    ours, theirs = Home(folder / "ours"), Home(folder / "theirs")
    ours.run(str(_SERVER), "install", program.key, "--sandbox", "--yes")
    entry = ours.entry(program)
    lines = ours.run(path, "mcp", "list").splitlines()
    found = any(_NAME in line and program.shown in line for line in lines)
    words = ["--"] if program.ends == "command" else []
    words += [str(_SERVER), *(["--"] if program.ends == "flags" else []), "--sandbox"]
    theirs.run(path, "mcp", "add", *program.add, _NAME, *words)
    ours.run(str(_SERVER), "uninstall", program.key, "--yes")
    return found, entry is not None and entry == theirs.entry(program), not ours.entry(program)


def _version(path: str) -> str:
    package = Path(path).parents[1]
    found = json.loads((package / ".package-lock.json").read_text())["packages"]
    owner = Path(path).resolve().relative_to(package)
    return next(
        values["version"]
        for name, values in found.items()
        if owner.is_relative_to(name.removeprefix("node_modules/"))
    )


if __name__ == "__main__":
    sys.exit(main())
