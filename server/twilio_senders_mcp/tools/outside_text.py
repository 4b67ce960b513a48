"""Escaping of external text for use in this server's sentences.

A sender's name, a message of Twilio or a status can contain anything. Within a sentence it is
data: it is limited in length, stays on one line, contains no invisible character, and cannot close
the quotation marks around it.
"""

import re
import unicodedata
from typing import Final

TEXT_MAX: Final = 120
"""Maximum length of one text, in characters; a longer one would hide the sentence around it."""

MESSAGE_MAX: Final = 1000
"""Maximum length of a message that Twilio sent, in characters."""

# Control, format (including bidirectional and zero-width), surrogate, private use, unassigned.
_INVISIBLE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# Default-ignorable or blank despite their category (Unicode, DerivedCoreProperties).
_INVISIBLE_RANGES: Final = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xE0100, 0xE01EF),
)
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_:+.@-]{1,120}")
_QUOTES: Final = str.maketrans(dict.fromkeys('"“”„‟«»″\uff02', "'"))


def one_line(text: object, limit: int = TEXT_MAX) -> str:
    """Return ``text`` on one line, without invisible characters, at most ``limit`` long."""
    # Truncating first bounds the work for a long text.
    shown = "".join(
        " " if character.isspace() else character
        for character in str(text)[: 8 * limit]
        if character.isspace() or not _is_invisible(character)
    )
    shown = " ".join(shown.split())
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def quoted(text: object, limit: int = TEXT_MAX) -> str:
    """Return ``text`` on one line, in quotation marks that it cannot close."""
    return f'"{one_line(text, limit).translate(_QUOTES)}"'


def identifier(text: object) -> str:
    """Return a SID, a sender ID, a status or a code unchanged, and anything else quoted."""
    return str(text) if _IDENTIFIER.fullmatch(str(text)) else quoted(text)


def _is_invisible(character: str) -> bool:
    if character.isascii():
        return not character.isprintable()
    if unicodedata.category(character) in _INVISIBLE_CATEGORIES:
        return True
    return any(first <= ord(character) <= last for first, last in _INVISIBLE_RANGES)
