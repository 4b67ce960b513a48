"""The parser of the command line, made from the commands."""

import argparse
from collections.abc import Sequence
from typing import Final, NamedTuple

from twilio_senders_mcp import __version__
from twilio_senders_mcp.settings.flags import SETTING_FLAGS, add_setting_flags
from twilio_senders_mcp.settings.problems import did_you_mean

from .command import Command
from .commands import COMMANDS, WITHOUT_A_COMMAND
from .terminal import PROGRAM

_DESCRIPTION: Final = """\
An MCP server with which any AI client manages Twilio's WhatsApp and RCS senders.

Without a command it serves MCP on stdin and stdout: that is what an AI tool's mcp.json runs.
Try it without a Twilio account:  twilio-senders-mcp demo
If something does not work:       twilio-senders-mcp doctor
"""
_EPILOG: Final = """\
Credentials come from the environment: TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN, or with
TWILIO_API_KEY and TWILIO_API_SECRET. The README lists every setting.
"""


class Parsers(NamedTuple):
    """The parser of the whole command line and those of the commands, in order."""

    whole: argparse.ArgumentParser
    """What it parses has the chosen `Command` as ``command``."""
    of_commands: tuple[argparse.ArgumentParser, ...]

    @property
    def flags(self) -> list[str]:
        """Every flag that one of them knows."""
        actions = [
            action for each in (self.whole, *self.of_commands) for action in actions_of(each)
        ]
        return list(dict.fromkeys(flag for action in actions for flag in action.option_strings))


def create_parsers() -> Parsers:
    """Return the parser of the commands."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        allow_abbrev=False,
        description=_DESCRIPTION,
        epilog=f"{_EPILOG}\n{_example(WITHOUT_A_COMMAND)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    _add_command(parser, WITHOUT_A_COMMAND)
    added = parser.add_subparsers(title="commands", metavar="COMMAND")
    parsers: list[argparse.ArgumentParser] = []
    for command in COMMANDS:
        parsers += [
            added.add_parser(
                command.name,
                help=command.summary,
                description=f"{command.summary[0].upper()}{command.summary[1:]}.",
                epilog=_example(command),
                allow_abbrev=False,
            )
        ]
        _add_command(parsers[-1], command)
    return Parsers(parser, tuple(parsers))


def actions_of(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return the arguments that a parser takes; argparse has no public way to list them."""
    return parser._actions  # noqa: SLF001


def _example(command: Command) -> str:
    return f"Example: {command.example}"


def _add_command(parser: argparse.ArgumentParser, command: Command) -> None:
    parser.set_defaults(command=command)
    command.add_arguments(parser)
    if command.takes_sandbox:
        parser.add_argument(
            "--sandbox",
            action="store_true",
            # A flag that is not given sets nothing: the parser of the whole may have been given it.
            default=argparse.SUPPRESS,
            help="use the embedded Twilio: no account, no credentials, nothing real happens",
        )
    if command.takes_settings:
        add_setting_flags(parser)


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Parse ``words``; end with a usage error where a flag is unknown or does not apply."""
    parsers = create_parsers()
    parser = parsers.whole
    if unknown := _unknown_flag(words, parsers.flags):
        parser.error(unknown)
    options = parser.parse_args(words, argparse.Namespace(sandbox=False))
    command: Command = options.command
    if options.sandbox and not command.takes_sandbox:
        parser.error(_misplaced("--sandbox", [one.name for one in COMMANDS if one.takes_sandbox]))
    if (given := given_settings(options)) and not command.takes_settings:
        flag = SETTING_FLAGS[next(iter(given))]
        parser.error(_misplaced(flag, [one.name for one in COMMANDS if one.takes_settings]))
    return options


def given_settings(options: argparse.Namespace) -> dict[str, str]:
    """Return what flags of settings were given, by the settings' names."""
    return {name: text for name, text in vars(options).items() if name in SETTING_FLAGS}


def _misplaced(flag: str, names: list[str]) -> str:
    *others, last = names
    return f"{flag} applies only without a command, or with {', '.join(others)} or {last}"


def _unknown_flag(words: Sequence[str], known: Sequence[str]) -> str | None:
    """Name the first flag that no command has; its value, which may be a secret, is left out."""
    for word in words:
        name = word.partition("=")[0]
        if name.startswith("-") and name not in known:
            return f"unknown flag {name}{did_you_mean(name, known)}"
    return None
