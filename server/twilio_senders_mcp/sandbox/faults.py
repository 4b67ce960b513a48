"""Injected failures of the network or of Twilio, for tests."""

import difflib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import ClassVar, Final

from pydantic import ConfigDict, JsonValue, TypeAdapter, ValidationError

from twilio_senders_mcp.sandbox.errors import ApiError

_CODES = {400: 20001, 401: 20003, 403: 20403, 404: 20404, 409: 20409, 429: 20429}
_MESSAGES = {401: "Authenticate", 429: "Too Many Requests"}
_FIRST_ERROR = 400
_KEY_MAX: Final = 60
"""Maximum length of an unknown key in an error message, in characters."""


class FaultError(Exception):
    """A fault that cannot be read; the message says why, on one line for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to the next ``times`` requests.

    The order is: carry out the operation (``apply``), wait ``delay`` seconds, then break the
    connection in the middle of the response (``drop``) or respond with ``status`` and ``body``.
    Without ``status`` and ``body``, the response is the API's own. ``retry_after`` and ``headers``
    are added in either case. A status alone gets a body in Twilio's error format; a body alone gets
    status 200. A string or bytes body is sent unchanged, any other as JSON. ``content_type`` is
    application/json by default.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    times: int = 1
    delay: float = 0.0
    status: int | None = None
    body: bytes | JsonValue = None
    content_type: str | None = None
    retry_after: str | float | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    drop: bool = False
    apply: bool = False

    def __post_init__(self) -> None:
        """Refuse values that are impossible."""
        if self.times < 1 or self.delay < 0:
            raise ValueError("times must be 1 or more, delay 0 or more")
        if self.status is not None and not 200 <= self.status <= 599:  # noqa: PLR2004 # HTTP's final statuses
            raise ValueError("status must be from 200 to 599")

    @property
    def has_response(self) -> bool:
        """Whether the fault replaces the API's own response."""
        return self.status is not None or self.body is not None

    def extra_headers(self) -> dict[str, str]:
        """Return the headers that the fault adds or replaces, with names in lower case."""
        extra = {name.lower(): value for name, value in self.headers.items()}
        if self.retry_after is not None:
            seconds = self.retry_after
            extra["retry-after"] = seconds if isinstance(seconds, str) else f"{seconds:g}"
        if self.content_type is not None:
            extra["content-type"] = self.content_type
        return extra


class FaultQueue:
    """The faults that have not been applied yet, in order."""

    def __init__(self) -> None:
        self._waiting: deque[Fault] = deque()

    def add(self, fault: Fault) -> None:
        """Append a fault to the queue."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Remove all faults."""
        self._waiting.clear()

    def take(self) -> Fault | None:
        """Return the fault for the next request, if any."""
        if not self._waiting:
            return None
        fault = self._waiting.popleft()
        if fault.times > 1:
            self._waiting.appendleft(replace(fault, times=fault.times - 1))
        return fault


def read_fault(raw: bytes) -> Fault:
    """Read a fault from JSON; a string ``body`` is sent unchanged.

    Raises:
        FaultError: if the JSON is invalid; it names the first unknown key, or else all known keys.

    """
    try:
        return _FAULT.validate_json(raw)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
    known = [each.name for each in fields(Fault)]
    for detail in details:
        if detail["type"] == "unexpected_keyword_argument":
            raise FaultError(_unknown_key_message(str(detail["loc"][0]), known))
    raise FaultError(f"expected an object with some of {', '.join(known)}")


def _unknown_key_message(key: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(key[:_KEY_MAX], known, n=1)
    hint = f"did you mean {nearest[0]}?" if nearest else f"the known keys are {', '.join(known)}"
    return f"unknown key {key[:_KEY_MAX]!r}; {hint}"


def fault_response(fault: Fault) -> tuple[int, JsonValue | bytes]:
    """Return the status and the body of a fault's response."""
    status = fault.status or 200
    if fault.body is None and status >= _FIRST_ERROR:
        code = _CODES.get(status, 20500)
        return status, ApiError(status, code, _MESSAGES.get(status, f"Error {status}")).payload()
    return status, b"" if fault.body is None else fault.body


_FAULT = TypeAdapter(Fault)
