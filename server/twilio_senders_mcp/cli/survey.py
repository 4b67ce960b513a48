"""The command ``survey``: a summary of all senders."""

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
        lines, complete = await survey_report(
            settings, account=options.account, sandbox=options.sandbox, width=width()
        )
        print_report(lines)
        return 0 if complete else 1

    return reported(report)


SURVEY: Final = Command(
    name="survey",
    summary="summarize all senders; exits with 1 if not all could be read",
    example="twilio-senders-mcp survey --sandbox",
    run=_run,
    add_arguments=_add_arguments,
    takes_settings=True,
    takes_sandbox=True,
)
