"""The command ``runs``: show runs of changes."""

import argparse
from functools import partial
from typing import Final

from twilio_senders_mcp.settings import Settings, SettingsError

from .command import Command
from .terminal import end_process, fail, print_utf8


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", nargs="?", default="", help="show all of its senders")
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument("--json", dest="form", action="store_const", const="json", help="as JSON")
    forms.add_argument("--csv", dest="form", action="store_const", const="csv", help="as CSV")
    parser.set_defaults(form="text")
    parser.add_argument("--follow", action="store_true", help="wait until RUN ends, and show it")


def _run(options: argparse.Namespace, settings: Settings) -> int:
    import anyio

    from .fleet import FleetFailed, runs_report

    if options.follow and not options.run:
        raise SettingsError(["--follow needs the RUN to follow"])
    report = partial(runs_report, settings, options.run, options.form, follow=options.follow)
    try:
        print_utf8(anyio.run(report))
    except FleetFailed as failure:
        return fail(str(failure))
    except BrokenPipeError:
        end_process()  # whoever read it has read enough
    return 0


SHOW_RUNS: Final = Command(
    name="runs",
    summary="show the recent runs of changes, or one of them",
    example="twilio-senders-mcp runs --csv",
    run=_run,
    add_arguments=_add_arguments,
    takes_settings=True,
)
