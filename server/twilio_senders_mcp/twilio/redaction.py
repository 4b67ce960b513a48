"""Removal of secrets from Twilio's responses, which may quote the request."""

import re
from collections.abc import Iterable
from typing import Any, Final, cast

REDACTED: Final = "[redacted]"


class Redaction:
    """Replaces secrets, except within a longer number: short codes are part of many numbers."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [secret for secret in secrets if secret]

    def is_needed(self, content: bytes) -> bool:
        """Tell whether ``content`` contains a secret."""
        return any(secret.encode() in content for secret in self._secrets)

    def apply(self, value: Any) -> Any:
        """Return a JSON value with every secret in its strings, keys and numbers replaced."""
        if isinstance(value, str):
            for secret in self._secrets:
                value = re.sub(rf"(?<!\d){re.escape(secret)}(?!\d)", REDACTED, value)
            return value
        if isinstance(value, int) and str(value) in self._secrets:
            return REDACTED
        if isinstance(value, list):
            return [self.apply(item) for item in cast("list[object]", value)]
        if isinstance(value, dict):
            entries = cast("dict[str, object]", value)
            return {self.apply(key): self.apply(item) for key, item in entries.items()}
        return value
