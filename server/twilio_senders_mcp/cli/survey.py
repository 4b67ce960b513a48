"""The command ``survey``: how all senders are."""

import argparse
from typing import Final

from twilio_senders_mcp.settings import Settings

from .command import Command
from .reporting import print_report, reported, width


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--account", default="*", help="the account, where there are several (all)")


def _run(options: argparse.Namespace, settings: Settings) -> int:
    from .report_tables import survey_report

    async def report() -> int:
        lines = await survey_report(
            settings, account=options.account, sandbox=options.sandbox, width=width()
        )
        print_report(lines)
        return 0

    return reported(report)


SURVEY: Final = Command(
    name="survey",
    summary="show how all senders are",
    example="twilio-senders-mcp survey --sandbox",
    run=_run,
    add_arguments=_add_arguments,
    takes_settings=True,
    takes_sandbox=True,
)
