"""The command ``worker``: carry out runs of changes."""

import argparse
from typing import Final

from twilio_senders_mcp.settings import Settings

from .command import Command
from .terminal import fail, say


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="end when no run is running")


def _run(options: argparse.Namespace, settings: Settings) -> int:
    import anyio

    from .fleet import FleetFailed, work

    async def carry_out() -> int:
        try:
            await work(settings, once=options.once)
        except FleetFailed as failure:
            return fail(str(failure))
        return 0

    if not options.once:
        say("Carrying out unfinished runs; Ctrl-C ends it.")
    return anyio.run(carry_out)


WORKER: Final = Command(
    name="worker",
    summary="carry out unfinished runs of changes, without an AI tool",
    example="twilio-senders-mcp worker --once",
    run=_run,
    add_arguments=_add_arguments,
    takes_settings=True,
)
