"""The official MCP conformance suite: a run of it, and what is expected to fail in one."""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

REVISIONS: Final = ("2025-11-25", "2026-07-28")

_INSTALLED: Final = Path(".ci/conformance")
_SCRIPT: Final = _INSTALLED / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
_TIME: Final = re.compile(r"-\d{4}-\d\d-\d\dT[\d-]+Z$")
_ANNOUNCED: Final = re.compile(r"Running requirements \S+ \((\d+) scenarios\)")
_EXPECTED_LINE: Final = re.compile(r"  - (\S+:\S+) # (\S.*)")
_FAILED: Final = ("FAILURE", "WARNING")


@dataclass(frozen=True)
class SuiteRun:
    """What the suite found: its exit status, and the checks of each scenario."""

    status: int
    scenarios: Mapping[str, list[dict[str, Any]]]

    @property
    def failures(self) -> dict[str, str]:
        """Why a check failed or gave a warning, by ``scenario:check``."""
        return {
            f"{scenario}:{check['id']}": check.get("errorMessage", "")
            for scenario, checks in self.scenarios.items()
            for check in checks
            if check["status"] in _FAILED
        }

    def __str__(self) -> str:
        checks = [check["status"] for found in self.scenarios.values() for check in found]
        troubled = {entry.partition(":")[0] for entry in self.failures}
        return (
            f"{len(self.scenarios) - len(troubled)} of {len(self.scenarios)} scenarios passed; "
            f"of their checks {checks.count('SUCCESS')} passed, {checks.count('FAILURE')} failed, "
            f"{checks.count('WARNING')} gave a warning and {checks.count('SKIPPED')} were skipped"
        )


def run_suite(
    root: Path, url: str, revision: str, results: Path, *options: str, seconds: float
) -> SuiteRun:
    """Run every scenario that the suite has for a revision against the server at ``url``.

    The exit status is 0 if each scenario passes that the revision requires, or fails as options
    say that it may. ``results`` is an empty folder.

    Raises:
        subprocess.TimeoutExpired: if the suite is not done after so many seconds.

    """
    done = subprocess.run(
        [
            *(root / _INSTALLED / "node", root / _SCRIPT, "server", "--url", url),
            *("--requirements", revision, "--output-dir", results, *options),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    scenarios = {
        _TIME.sub("", file.parent.name.removeprefix("server-")): json.loads(file.read_text())
        for file in results.glob("*/checks.json")
    }
    # A scenario that breaks down leaves no checks.
    announced = _ANNOUNCED.search(done.stdout)
    assert announced, done.stderr
    assert len(scenarios) == int(announced[1]), done.stderr
    return SuiteRun(done.returncode, scenarios)


def expected_failures(file: Path) -> dict[str, str]:
    """Read the suite's list of expected failures: the reason for each ``scenario:check``."""
    head, *lines = file.read_text().splitlines()
    assert head == "server:", file
    reasons: dict[str, str] = {}
    for line in lines:
        entry = _EXPECTED_LINE.fullmatch(line)
        assert entry, f"{file}: not a scenario, a check and the reason in a comment: {line}"
        reasons[entry[1]] = entry[2]
    return reasons
