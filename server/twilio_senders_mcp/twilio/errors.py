"""What can go wrong between this process and Twilio, as types with data.

    TwilioError
    ├── NotSent             no request left this process: nothing changed
    │   └── MissingCredentials
    ├── Refused             Twilio responded with 3xx or 4xx: nothing changed
    └── OutcomeUnknown      the request was sent, but no usable response came: it may have been
                            carried out, unless it only reads

These exceptions carry data, not messages for a reader, and no text from a library. All messages
for a caller are written in one place, `twilio_senders_mcp.tools.failure`. The causes and cures of
Twilio's own error codes are data in ``error_catalogue.toml``.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal, NamedTuple, cast

NotSentReason = Literal[
    "refused",
    "dns",
    "tls",
    "timeout",
    "network",
    "busy",
    "configuration",
    "credentials",
    "read_only",
]
"""``refused`` to ``network``: no connection was made. ``busy``: no connection became free in time.
``configuration``: the proxy or certificate settings of this machine cannot be used. ``read_only``:
the account may only be read."""

UnknownReason = Literal["timeout", "connection_lost", "server_error", "unreadable", "other_sender"]
"""``server_error``: Twilio responded with 5xx or 408. ``unreadable``: the response is not the JSON
object that the operation documents. ``other_sender``: it is not about the sender of the request."""

_LINK: Final = re.compile(r"https://[!-~]{1,200}")
_CODE: Final = re.compile(r"[0-9]{1,9}")
ERROR_PAGE: Final = "https://www.twilio.com/docs/errors/{code}"


class TwilioError(Exception):
    """Any failure of a call to Twilio. ``pickle`` and ``copy`` preserve all of its data."""

    def __reduce__(self) -> tuple[object, ...]:
        """Restore the attributes directly: the constructors take arguments other than ``args``."""
        return _restore_error, (type(self), self.args, self.__dict__)


def _restore_error(
    kind: type[TwilioError], args: tuple[object, ...], state: dict[str, object]
) -> TwilioError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class NotSent(TwilioError):  # noqa: N818 - each class is named for what happened
    """No request left this process."""

    def __init__(self, reason: NotSentReason) -> None:
        super().__init__(reason)
        self.reason: NotSentReason = reason


class MissingCredentials(NotSent):
    """There are no credentials for a request. ``remedy`` is a sentence for a person."""

    def __init__(self, remedy: str) -> None:
        super().__init__("credentials")
        self.remedy = remedy


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """The error in a response of Twilio.

    ``code`` is Twilio's error code; ``retry_after`` is in seconds. Every field except the HTTP
    status may be absent: a proxy may have sent the response, and Twilio documents no error schema
    for this API.
    """

    http_status: int
    code: int | None = None
    message: str | None = None
    more_info: str | None = None
    request_id: str | None = None
    retry_after: float | None = None


class Refused(TwilioError):  # noqa: N818 - as NotSent
    """Twilio responded that it did not carry out the request."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.http_status, problem.code)
        self.problem = problem


class OutcomeUnknown(TwilioError):  # noqa: N818 - as NotSent
    """The request was sent, and it is unknown whether Twilio carried it out.

    ``reading`` is true if the request only reads and so cannot have changed anything.
    """

    def __init__(
        self, reason: UnknownReason, problem: Problem | None = None, *, reading: bool
    ) -> None:
        super().__init__(reason)
        self.reason: UnknownReason = reason
        self.problem = problem
        self.reading = reading


def read_problem(
    http_status: int,
    body: Mapping[str, object] | None,
    *,
    request_id: str | None,
    retry_after: float | None,
) -> Problem:
    """Return the problem that an error response describes, in either of Twilio's two formats.

    The classic format has ``code``, ``message``, ``more_info`` and ``status``. Newer services use
    RFC 9457: ``title``, ``detail``, ``type``, ``code`` and ``errors`` with ``detail`` and
    ``pointer``. ``body`` is None if the response was not a JSON object.
    """
    body = body or {}
    code = _integer(body.get("code"))
    more_info = _link(body.get("more_info")) or _link(body.get("type"))
    if more_info is None and code is not None:
        more_info = ERROR_PAGE.format(code=code)
    return Problem(
        http_status=http_status,
        code=code,
        message=_text(body.get("message")) or _rfc9457_message(body),
        more_info=more_info,
        request_id=request_id,
        retry_after=retry_after,
    )


def _rfc9457_message(body: Mapping[str, object]) -> str | None:
    parts = [_text(body.get("title")), _text(body.get("detail"))]
    fields = body.get("errors")
    if isinstance(fields, list):
        for field in cast("list[object]", fields):
            if isinstance(field, dict):
                entry = cast("dict[str, object]", field)
                pointer, detail = _text(entry.get("pointer")), _text(entry.get("detail"))
                parts.append(f"{pointer}: {detail}" if pointer and detail else detail)
    return "; ".join(part for part in parts if part) or None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _link(value: object) -> str | None:
    text = _text(value)
    return text if text and _LINK.fullmatch(text) else None


def _integer(value: object) -> int | None:
    if isinstance(value, str) and _CODE.fullmatch(value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class Advice(NamedTuple):
    """What an error means and what to do about it, from the catalogue.

    ``retry`` is ``safe``, ``check`` (Twilio may have carried out the request) or empty (apply the
    cure first). ``source`` names the source of the facts, and either ``dated``, the date that it
    bears, or ``read``, the date of reading it, is given; they are empty for an HTTP status, as are
    ``name``, ``http`` and ``message``. ``appears`` is ``response``, ``log`` or ``webhook``.
    """

    meaning: str
    cure: str
    cause: str = ""
    retry: str = ""
    source: str = ""
    dated: str = ""
    read: str = ""
    name: str = ""
    http: str = ""
    message: str = ""
    appears: str = "response"


def advice_for(code: int | str | None, http_status: int | None = None) -> Advice | None:
    """Return the catalogue's entry for ``code``, or for the HTTP status, or None."""
    catalogue = _catalogue()
    entry = catalogue["codes"].get(str(code)) or catalogue["http"].get(str(http_status))
    return Advice(**entry) if entry else None


def known_codes() -> list[str]:
    """Return the error codes of Twilio that the catalogue explains."""
    return list(_catalogue()["codes"])


@cache
def _catalogue() -> dict[str, dict[str, dict[str, str]]]:
    text = resources.files(__spec__.parent).joinpath("error_catalogue.toml").read_text("utf-8")
    return cast("dict[str, dict[str, dict[str, str]]]", tomllib.loads(text))
