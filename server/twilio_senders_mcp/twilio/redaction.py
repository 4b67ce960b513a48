"""Removal of secrets from Twilio's responses, which may quote the request."""

import re
from collections.abc import Iterable
from typing import Any, Final, cast

REDACTED: Final = "[redacted]"


class Redaction:
    """Replaces secrets; a short code is left alone within a longer number, as part of many."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [secret for secret in secrets if secret]
        self._patterns = [_pattern(secret) for secret in self._secrets]

    def is_needed(self, content: bytes) -> bool:
        """Tell whether ``content`` contains a secret, or escapes that may hide one."""
        return b"\\" in content or any(secret.encode() in content for secret in self._secrets)

    def apply(self, value: Any) -> Any:
        """Return a JSON value with every secret in its strings, keys and numbers replaced."""
        if isinstance(value, str):
            for pattern in self._patterns:
                value = pattern.sub(REDACTED, value)
            return value
        if isinstance(value, int) and str(value) in self._secrets:
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
