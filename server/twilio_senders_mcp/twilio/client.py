"""The only code that calls Twilio: one method per operation of the Senders API.

All attempts of a call together are bounded by the total timeout. Redirects are not followed, so
the credentials go to no other host. Failures are the types of `.errors`, and none of them, nor any
answer, holds a verification code or the credentials' secret.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import parse_qs, quote, urlsplit

import anyio
import pydantic_core
from pydantic import SecretStr
from typing_extensions import TypeIs

from . import retry
from .errors import OutcomeUnknown, Problem, Refused, read_problem
from .exchange import Credentials, Exchange, Response, only_reads
from .models import Channel, Configuration, CreateSender, Sender, SenderFields, UpdateSender

if TYPE_CHECKING:
    from starlette.types import ASGIApp

SENDERS_PATH: Final = "/v2/Channels/Senders"
_OK: Final = range(200, 300)
_NO_CONTENT: Final = 204
_SERVER_ERROR: Final = 500
# A gateway may say so after it has passed the request on.
_REQUEST_TIMEOUT: Final = 408
_REDACTED: Final = "[redacted]"


@dataclass(frozen=True, slots=True)
class SendersPage:
    """One page of senders; ``next_token`` leads to the next page, None where there is none.

    ``cut`` says that there is a next page whose address leads nowhere.
    """

    senders: list[Sender]
    next_token: str | None
    request_id: str | None
    cut: bool


@dataclass(frozen=True, slots=True)
class SenderAnswer:
    """A sender as Twilio sent it, and Twilio's id of the request (``T-Request-Id``)."""

    sender: Sender
    request_id: str | None


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer of success: its JSON object, empty where there was none."""

    body: dict[str, object]
    request_id: str | None
    status: int

    def accepted(self) -> SenderAnswer:
        """Return the sender as far as a write's answer shows it."""
        return SenderAnswer(_without_code(self.body), self.request_id)

    def sender(self) -> SenderAnswer:
        """Return the sender that was read."""
        if not {"sid", "status", "sender_id"} & self.body.keys():
            raise self.unreadable(reading=True)
        return self.accepted()

    def page(self) -> SendersPage:
        """Return the page that was read."""
        items = self.body.get("senders")
        if not isinstance(items, list):
            raise self.unreadable(reading=True)
        meta = self.body.get("meta")
        address = meta.get("next_page_url") if _is_object(meta) else None
        senders = [_without_code(item) for item in cast("list[object]", items) if _is_object(item)]
        token = _page_token(address)
        return SendersPage(senders, token, self.request_id, cut=bool(address) and token is None)

    def deleted(self) -> str | None:
        """Return the request id of a deletion, which only 204 confirms."""
        if self.status != _NO_CONTENT:
            raise self.unreadable(reading=False)
        return self.request_id

    def unreadable(self, *, reading: bool) -> OutcomeUnknown:
        """Return the failure of an answer that does not say what it should."""
        problem = Problem(http_status=self.status, request_id=self.request_id)
        return OutcomeUnknown("unreadable", problem, reading=reading)


def messaging_url(region: str | None = None, edge: str | None = None) -> str:
    """Return the API's base URL by the host rules of Twilio's own libraries.

    ``{product}.{edge}.{region}.twilio.com``; an edge without a region means region us1.
    """
    if edge and not region:
        region = "us1"
    return "https://" + ".".join(part for part in ("messaging", edge, region, "twilio.com") if part)


