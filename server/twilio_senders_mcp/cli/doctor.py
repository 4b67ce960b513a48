"""The command ``doctor``: what prevents the server from working, and the cure."""

import argparse
import signal
import sys
from typing import TYPE_CHECKING, Any, Final

from twilio_senders_mcp.settings import Settings

from .command import Command
from .terminal import end_with, say

if TYPE_CHECKING:
    from twilio_senders_mcp.doctor.diagnosis import Diagnosis


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="all at the end, as JSON")


def _run(options: argparse.Namespace, settings: Settings) -> int:
    return _diagnose(options, settings, [])


def _run_without_settings(options: argparse.Namespace, problems: list[str]) -> int:
    from .doctor_checks import settings_to_go_on_with

    return _diagnose(options, settings_to_go_on_with(options), problems)


def _diagnose(options: argparse.Namespace, settings: Settings, problems: list[str]) -> int:
    import anyio

    from .doctor_checks import diagnose
    from .doctor_report import as_json, conclusion, shown

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)

    def tell(diagnosis: "Diagnosis") -> None:
        if not options.json:
            print(shown(diagnosis), flush=True)

    async def report() -> int:
        found = await diagnose(options, settings, problems, tell)
        print(as_json(found) if options.json else f"\n{conclusion(found)}")
        status = int(any(diagnosis.level == "problem" for diagnosis in found))
        end_with(status)

    try:
        return anyio.run(report)
    except* BrokenPipeError:
        sys.stdout = None  # nobody reads it, so that it cannot be flushed
        end_with(1)


def _interrupted(*_: Any) -> None:
    say("Interrupted.")
    end_with(1)


DOCTOR: Final = Command(
    name="doctor",
    summary="find out what prevents the server from working; exits with 1 if something does",
    example="twilio-senders-mcp doctor --sandbox",
    run=_run,
    add_arguments=_add_arguments,
    takes_settings=True,
    takes_sandbox=True,
    run_without_settings=_run_without_settings,
)
