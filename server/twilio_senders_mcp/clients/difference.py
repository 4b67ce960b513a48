"""The difference that a person is shown: complete for what is ours, without what is another's.

Values and comments outside our entry may be secrets of other servers. They are masked before the
texts are compared, so that no line can show them.
"""

import difflib
import re
from collections.abc import Collection, Sequence
from typing import Final

from .edits import Span

_MASK: Final = "…"
_JSON_TOKEN: Final = re.compile(
    r'(?P<key>"(?:\\.|[^"\\\r\n])*"\s*:)'
    r'|(?P<value>"(?:\\.|[^"\\\r\n])*")'
    r"|(?P<note>//[^\r\n]*|/\*.*?\*/)",
    re.DOTALL,
)
_TOML_TOKEN: Final = re.compile(
    r"(?P<key>(?:\"(?:\\.|[^\"\\\r\n])*\"|'[^'\r\n]*')\s*=)"
    r"|(?P<value>\"\"\".*?\"\"\"|'''.*?'''|\"(?:\\.|[^\"\\\r\n])*\"|'[^'\r\n]*')"
    r"|(?P<note>\#[^\r\n]*)",
    re.DOTALL,
)
_HARMLESS_KEY: Final = re.compile(r'\b(?:command|type)"?\s*[:=]\s*\Z')
_HARMLESS_VALUE: Final = re.compile(
    r"""["'](?:--[a-z][a-z-]*|\$\{[a-z:]*[A-Z_]+\}|\$?TWILIO_[A-Z_]+)?["']"""
)
_KEY_LENGTH: Final = 40
_CONTEXT_LINES: Final = 2
_LINE_LENGTH: Final = 300


def masked(
    text: str,
    shown: Sequence[Span],
    replaced: Sequence[Span],
    known: Collection[str],
    *,
    toml: bool,
) -> str:
    """Return ``text`` with masks in place of values and comments.

    What is in a span of ``shown`` stays. In one of ``replaced``, programs, names of flags, and
    the strings of ``known``, quotation marks included, stay.
    """

    def mask(found: re.Match[str]) -> str:
        start, token = found.start(), found[0]
        if found["key"] or _is_within(start, shown):
            return token
        if found["note"]:
            return f"{token[: 2 - toml]} {_MASK}"
        if _is_within(start, replaced):
            before = text[max(0, start - _KEY_LENGTH) : start]
            harmless = _HARMLESS_KEY.search(before) or _HARMLESS_VALUE.fullmatch(token)
            if harmless or token in known:
                return token
        return f'"{_MASK}"'

    return (_TOML_TOKEN if toml else _JSON_TOKEN).sub(mask, text)


def strings_in(text: str, spans: Sequence[Span], *, toml: bool) -> set[str]:
    """Return the strings in the spans, with their quotation marks."""
    token = _TOML_TOKEN if toml else _JSON_TOKEN
    parts = [text[start:end] for start, end in spans]
    return {found[0] for part in parts for found in token.finditer(part) if found["value"]}


def difference(old: str, new: str, path: str) -> list[str]:
    """Return the unified difference of two masked texts, without characters that a terminal obeys.

    Lines of more than 300 characters are shortened.
    """
    lines = difflib.unified_diff(
        old.splitlines(),
        new.splitlines(),
        f"{path} (before)",
        f"{path} (after)",
        n=_CONTEXT_LINES,
        lineterm="",
    )
    return [_shortened(printable(line)) for line in lines]


def printable(text: str) -> str:
    """Return ``text`` with U+FFFD in place of control characters and those that turn direction."""
    return "".join(
        char if char.isprintable() or char == "\t" else "\N{REPLACEMENT CHARACTER}" for char in text
    )


def _shortened(line: str) -> str:
    half = _LINE_LENGTH // 2
    return line if len(line) <= _LINE_LENGTH else f"{line[:half]} {_MASK} {line[-half:]}"


def _is_within(position: int, spans: Sequence[Span]) -> bool:
    return any(start <= position < end for start, end in spans)
