"""Removal of secrets from Twilio's responses, which may quote the request."""

import re
from collections.abc import Iterable
from typing import Any, Final, cast

REDACTED: Final = "[redacted]"

_WORD_MIN: Final = 16
# A word may end with the padding of Base64.
_WORD: Final = re.compile(rf"[0-9A-Za-z]{{{_WORD_MIN},}}={{0,2}}")


class KnownSecrets:
    """The secrets of every account.

    There may be thousands. Those that look like one of Twilio's, which are long and consist of
    letters and digits, are looked up in a set, so that the time does not grow with their number.
    """

    def __init__(self) -> None:
        self._words: dict[int, set[str]] = {}
        self._others: dict[str, re.Pattern[str]] = {}

    def add(self, secrets: Iterable[str]) -> None:
        """Add secrets; an empty text is none."""
        for secret in secrets:
            if _WORD.fullmatch(secret):
                word = secret.rstrip("=")
                self._words.setdefault(len(word), set()).add(word)
            elif secret:
                self._others.setdefault(secret, _pattern(secret))

    def are_in(self, text: str) -> bool:
        """Tell whether ``text`` contains a secret."""
        return any(secret in text for secret in self._others) or any(
            self._first_in(word[0], 0) for word in _WORD.finditer(text)
        )

    def replaced_in(self, text: str) -> str:
        """Return ``text`` with every secret replaced."""
        for pattern in self._others.values():
            text = pattern.sub(REDACTED, text)
        return _WORD.sub(self._replaced_in_word, text) if self._words else text

    def _replaced_in_word(self, word: re.Match[str]) -> str:
        text, parts, end = word[0], list[str](), 0
        while found := self._first_in(text, end):
            start, length = found
            parts += [text[end:start], REDACTED]
            end = start + length
        rest = text[end:]
        return "".join([*parts, rest.lstrip("=") if parts else rest])

    def _first_in(self, word: str, start: int) -> tuple[int, int] | None:
        """Return where the first secret from ``start`` on begins, and its length."""
        for position in range(start, len(word) - _WORD_MIN + 1):
            for length, secrets in self._words.items():
                if word[position : position + length] in secrets:
                    return position, length
        return None


class Redaction:
    """Replaces the known secrets, and ``code``, the verification code of a request.

    A short code is left alone within a longer number, because it is part of many.
    """

    def __init__(self, known: KnownSecrets, code: str = "") -> None:
        self._known = known
        self._code = code
        self._pattern = _pattern(code) if code else None

    def is_needed(self, content: bytes) -> bool:
        """Tell whether ``content`` contains a secret, or escapes that may hide one."""
        if b"\\" in content or (self._code and self._code.encode() in content):
            return True
        return self._known.are_in(content.decode("utf-8", "replace"))

    def apply(self, value: Any) -> Any:
        """Return a JSON value with every secret in its strings, keys and numbers replaced."""
        if isinstance(value, str):
            text = self._known.replaced_in(value)
            return self._pattern.sub(REDACTED, text) if self._pattern else text
        if isinstance(value, int) and self.apply(str(value)) == REDACTED:
            return REDACTED
        if isinstance(value, list):
            return [self.apply(item) for item in cast("list[object]", value)]
        if isinstance(value, dict):
            entries = cast("dict[str, object]", value)
            return {self.apply(key): self.apply(item) for key, item in entries.items()}
        return value


def _pattern(secret: str) -> re.Pattern[str]:
    text = re.escape(secret)
    return re.compile(rf"(?<!\d){text}(?!\d)" if secret.isdecimal() else text)
