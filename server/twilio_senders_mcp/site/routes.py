"""The documentation as a web site at ``/docs``, beside MCP: for people, and for models as Markdown.

Nothing on it is secret and nothing comes from elsewhere; the policy in its headers lets a browser
load only the site's own style, script and icon.
"""

import hashlib
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from twilio_senders_mcp.reference import library as reference

from .assets import ASSETS, asset, fingerprint
from .layout import POLICY, QUERY_MAX
from .links import ServedLinks
from .llms import llms_txt
from .markdown import plain_text, readable_markdown
from .pages import missing_html, page_html, search_html

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Final = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""What every answer of the site carries."""

_LINKS: Final = ServedLinks()
_PAGES: Final = ("/docs", "/docs.md", "/docs/{path:path}")
_ADDRESS_MAX: Final = 10_000
"""Bytes of a path or a query beyond which nobody asks in earnest."""


def docs_routes() -> list[Route]:
    """Return the routes of the site: ``/docs``, all below it, and ``/llms.txt``."""
    site = Starlette(
        routes=[
            Route("/llms.txt", _llms_txt),
            Route("/docs/search", _search),
            Route("/docs/search.json", _search),
            Route("/docs/static/{name}", _asset),
            *(Route(path, _page) for path in _PAGES),
        ],
    )
    return [Route(path, _Guard(site)) for path in ("/llms.txt", *_PAGES)]


async def _page(request: Request) -> Response:
    address = request.scope["path"]
    path = reference.normal(address.removeprefix("/docs"))
    page = reference.library().get(path)
    if page is None:
        asked = address.removeprefix("/docs/")
        return HTMLResponse(missing_html(asked, _LINKS, _mcp_url(request)), 404)
    if address == _LINKS.page(path):
        return _cached(request, HTMLResponse(page_html(page, _LINKS, _mcp_url(request))))
    if address == _LINKS.markdown(path):
        text = readable_markdown(page, _LINKS)
        return _cached(request, Response(text, media_type="text/markdown"))
    proper = _LINKS.markdown(path) if address.endswith(".md") else _LINKS.page(path)
    return Response(status_code=308, headers={"Location": proper})


async def _search(request: Request) -> Response:
    from twilio_senders_mcp.reference.search import search  # noqa: PLC0415 - it brings SQLite

    query = _query(request)
    found = search(query) if query else None
    as_json = request.url.path.endswith(".json") or "application/json" in request.headers.get(
        "accept", ""
    )
    if not as_json:
        html = search_html(query, found, _LINKS, _mcp_url(request))
        return HTMLResponse(html, headers={"Vary": "Accept"})
    results: list[dict[str, Any]] = [
        {
            "page": hit.page,
            "title": hit.title,
            "type": hit.type,
            "summary": plain_text(reference.library()[hit.page].summary),
            "excerpt": hit.excerpt,
            "size": hit.size,
            "url": _LINKS.page(hit.page),
        }
        for hit in (found.results if found else [])
    ]
    answer = {"query": query, "total": found.total if found else 0, "results": results}
    return JSONResponse(answer, headers={"Vary": "Accept"})


async def _llms_txt(request: Request) -> Response:
    return _cached(request, PlainTextResponse(llms_txt(_LINKS, _origin(request))))


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in ASSETS:
        return PlainTextResponse("Not Found", 404)
    # The address carries the content's hash, so that it may be kept for as long as one likes.
    is_exact = request.query_params.get("v") == fingerprint(name)
    response = Response(asset(name), media_type=ASSETS[name])
    return _cached(
        request, response, "public, max-age=31536000, immutable" if is_exact else "no-cache"
    )


def _cached(request: Request, response: Response, control: str = "no-cache") -> Response:
    """Return ``response``, or word that the client has it already."""
    tag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": control}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def _query(request: Request) -> str:
    """Return the words searched for, on one line and without what cannot be shown."""
    text = request.query_params.get("q", "")[:QUERY_MAX]
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _mcp_url(request: Request) -> str:
    return f"{_origin(request)}/mcp"


class _Guard:
    """Refuses absurdly long addresses, and puts ``HEADERS`` on every answer."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        async def send_guarded(message: "Message") -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        app = self._app
        if max(len(scope["path"]), len(scope["query_string"])) > _ADDRESS_MAX:
            app = PlainTextResponse("URI Too Long", 414)
        await app(scope, receive, send_guarded)