class SendersClient:
    """Calls the Senders API; made cheaply, it opens its HTTP client on the first call.

    ``credentials`` is asked on the first call and may raise `MissingCredentials`. ``app`` is an
    ASGI app that answers in Twilio's place, in this process. Times are in seconds, the total
    timeout at least 1.
    """

    def __init__(
        self,
        credentials: Callable[[], Credentials],
        *,
        base_url: str,
        timeout: float = 30.0,
        total_timeout: float = 45.0,
        app: "ASGIApp | None" = None,
    ) -> None:
        self._credentials = credentials
        self._base_url = base_url
        self._timeout = timeout
        self._total_timeout = total_timeout
        self._app = app
        self._exchange: Exchange | None = None
        self._password = ""

    async def create(self, sender: CreateSender) -> SenderAnswer:
        """Register a sender: ``POST /v2/Channels/Senders``.

        Twilio answers 202: the registration has begun. It is not idempotent.

        Raises:
            NotSent, Refused, OutcomeUnknown: see `.errors`; so do the methods below.

        """
        body = sender.model_dump_json().encode()
        answer = await self._call("POST", SENDERS_PATH, body=body, code=_code_in(sender))
        return answer.accepted()

    async def fetch(self, sid: str) -> SenderAnswer:
        """Read a sender: ``GET /v2/Channels/Senders/{Sid}``."""
        return (await self._call("GET", _path(sid))).sender()

    async def update(self, sid: str, changes: UpdateSender) -> SenderAnswer:
        """Change a sender: ``POST /v2/Channels/Senders/{Sid}``.

        Twilio answers 202: the change is accepted and applied later.
        """
        body = changes.model_dump_json().encode()
        answer = await self._call("POST", _path(sid), body=body, code=_code_in(changes))
        return answer.accepted()

    async def delete(self, sid: str) -> str | None:
        """Delete a sender: ``DELETE /v2/Channels/Senders/{Sid}``; returns the request id."""
        return (await self._call("DELETE", _path(sid))).deleted()

    async def list_page(
        self, channel: Channel, *, page_size: int, page_token: str | None = None
    ) -> SendersPage:
        """Read one page of a channel's senders: ``GET /v2/Channels/Senders``.

        Of the address of the next page only the token is used, so that credentials go to no host
        but the configured one whatever the answer says.
        """
        query = {"Channel": channel, "PageSize": str(page_size)}
        if page_token is not None:
            query["PageToken"] = page_token
        answer = await self._call("GET", SENDERS_PATH, query=query)
        return answer.page()

    async def aclose(self) -> None:
        """Close the connections; the client may not be used afterwards."""
        if self._exchange is not None:
            await self._exchange.aclose()

    async def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        code: str | None = None,
    ) -> _Answer:
        import stamina  # noqa: PLC0415 - the start need not wait for it

        exchange = self._open()
        secrets = [secret for secret in (code, self._password) if secret]
        deadline = anyio.current_time() + self._total_timeout
        attempts = stamina.retry_context(
            on=retry.backoff(deadline),
            attempts=retry.ATTEMPTS,
            timeout=None,
            wait_initial=retry.WAIT_INITIAL,
            wait_max=retry.WAIT_MAX,
            wait_jitter=retry.WAIT_INITIAL,
        )
        async for attempt in attempts:
            with attempt:
                response = await exchange.send(
                    method, path, query=query, body=body, deadline=deadline
                )
                return _read(response, secrets, reading=only_reads(method))
        raise AssertionError("stamina raises the last failure")  # pragma: no cover

    def _open(self) -> Exchange:
        if self._exchange is None:
            credentials = self._credentials()
            self._password = credentials.password
            self._exchange = Exchange(
                credentials, base_url=self._base_url, timeout=self._timeout, app=self._app
            )
        return self._exchange


def _path(sid: str) -> str:
    return f"{SENDERS_PATH}/{quote(sid, safe='')}"


def _code_in(fields: SenderFields) -> str | None:
    configuration = fields.configuration
    if isinstance(configuration, Configuration):
        code = configuration.verification_code
        return code.get_secret_value() if isinstance(code, SecretStr) else None
    return None


def _read(response: Response, secrets: list[str], *, reading: bool) -> _Answer:
    body, request_id = _json_object(response.content), response.request_id
    quoted = response.content + (request_id or "").encode()
    if any(secret.encode() in quoted for secret in secrets):
        body, request_id = _redact(body, secrets), _redact(request_id, secrets)
    if response.status in _OK:
        answer = _Answer(body or {}, request_id, response.status)
        if (body is None and response.status != _NO_CONTENT) or _is_error(body):
            raise answer.unreadable(reading=reading)
        return answer
    problem = read_problem(
        response.status, body, request_id=request_id, retry_after=response.retry_after
    )
    if response.status >= _SERVER_ERROR or response.status == _REQUEST_TIMEOUT:
        raise OutcomeUnknown("server_error", problem, reading=reading)
    raise Refused(problem)


def _json_object(content: bytes) -> dict[str, object] | None:
    try:
        value = pydantic_core.from_json(content, allow_inf_nan=False)
    except ValueError:
        return None
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def _is_object(value: object) -> TypeIs[dict[str, object]]:
    return isinstance(value, dict)


def _is_error(body: dict[str, object] | None) -> bool:
    """Tell a classic error that came with a status of success from a sender."""
    return body is not None and {"code", "message"} <= body.keys() and "sid" not in body


def _without_code(sender: dict[str, object]) -> Sender:
    """Twilio documents ``verification_code`` as null in answers; should it come back, drop it."""
    configuration = sender.get("configuration")
    if _is_object(configuration) and configuration.get("verification_code") is not None:
        configuration["verification_code"] = None
    return cast("Sender", sender)


def _page_token(address: object) -> str | None:
    """Take the token out of the address of a page, wherever that address points."""
    try:
        query = urlsplit(address if isinstance(address, str) else "").query
    except ValueError:
        return None
    tokens = parse_qs(query).get("PageToken")
    return tokens[0] if tokens else None


def _redact(value: Any, secrets: list[str]) -> Any:
    """Replace secrets in every text of a JSON value: Twilio may quote what it was sent.

    A secret counts only where it stands alone: a code of few digits is part of many numbers.
    """
    if isinstance(value, str):
        for secret in secrets:
            value = re.sub(rf"(?<!\d){re.escape(secret)}(?!\d)", _REDACTED, value)
        return value
    if isinstance(value, int) and str(value) in secrets:
        return _REDACTED
    if isinstance(value, list):
        return [_redact(item, secrets) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        return {_redact(key, secrets): _redact(item, secrets) for key, item in entries.items()}
    return value
