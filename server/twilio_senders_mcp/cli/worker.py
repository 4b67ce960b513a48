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

    from twilio_senders_mcp.protocol.stdio import cancel_at_signal

    from .fleet import FleetFailed, work

    async def work_until_told_to_stop() -> int:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(cancel_at_signal, tasks.cancel_scope)
            try:
                await work(settings, say, once=options.once)
            except FleetFailed as failure:
                tasks.cancel_scope.cancel()
                return fail(str(failure))
            tasks.cancel_scope.cancel()
        return 0

    if not options.once:
        say("Carrying out unfinished runs; Ctrl-C ends it.")
    return anyio.run(work_until_told_to_stop)


WORKER: Final = Command(
    name="worker",
    summary="carry out unfinished runs of changes, without an AI tool",
    example="twilio-senders-mcp worker --once",
    run=_run,
    add_arguments=_add_arguments,
    takes_settings=True,
)
