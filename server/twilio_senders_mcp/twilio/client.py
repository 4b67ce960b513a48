"""Twilio's Senders API: one method per operation.

No result contains a verification code. Failures have the types of `.errors`.
"""

from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import parse_qs, quote, urlsplit

from pydantic import SecretStr
from typing_extensions import TypeIs

from .api import NO_CONTENT, Success, TwilioApi
from .messages import Request
from .requests import Configuration, CreateSender, SenderFields, UpdateSender
from .responses import Sender
from .values import Channel

SENDERS_PATH: Final = "/v2/Channels/Senders"


@dataclass(frozen=True, slots=True)
class SendersPage:
    """One page of senders. ``next_token`` is the token of the next page, None on the last page.

    ``cut`` is true if Twilio names a next page, but its URL contains no usable token.
    """

    senders: list[Sender]
    next_token: str | None
    request_id: str | None
    cut: bool


@dataclass(frozen=True, slots=True)
class SenderResponse:
    """A sender as Twilio sent it, and Twilio's id of the request (``T-Request-Id``)."""

    sender: Sender
    request_id: str | None


class SendersClient:
    """Calls the operations of the Senders API through ``api``."""

    def __init__(self, api: TwilioApi) -> None:
        self._api = api

    async def create(self, sender: CreateSender) -> SenderResponse:
        """Register a sender: ``POST /v2/Channels/Senders``.

        Twilio responds with 202: the registration has begun. The operation is not idempotent. Only
        a response with a SID and the same ``sender_id`` counts as accepted.

        Raises:
            NotSent, Refused, OutcomeUnknown: see `.errors`. The methods below raise the same.

        """
        body = sender.model_dump_json().encode()
        request = Request("POST", SENDERS_PATH, body=body)
        success = await self._api.call(request, code=_code_in(sender))
        if not success.body.get("sid") or success.body.get("sender_id") != sender.sender_id:
            raise success.other_sender(reading=False)
        return _sender_response(success)

    async def fetch(self, sid: str, *, retry_safely: bool = True) -> SenderResponse:
        """Read a sender: ``GET /v2/Channels/Senders/{Sid}``."""
        success = await self._api.call(Request("GET", _path(sid)), retry_safely=retry_safely)
        if not {"sid", "status", "sender_id"} & success.body.keys():
            raise success.unreadable(reading=True)
        if success.body.get("sid", sid) != sid:
            raise success.other_sender(reading=True)
        return _sender_response(success)

    async def update(
        self, sid: str, changes: UpdateSender, *, retry_safely: bool = True
    ) -> SenderResponse:
        """Change a sender: ``POST /v2/Channels/Senders/{Sid}``.

        Twilio responds with 202: it has accepted the change and applies it later. Only a response
        with the sender's SID counts as accepted.
        """
        body = changes.model_dump_json().encode()
        request = Request("POST", _path(sid), body=body)
        success = await self._api.call(request, code=_code_in(changes), retry_safely=retry_safely)
        if success.body.get("sid") != sid:
            raise success.other_sender(reading=False)
        return _sender_response(success)

    async def delete(self, sid: str) -> str | None:
        """Delete a sender and return the request id: ``DELETE /v2/Channels/Senders/{Sid}``.

        Only a response with 204 confirms the deletion.
        """
        success = await self._api.call(Request("DELETE", _path(sid)))
        if success.status != NO_CONTENT:
            raise success.unreadable(reading=False)
        return success.request_id

    async def list_page(
        self, channel: Channel, *, page_size: int, page_token: str | None = None
    ) -> SendersPage:
        """Read one page of a channel's senders: ``GET /v2/Channels/Senders``.

        Only the token of the next page's URL is used, so that the credentials are sent to no host
        but the configured one.
        """
        query = {"Channel": channel, "PageSize": str(page_size)}
        if page_token is not None:
            query["PageToken"] = page_token
        return _senders_page(await self._api.call(Request("GET", SENDERS_PATH, query)))


def _path(sid: str) -> str:
    return f"{SENDERS_PATH}/{quote(sid, safe='')}"


def _code_in(fields: SenderFields) -> str:
    configuration = fields.configuration
    code = configuration.verification_code if isinstance(configuration, Configuration) else None
    return code.get_secret_value() if isinstance(code, SecretStr) else ""


def _sender_response(success: Success) -> SenderResponse:
    return SenderResponse(_remove_code(success.body), success.request_id)


def _senders_page(success: Success) -> SendersPage:
    items = success.body.get("senders")
    if not isinstance(items, list):
        raise success.unreadable(reading=True)
    meta = success.body.get("meta")
    next_url = meta.get("next_page_url") if _is_object(meta) else None
    senders = [_remove_code(item) for item in cast("list[object]", items) if _is_object(item)]
    token = _page_token(next_url)
    return SendersPage(senders, token, success.request_id, cut=bool(next_url) and token is None)


def _is_object(value: object) -> TypeIs[dict[str, object]]:
    return isinstance(value, dict)


def _remove_code(sender: dict[str, object]) -> Sender:
    """Set ``verification_code`` to null, which is what Twilio documents for every response."""
    configuration = sender.get("configuration")
    if _is_object(configuration) and configuration.get("verification_code") is not None:
        configuration["verification_code"] = None
    return cast("Sender", sender)


def _page_token(url: object) -> str | None:
    """Return the page token in the query of ``url``, whatever host it names."""
    try:
        query = urlsplit(url if isinstance(url, str) else "").query
    except ValueError:
        return None
    tokens = parse_qs(query).get("PageToken")
    return tokens[0] if tokens else None
