"""The ASGI app of the HTTP form: MCP at ``/mcp``, ``/healthz``, the reference at ``/docs``.

``/`` leads to the reference: that is what a person sees who opens the server's address.
"""

from typing import TYPE_CHECKING, Any

from mcp.server.lowlevel import Server
from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from twilio_senders_mcp import __version__
from twilio_senders_mcp.site.routes import docs_routes

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

MCP_PATH = "/mcp"
DOCS_PATH = "/docs"


def create_http_app(server: Server[Any], host: str) -> Starlette:
    """Return the app that serves ``server`` to clients that address it as ``host``.

    Requests for another Host, or from a web page of another Origin, are refused: a page in a
    person's browser could otherwise reach a server on that person's machine (DNS rebinding).
    ``server`` itself gets no routes, so that several apps can be made of it.
    """
    names = dict.fromkeys([_in_url(host), "127.0.0.1", "localhost", "[::1]"])
    security = TransportSecuritySettings(
        allowed_hosts=[entry for name in names for entry in (name, f"{name}:*")],
        allowed_origins=[
            entry for name in names for entry in (f"http://{name}", f"http://{name}:*")
        ],
    )
    mcp = server.streamable_http_app(
        streamable_http_path=MCP_PATH, host=host, transport_security=security
    )
    guard = TransportSecurityMiddleware(security)
    # Temporary: a browser would keep a permanent redirect for whatever uses this port next.
    to_docs = _Guarded(RedirectResponse(DOCS_PATH, 307), guard)
    docs = [Route(route.path, _Guarded(route.app, guard)) for route in docs_routes()]
    return Starlette(
        routes=[
            *mcp.routes,
            Route("/healthz", _health),
            Route("/", to_docs, methods=["GET", "HEAD"]),
            *docs,
        ],
        middleware=mcp.user_middleware,
        lifespan=mcp.router.lifespan_context,
    )


async def _health(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok", "version": __version__})


class _Guarded:
    """An app that answers only to the hosts and origins to which MCP does."""

    def __init__(self, app: "ASGIApp", guard: TransportSecurityMiddleware) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        refusal = await self._guard.validate_request(Request(scope))
        await (refusal or self._app)(scope, receive, send)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
