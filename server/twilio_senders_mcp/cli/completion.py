"""The command ``completion``: the script that lets a shell complete this command."""

import argparse
from typing import Final

from twilio_senders_mcp.settings import Settings

from .command import Command
from .terminal import PROGRAM

_SHELLS: Final = ("bash", "zsh", "fish")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "shell",
        metavar="SHELL",
        choices=_SHELLS,
        help=f"{', '.join(_SHELLS[:-1])} or {_SHELLS[-1]}",
    )


def _run(options: argparse.Namespace, _: Settings) -> int:
    from argcomplete.shell_integration import shellcode

    # Without the shell's own defaults, which would offer files for a value of any kind.
    print(shellcode([PROGRAM], use_defaults=False, shell=options.shell))
    return 0


COMPLETION: Final = Command(
    name="completion",
    summary="print the script that lets bash, zsh or fish complete commands, flags and values",
    example="twilio-senders-mcp completion bash",
    run=_run,
    add_arguments=_add_arguments,
)
