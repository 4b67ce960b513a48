"""Completions while a person fills in a prompt or a resource: SIDs, verticals, error codes."""

from typing import Final, get_args

from mcp.types import Completion, CompletionArgument

from twilio_senders_mcp.twilio.errors import known_codes
from twilio_senders_mcp.twilio.models import Channel, Vertical

from .directory import Directory

VALUES_MAX: Final = 100
"""The specification's limit for one answer."""


async def complete(argument: CompletionArgument, directory: Directory) -> Completion:
    """Return what the argument's value may be, by the argument's name."""
    typed = argument.value.strip()
    match argument.name:
        case "sid" | "sender":
            values = await directory.sids(typed)
        case "page":
            values = _pages(typed)
        case "vertical":
            values = _containing(typed, get_args(Vertical))
        case "channel":
            values = _containing(typed, get_args(Channel))
        case "error_code":
            values = [code for code in known_codes() if code.startswith(typed)]
        case _:
            values = []
    return Completion(
        values=values[:VALUES_MAX], total=len(values), has_more=len(values) > VALUES_MAX
    )


def _pages(typed: str) -> list[str]:
    from twilio_senders_mcp.reference.library import library  # noqa: PLC0415 - the start pays nothing for it

    return _containing(typed, tuple(path for path in library() if path))


def _containing(typed: str, values: tuple[str, ...]) -> list[str]:
    return [value for value in values if typed.casefold() in value.casefold()]
