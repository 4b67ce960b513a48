"""What describes a command of the command line."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from twilio_senders_mcp.settings import Settings


def _add_none(_: argparse.ArgumentParser) -> None:
    """Add no argument."""


@dataclass(frozen=True)
class Command:
    """A command: what its help says, what it takes, and the function that carries it out."""

    name: str
    """The word that chooses it; empty for what runs without a command."""
    summary: str
    """What it does, as ``--help`` of the whole lists it: lower case, without a full stop."""
    example: str
    """A line that can be run as it is."""
    run: Callable[[argparse.Namespace, Settings], int]
    """Carries it out and returns the exit status."""
    add_arguments: Callable[[argparse.ArgumentParser], None] = _add_none
    takes_settings: bool = False
    """Whether the flags of settings apply to it."""
    takes_sandbox: bool = False
    """Whether ``--sandbox`` applies to it."""
    run_without_settings: Callable[[argparse.Namespace, list[str]], int] | None = None
    """Runs in place of ``run`` if the settings cannot be used, and is given what is wrong with
    them. Without it that ends the program."""
