"""What the commands write to a terminal, in which colours, and how they end."""

import os
import sys
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

from twilio_senders_mcp.settings import allows_color

if TYPE_CHECKING:
    from io import TextIOWrapper

PROGRAM: Final = "twilio-senders-mcp"
USAGE_ERROR: Final = 2
"""The exit status for words or settings that cannot be used."""


def say(text: str) -> None:
    """Tell the person at the terminal; stdout is for MCP, and stderr may be closed."""
    if sys.stderr is not None:  # pyright: ignore[reportUnnecessaryComparison] - None without a stderr
        # One write: a reader that closes the pipe after the first line breaks nothing.
        print(f"{text}\n", end="", file=sys.stderr, flush=True)


def fail(text: str) -> int:
    """Say why the command failed and return its exit status."""
    say(f"{PROGRAM}: {text}")
    return 1


def print_utf8(text: str) -> None:
    """Print a report in UTF-8, as who reads it expects on every system."""
    cast("TextIOWrapper", sys.stdout).reconfigure(encoding="utf-8")
    print(text, flush=True)


def end_process(*_: Any) -> NoReturn:
    """End at once: on stdio a thread waits for input and could not be told to stop.

    Over HTTP the server has shut down when it gets here, or has not begun to serve.
    """
    os._exit(0)


def end_with(status: int) -> NoReturn:
    """End at once with this exit status, also if a thread hangs, such as a name look-up."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # pyright: ignore[reportUnnecessaryComparison] - None where closed
            stream.flush()
    os._exit(status)


def shows_color() -> bool:
    """Return whether what is printed is seen in colour."""
    return sys.stdout is not None and sys.stdout.isatty() and allows_color()


def in_color(text: str, role: str) -> str:
    """Return ``text`` as a terminal shows it in its role's colour; each line stands for itself."""
    style = _STYLES.get(role)
    if style is None:
        return text
    return "\n".join(f"\x1b[{style}m{line}\x1b[0m" if line else "" for line in text.split("\n"))


_STYLES: Final = {
    "heading": "1;36",
    "refusal": "31",
    "closing": "1;32",
    "fail": "31",
    "warn": "33",
    "unknown": "2",
    "skipped": "2",
    "pass": "32",
    "label": "1",
}
"""Cyan, red, green, yellow, bold (1) and faint (2): the parameters of ANSI's escape sequence
"select rendition"."""
