"""What Twilio's APIs have in common: one call with its retries and its typed failures.

The total timeout bounds all attempts of a call together. Redirects are not followed, so that the
credentials are sent to no other host. Failures have the types of `.errors`. Neither a failure nor
a result contains a secret from the request or the credentials.
"""

from dataclasses import dataclass
from typing import Final, cast

import anyio
import pydantic_core

from . import retry
from .account_credentials import AccountCredentials
from .credentials import Credentials, IncompleteCredentials
from .errors import MissingCredentials, NotSent, OutcomeUnknown, Problem, Refused, read_problem
from .messages import Request, Response
from .redaction import Redaction
from .transports import Transports

TOTAL_TIMEOUT: Final = 45.0
"""Of one call, in seconds, unless the API is created with another one."""

NO_CONTENT: Final = 204
UNAUTHORIZED: Final = 401
_OK: Final = range(200, 300)
_SERVER_ERROR: Final = 500
# A gateway may return this status after it has forwarded the request.
_REQUEST_TIMEOUT: Final = 408


@dataclass(frozen=True, slots=True)
class Success:
    """A successful response: its JSON object, empty if there was none."""

    body: dict[str, object]
    request_id: str | None
    status: int

    def other_sender(self, *, reading: bool) -> OutcomeUnknown:
        """Return the failure of a response that is not about the sender of the request."""
        problem = Problem(http_status=self.status, request_id=self.request_id)
        return OutcomeUnknown("other_sender", problem, reading=reading)

    def unreadable(self, *, reading: bool) -> OutcomeUnknown:
        """Return the failure for a response that lacks what the operation documents."""
        problem = Problem(http_status=self.status, request_id=self.request_id)
        return OutcomeUnknown("unreadable", problem, reading=reading)


class TwilioApi:
    """Calls one of Twilio's APIs as one account. It is cheap to create.

    ``total_timeout`` is in seconds, at least 1. With ``read_only``, only GET requests are sent.
    """

    def __init__(
        self,
        credentials: AccountCredentials,
        transports: Transports,
        base_url: str,
        *,
        total_timeout: float = TOTAL_TIMEOUT,
        read_only: bool = False,
    ) -> None:
        self._credentials = credentials
        self._transport = transports.to(base_url)
        self._known_secrets = transports.secrets
        self._total_timeout = total_timeout
        self._read_only = read_only

    async def call(
        self,
        request: Request,
        *,
        code: str = "",
        keep_secrets: bool = False,
        retry_safely: bool = True,
    ) -> Success:
        """Send one request, and retry it if that is safe.

        If Twilio refuses the credentials, they are looked up again, once, and the request is
        repeated if they have changed. ``code`` is the verification code in the request. With
        ``keep_secrets`` a successful response keeps its secrets, which the caller must then guard.

        Without ``retry_safely`` the first failure is raised, for a caller that retries by itself.

        Raises:
            NotSent, Refused, OutcomeUnknown: see `.errors`.

        """
        import stamina  # noqa: PLC0415 - keeps startup fast

        if self._read_only and not request.only_reads:
            raise NotSent("read_only")
        credentials = self._usable_credentials()
        deadline = anyio.current_time() + self._total_timeout
        may_renew = True
        attempts = stamina.retry_context(
            on=retry.backoff(deadline),
            attempts=retry.ATTEMPTS if retry_safely else 1,
            timeout=None,
            wait_initial=retry.WAIT_INITIAL,
            wait_max=retry.WAIT_MAX,
            wait_jitter=retry.WAIT_INITIAL,
        )
        async for attempt in attempts:
            with attempt:
                response = await self._transport.send(request, credentials, deadline)
                if response.status == UNAUTHORIZED and may_renew:
                    may_renew = False
                    if await self._credentials.renew(credentials):
                        credentials = self._usable_credentials()
                        response = await self._transport.send(request, credentials, deadline)
                redaction = Redaction(self._known_secrets, code)
                return _read(response, redaction, request, keep_secrets=keep_secrets)
        raise AssertionError("stamina raises the last failure")  # pragma: no cover

    def _usable_credentials(self) -> Credentials:
        """Return the current credentials, whose secrets are known from then on.

        Raises:
            MissingCredentials: if they are not complete.

        """
        credentials = self._credentials.current
        if isinstance(credentials, IncompleteCredentials):
            raise MissingCredentials(credentials.remedy)
        self._known_secrets.add(credentials.secrets)
        return credentials


def _read(
    response: Response, redaction: Redaction, request: Request, *, keep_secrets: bool
) -> Success:
    body, request_id = _json_object(response.content), response.request_id
    reading, succeeded = request.only_reads, response.status in _OK
    kept = keep_secrets and succeeded
    if not kept and redaction.is_needed(response.content + (request_id or "").encode()):
        body, request_id = redaction.apply(body), redaction.apply(request_id)
    if succeeded:
        success = Success(body or {}, request_id, response.status)
        if (body is None and response.status != NO_CONTENT) or _is_error(body):
            raise success.unreadable(reading=reading)
        return success
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


def _is_error(body: dict[str, object] | None) -> bool:
    """Tell whether a successful response contains a classic error instead of a sender."""
    return body is not None and {"code", "message"} <= body.keys() and "sid" not in body
