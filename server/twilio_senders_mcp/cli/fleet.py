"""What the commands ``worker`` and ``runs`` do: carry out runs of changes, and show them."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Final

import anyio

from twilio_senders_mcp.changes import Changes
from twilio_senders_mcp.changes.errors import ChangesError
from twilio_senders_mcp.server import create_accounts, create_changes
from twilio_senders_mcp.settings import Settings
from twilio_senders_mcp.tools.failure import describe_failure
from twilio_senders_mcp.tools.run_result import run_sentence

from .run_reports import RUNS_MAX, Form, list_report, run_report

_LOOK_SECONDS: Final = 0.5

Say = Callable[[str], None]


class FleetFailed(Exception):  # noqa: N818 - an outcome, worded for a person
    """The command could not do what it was asked for."""


async def work(settings: Settings, say: Say, *, once: bool) -> None:
    """Carry out unfinished runs and say each change of their counts, until cancelled.

    With ``once``, return as soon as no run is running.

    Raises:
        FleetFailed: if the state cannot be used.

    """
    failure: ChangesError | None = None
    async with _changes(settings) as (changes, _):
        async with changes.executing():
            try:
                await _watch(changes, say, once=once)
            except ChangesError as error:
                failure = error
        # The block above would wrap it in an exception group.
        if failure is not None:  # pragma: no branch - coverage takes the end of the block for one
            raise failure


async def _watch(changes: Changes, say: Say, *, once: bool) -> None:
    told: dict[str, str] = {}
    while True:
        runs = await changes.recent_runs(limit=RUNS_MAX)
        running = [run for run in runs if run.state == "running"]
        for run in runs:
            sentence = run_sentence(run)
            known = told.get(run.run, sentence if run not in running else "")
            if known != sentence:  # pragma: no branch - it depends on when it looks
                say(sentence)
            told[run.run] = sentence
        if once and not running:
            return
        await anyio.sleep(_LOOK_SECONDS)


async def runs_report(settings: Settings, run: str, form: Form) -> str:
    """Return the recent runs, or one run with all of its senders.

    Raises:
        FleetFailed: if there is no such run, or the state cannot be used.

    """
    async with _changes(settings) as (changes, several):
        if run:
            return await run_report(changes, run, form, several=several)
        return await list_report(changes, form)


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
