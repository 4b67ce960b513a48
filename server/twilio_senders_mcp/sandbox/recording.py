"""The record of the last requests, without credentials and verification codes."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

_REDACTED = "[redacted]"
_DEEPEST = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRequest:
    """One request to the API and the status of its response.

    ``account_sid`` is the account whose credentials it carried, None if they are not accepted.
    ``body`` is the parsed JSON, or None. ``status`` is None if the connection ended before a
    status was sent. Header names are in lower case.
    """

    account_sid: str | None
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: JsonValue
    status: int | None
    request_id: str

    def as_json(self) -> dict[str, JsonValue]:
        """Return the record as a JSON object."""
        return {
            "account_sid": self.account_sid,
            "method": self.method,
            "path": self.path,
            "query": dict(self.query),
            "headers": dict(self.headers),
            "body": self.body,
            "status": self.status,
            "request_id": self.request_id,
        }


def redact(value: JsonValue, depth: int = 0) -> JsonValue:
    """Return a copy without any verification code, even in an unexpected place."""
    if depth > _DEEPEST:
        return _REDACTED
    if isinstance(value, dict):
        return {
            key: _REDACTED if _is_secret(key, entry) else redact(entry, depth + 1)
            for key, entry in value.items()
        }
    if isinstance(value, list):
        return [redact(entry, depth + 1) for entry in value]
    return value


def _is_secret(key: str, entry: JsonValue) -> bool:
    return entry is not None and key.replace("_", "").lower() == "verificationcode"
