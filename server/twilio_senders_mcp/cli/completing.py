"""What the shell is offered when Tab is pressed: loaded only then.

The scripts of the command ``completion`` start this command with a line that is being typed.
"""

import argparse
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

import argcomplete
from argcomplete.completers import DirectoriesCompleter, FilesCompleter

from twilio_senders_mcp.settings import SETTINGS

from .parser import actions_of, create_parsers

Completer = Callable[..., Iterable[str]]


def complete() -> None:
    """Write the completions of the line that the shell gives, and end the process."""
    parsers = create_parsers()
    for parser in (parsers.whole, *parsers.of_commands):
        for action in actions_of(parser):
            if action.choices is None:
                # argcomplete looks for this attribute.
                action.completer = _completer(action)  # pyright: ignore[reportAttributeAccessIssue]
    argcomplete.autocomplete(parsers.whole, always_complete_options=False)


def _completer(action: argparse.Action) -> Completer:
    setting = SETTINGS.get(action.dest)
    if setting is not None and setting.choices:
        return partial(_offer, setting.choices)
    return _BY_METAVAR.get(str(action.metavar), _nothing)


def _offer(choices: Iterable[str], **_: Any) -> Iterable[str]:
    return choices


def _nothing(**_: Any) -> list[str]:
    """Offer nothing, where argcomplete would offer files."""
    return []


def _tool_names(prefix: str, **_: Any) -> list[str]:
    """Offer the tools for the last of several names that are separated by commas."""
    from twilio_senders_mcp.tools.catalog import ALL_TOOL_NAMES

    named, comma, _last = prefix.rpartition(",")
    return [f"{named}{comma}{name}" for name in ALL_TOOL_NAMES]


def _clients(**_: Any) -> list[str]:
    from twilio_senders_mcp.clients.catalog import CLIENTS

    return [client.key for client in CLIENTS]


_BY_METAVAR: Final[dict[str, Completer]] = {
    "CLIENT": _clients,
    "FILE": FilesCompleter(),
    "FOLDER": DirectoriesCompleter(),
    "PLACE": DirectoriesCompleter(),
    "NAMES": _tool_names,
}
"""What is offered for an argument, by how the help names it."""
