"""The command ``check``: one sender, checked."""

import argparse
import re
from typing import Final

from twilio_senders_mcp.settings import Settings

from .command import Command
from .reporting import print_report, reported, width

_SENDER_SID_PATTERN: Final = r"XE[0-9a-fA-F]{32}"
"""As the models have it; importing it from there would make ``--help`` slow."""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sid", metavar="SID", type=_sender_sid, help="the sender's SID (XE...)")
    parser.add_argument("--account", default="", help="its account, where there are several")


def _sender_sid(text: str) -> str:
    if re.fullmatch(_SENDER_SID_PATTERN, text):
        return text
    raise argparse.ArgumentTypeError("expected a sender's SID: XE and 32 hexadecimal digits")


def _run(options: argparse.Namespace, settings: Settings) -> int:
    from .report_tables import check_report

    async def report() -> int:
        lines, good = await check_report(
            settings,
            options.sid,
            account=options.account,
            sandbox=options.sandbox,
            width=width(),
        )
        print_report(lines)
        return 0 if good else 1

    return reported(report)


CHECK: Final = Command(
    name="check",
    summary="check one sender and show what is wrong; exits with 1 if it is blocked",
    example="twilio-senders-mcp check XEcccccccccccccccccccccccccccccccc --sandbox",
    run=_run,
    add_arguments=_add_arguments,
    takes_settings=True,
    takes_sandbox=True,
)
