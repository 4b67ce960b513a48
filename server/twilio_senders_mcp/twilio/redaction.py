"""Keeping secrets out of whatever Twilio sends back: it may quote what it was sent."""

import re
from collections.abc import Iterable
from typing import Any, Final, cast

REDACTED: Final = "[redacted]"


class Redaction:
    """Replaces secrets wherever they stand alone: a code of few digits is part of many numbers."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [secret for secret in secrets if secret]

    def is_needed(self, content: bytes) -> bool:
        """Tell whether raw bytes hold a secret."""
        return any(secret.encode() in content for secret in self._secrets)

    def apply(self, value: Any) -> Any:
        """Return a JSON value without any secret in its texts, keys and numbers."""
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
