"""The command ``runs``: show runs of changes."""

import argparse
from functools import partial
from typing import Final

from twilio_senders_mcp.settings import Settings

from .command import Command
from .terminal import fail


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", nargs="?", default="", help="show all of its senders")
    parser.add_argument("--json", action="store_true", help="as JSON")


def _run(options: argparse.Namespace, settings: Settings) -> int:
    import anyio

    from .fleet import FleetFailed, runs_report

    try:
        print(anyio.run(partial(runs_report, settings, options.run, as_json=options.json)))
    except FleetFailed as failure:
        return fail(str(failure))
    return 0


SHOW_RUNS: Final = Command(
    name="runs",
    summary="show the recent runs of changes, or one of them",
    example="twilio-senders-mcp runs --json",
    run=_run,
    add_arguments=_add_arguments,
    takes_settings=True,
)
