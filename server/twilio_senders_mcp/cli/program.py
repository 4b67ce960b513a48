"""Words to settings to a command."""

import signal
from collections.abc import Sequence

from twilio_senders_mcp.settings import SettingsError, is_completing, load_settings

from .command import Command
from .parser import given_settings, parse
from .terminal import PROGRAM, USAGE_ERROR, end_process, say


def run(words: Sequence[str]) -> int:
    """Run the command given as ``words`` and return its exit status.

    That is 0, 1 for a problem, or 2 for words or settings that cannot be used.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end_process)
    if is_completing():
        from .completing import complete

        complete()
    options = parse(words)
    from twilio_senders_mcp.logs import configure_logging

    command: Command = options.command
    account = command.takes_settings and not options.sandbox
    try:
        settings = load_settings(account=account, **given_settings(options))
        configure_logging(settings.twilio_senders_log_level)
        return command.run(options, settings)
    except SettingsError as error:
        if command.run_without_settings is not None:
            return command.run_without_settings(options, error.problems)
        for problem in error.problems:
            say(f"{PROGRAM}: {problem}")
        return USAGE_ERROR
