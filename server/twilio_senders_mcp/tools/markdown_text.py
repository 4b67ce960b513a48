"""Escaping of text for use in Markdown, so that it cannot become anything but text."""

import re
from typing import Final

_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>&~|!@$#]|(?<=www)\.|:(?=//)")
"""What formats text, and what would turn an address into a link."""

_BACKTICKS: Final = re.compile("`+")


def escape(text: str) -> str:
    """Return one line of text so that Markdown shows it as it is."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def code(text: str) -> str:
    """Return one line of text as code, in which nothing else has a meaning."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    # A space beside the fence is not shown; a backtick beside it would lengthen it.
    return f"{fence} {text} {fence}" if longest else f"{fence}{text}{fence}"
