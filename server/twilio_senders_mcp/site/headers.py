"""Security headers for every response of the site, and a limit on the length of request paths."""

from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'"
)
"""The content security policy. Pages also contain it, for static hosts that send no headers."""

HEADERS: Final = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""The headers of every response of the site."""

_ADDRESS_MAX: Final = 10_000
"""Maximum length of a request path or query, in bytes."""


class Protected:
    """An app that adds ``HEADERS`` to every response and refuses overlong paths and queries."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass a request on to the app unless its path or query is too long."""

        async def send_with_headers(message: "Message") -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        app = self._app
        if max(len(scope["path"]), len(scope["query_string"])) > _ADDRESS_MAX:
            app = PlainTextResponse("URI Too Long", 414)
        await app(scope, receive, send_with_headers)
