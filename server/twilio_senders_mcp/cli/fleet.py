"""What the commands ``worker`` and ``runs`` do: carry out runs of changes, follow and show them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import anyio

from twilio_senders_mcp.changes import Changes
from twilio_senders_mcp.changes.errors import ChangesError
from twilio_senders_mcp.server import create_accounts, create_changes
from twilio_senders_mcp.settings import Settings
from twilio_senders_mcp.tools.failure import describe_failure
from twilio_senders_mcp.tools.run_result import run_sentence

from .run_progress import RunDisplay, run_display, told
from .run_reports import RUNS_MAX, Form, list_report, run_report
from .terminal import PROGRAM, say
from .until_signal import until_signal

UNATTENDED_SECONDS: Final = 5.0
"""How long nothing carries a run out before that is said: idle servers look as often for a run."""

UNATTENDED: Final = f"Nothing is carrying it out; start `{PROGRAM} worker`."
LEFT: Final = "No longer following; the run is not affected."

_LOOK_SECONDS: Final = 0.5


class FleetFailed(Exception):  # noqa: N818 - an outcome, worded for a person
    """The command could not do what it was asked for."""


async def work(settings: Settings, *, once: bool) -> None:
    """Carry out unfinished runs and show them, until a signal.

    With ``once``, return as soon as no run is running.

    Raises:
        FleetFailed: if the state cannot be used.

    """
    async with _changes(settings) as (changes, _):
        await until_signal(partial(_carry_out, changes, once=once))


async def _carry_out(changes: Changes, *, once: bool) -> None:
    failure: ChangesError | None = None
    async with changes.executing():
        try:
            with run_display() as display:
                await _watch(changes, display, once=once)
        except ChangesError as error:
            failure = error
    # The block above would wrap it in an exception group.
    if failure is not None:  # pragma: no branch - coverage takes the end of the block for one
        raise failure


async def _watch(changes: Changes, display: RunDisplay, *, once: bool) -> None:
    shown: dict[str, str] = {}
    while True:
        runs = await changes.recent_runs(limit=RUNS_MAX)
        running = [run for run in runs if run.state == "running"]
        for run in runs:
            known = shown.get(run.run, told(run) if run not in running else "")
            if known != told(run):  # pragma: no branch - it depends on when it looks
                display.show(run)
            shown[run.run] = told(run)
        if once and not running:
            return
        await anyio.sleep(_LOOK_SECONDS)


async def runs_report(settings: Settings, run: str, form: Form, *, follow: bool = False) -> str:
    """Return the recent runs, or one run with all of its senders.

    With ``follow``, show the run on stderr first until it ends, or until a signal.

    Raises:
        FleetFailed: if there is no such run, or the state cannot be used.

    """
    async with _changes(settings) as (changes, several):
        if not run:
            return await list_report(changes, form)
        if follow:
            if not await until_signal(partial(follow_run, changes, run)):
                say(LEFT)
            elif form != "text":
                say(run_sentence(await changes.summary(run)))
        return await run_report(changes, run, form, several=several)


async def follow_run(
    changes: Changes, run: str, *, unattended_seconds: float = UNATTENDED_SECONDS
) -> None:
    """Show a run until it ends, and say if nothing has carried it out for so many seconds.

    Raises:
        UnknownRun, StateUnavailable: see `.changes.errors`.

    """
    summary = await changes.summary(run)
    shown, attended, warned = "", anyio.current_time(), False
    with run_display() as display:
        while not summary.is_over:
            if shown != told(summary):
                shown = told(summary)
                display.show(summary)
            now = anyio.current_time()
            if summary.executing:
                attended, warned = now, False
            elif not warned and now - attended >= unattended_seconds:
                display.say(UNATTENDED)
                warned = True
            await anyio.sleep(_LOOK_SECONDS)
            summary = await changes.summary(run)


@asynccontextmanager
async def _changes(settings: Settings) -> AsyncGenerator[tuple[Changes, bool]]:
    """Yield the plans and runs, and whether they may be about several accounts."""
    accounts = create_accounts(settings)
    changes = create_changes(settings, accounts, sandbox=False)
    try:
        yield changes, accounts.several
    except ChangesError as error:
        raise FleetFailed(describe_failure(error).text) from None
    finally:
        with anyio.CancelScope(shield=True):
            await changes.aclose()
            await accounts.aclose()
