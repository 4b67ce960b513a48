"""The ASGI app of the HTTP server: MCP at ``/mcp``, ``/healthz``, the reference at ``/docs``.

``/`` redirects to the reference, for people who open the server's address in a browser.
"""

import logging
from typing import TYPE_CHECKING, Any

from mcp.server.lowlevel import Server
from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from twilio_senders_mcp import __version__
from twilio_senders_mcp.site.routes import docs_routes

from .calls import Calls, hold_call
from .incoming import CheckedMcp
from .limits import Limits

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from twilio_senders_mcp.site.try_it import SandboxRelay

MCP_PATH = "/mcp"
DOCS_PATH = "/docs"

logger = logging.getLogger(__name__)


def create_http_app(
    server: Server[Any],
    host: str,
    limits: Limits | None = None,
    *,
    relay: "SandboxRelay | None" = None,
) -> Starlette:
    """Return the app that serves ``server`` to clients that address it as ``host``.

    Requests with another Host, or from a web page of another Origin, are refused; otherwise a page
    in a person's browser could reach a server on that person's machine (DNS rebinding). ``server``
    itself gets no routes, so that several apps can be created from it. With ``relay``, requests can
    be tried on the documentation's pages.
    """
    limits = limits or Limits()
    names = dict.fromkeys([_url_host(host), "127.0.0.1", "localhost", "[::1]"])
    security = TransportSecuritySettings(
        allowed_hosts=[entry for name in names for entry in (name, f"{name}:*")],
        allowed_origins=[
            entry for name in names for entry in (f"http://{name}", f"http://{name}:*")
        ],
    )
    if hold_call not in server.middleware:
        server.middleware.append(hold_call)
    mcp = server.streamable_http_app(
        streamable_http_path=MCP_PATH,
        host=host,
        transport_security=security,
        max_request_body_size=limits.body_bytes,
        max_sessions=limits.sessions,
        session_idle_timeout=limits.session_idle_seconds,
    )
    guard = TransportSecurityMiddleware(security)
    checked = CheckedMcp(
        server.session_manager.handle_request,
        calls=Calls(limits.calls),
        body_bytes=limits.body_bytes,
    )
    endpoint = _Guarded(checked, guard)
    # Temporary: a browser would apply a permanent redirect to the next server on this port.
    to_docs = _Guarded(RedirectResponse(DOCS_PATH, 307), guard)
    docs = [Route(route.path, _Guarded(route.app, guard)) for route in docs_routes(relay)]
    app = Starlette(
        routes=[
            # Some people add the slash when they configure a client.
            *(Route(path, endpoint) for path in (MCP_PATH, f"{MCP_PATH}/")),
            Route("/healthz", _health),
            Route("/", to_docs, methods=["GET", "HEAD"]),
            *docs,
        ],
        middleware=mcp.user_middleware,
        lifespan=mcp.router.lifespan_context,
    )
    # These redirects would repeat the Host of a request that the guard has not seen.
    app.router.redirect_slashes = False
    return app


async def _health(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok", "version": __version__})


class _Guarded:
    """An app that accepts only the hosts and origins that the MCP endpoint accepts."""

    def __init__(self, app: "ASGIApp", guard: TransportSecurityMiddleware) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        refusal = await self._guard.validate_request(Request(scope))
        if refusal is not None:
            logger.warning("Refused a request with another Host or Origin, or without a Host")
        await (refusal or self._app)(scope, receive, send)


def _url_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host
