"""What ``worker`` and ``runs --follow`` show on stderr while runs are carried out.

A terminal shows a bar for each run, and above the bars what is said. Elsewhere there are lines.
"""

import logging
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from typing_extensions import override

from twilio_senders_mcp.changes import PROBLEMS, RunSummary
from twilio_senders_mcp.tools.run_result import OUTCOME_WORDS, run_sentence

from .terminal import say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID


class RunDisplay(Protocol):
    """Shows runs and says sentences."""

    def show(self, run: RunSummary, /) -> None:
        """Show the state and the counts of a run."""
        ...

    def say(self, text: str, /) -> None:
        """Say a sentence."""
        ...


@contextmanager
def run_display() -> Generator[RunDisplay]:
    """Yield what shows runs on stderr while the block runs."""
    # It is None without a stderr. The library is loaded where there is a terminal.
    if sys.stderr is not None and sys.stderr.isatty():  # pyright: ignore[reportUnnecessaryComparison]
        from rich.console import Console

        console = Console(stderr=True)
        if console.is_interactive:
            with _bars(console) as display:
                yield display
            return
    yield _Lines()


def told(run: RunSummary) -> str:
    """Return a sentence on a run, without whether somebody carries it out at the moment."""
    return run_sentence(replace(run, executing=True))


class _Lines:
    """Shows each state as a line."""

    def show(self, run: RunSummary) -> None:
        say(told(run))

    def say(self, text: str) -> None:
        say(text)


class _Bars:
    """Shows a bar for each run that is running, and a line when it ends."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def show(self, run: RunSummary) -> None:
        if run.run not in self._tasks:
            self._tasks[run.run] = self._progress.add_task(run.run, total=run.senders, problems="")
        if run.is_over:
            self._progress.remove_task(self._tasks.pop(run.run))
            self.say(told(run))
            return
        self._progress.update(
            self._tasks[run.run],
            completed=run.senders - run.waiting,
            problems=_problems(run),
        )

    def say(self, text: str) -> None:
        self._progress.console.print(
            text, markup=False, emoji=False, highlight=False, soft_wrap=True
        )


@contextmanager
def _bars(console: "Console") -> Generator[_Bars]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[problems]}", markup=False),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    display = _Bars(progress)
    with progress, _logged_by(display.say):
        yield display


def _problems(run: RunSummary) -> str:
    return ", ".join(
        f"{count} {OUTCOME_WORDS[outcome]}"
        for outcome, count in run.counts.items()
        if outcome in PROBLEMS
    )


@contextmanager
def _logged_by(write: Callable[[str], None]) -> Generator[None]:
    """Let ``write`` show the log while the block runs; written between the bars it breaks them."""
    root = logging.getLogger()
    kept = root.handlers
    root.handlers = [_WritingHandler(write, kept[0].formatter)]
    try:
        yield
    finally:
        root.handlers = kept


class _WritingHandler(logging.Handler):
    def __init__(self, write: Callable[[str], None], formatter: logging.Formatter | None) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self._write = write

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self._write(self.format(record))
