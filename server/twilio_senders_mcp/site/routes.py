"""The routes of the documentation at ``/docs``: HTML for people, Markdown for models.

Nothing on the site is secret. The policy in its headers lets a browser load only the site's own
style sheet, script and icon. The renderer is imported when the first page is opened, so that it
does not slow down startup.
"""

import hashlib
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from twilio_senders_mcp.reference import library as reference

from .assets import ASSETS, asset, fingerprint
from .headers import Protected
from .links import FEED_FILE, ServedLinks
from .openapi_file import OPENAPI_FILE, openapi_json

if TYPE_CHECKING:
    from .try_it import SandboxRelay

_LINKS: Final = ServedLinks("/docs/")
_AT_THE_TOP: Final = ("/llms.txt", "/llms-full.txt", "/robots.txt")
_COMPRESSED_FROM: Final = 1000
_ROBOTS: Final = "User-agent: *\nAllow: /docs\nDisallow: /mcp\n"
_PAGES: Final = ("/docs", "/docs.md", "/docs/{path:path}")


def docs_routes(relay: "SandboxRelay | None" = None) -> list[Route]:
    """Return the routes of the site: ``/docs``, all below it, and the files for machines.

    With ``relay``, the pages of operations have forms that send requests to it.
    """
    site = Starlette(
        routes=[
            Route("/llms.txt", _llms_txt),
            Route("/llms-full.txt", _llms_full_txt),
            Route("/robots.txt", _robots_txt),
            Route("/docs/search", _search),
            Route("/docs/search.json", _search),
            Route(f"/docs/{OPENAPI_FILE}", _openapi),
            Route(f"/docs/{FEED_FILE}", _feed),
            Route("/docs/static/{name}", _asset),
            *([Mount("/docs/try", relay)] if relay else []),
            *(Route(path, _page) for path in _PAGES),
        ],
        # Nothing on the site is secret, so the length of a compressed page gives nothing away.
        middleware=[Middleware(GZipMiddleware, minimum_size=_COMPRESSED_FROM)],
    )
    site.state.relay = relay
    return [Route(path, Protected(site)) for path in (*_AT_THE_TOP, *_PAGES)]


async def _page(request: Request) -> Response:
    from . import markdown, pages  # noqa: PLC0415 - see above

    address = request.scope["path"]
    path = reference.normalize_path(address.removeprefix("/docs"))
    page = reference.library().get(path)
    if page is None:
        requested = address.removeprefix("/docs/")
        return HTMLResponse(pages.missing_html(requested, _LINKS, _mcp_url(request)), 404)
    if address == _LINKS.page(path):
        html = pages.page_html(page, _LINKS, _mcp_url(request), request.app.state.relay)
        return _cached(request, HTMLResponse(html))
    if address == _LINKS.markdown(path):
        text = markdown.readable_markdown(page, _LINKS)
        return _cached(request, Response(text, media_type="text/markdown"))
    canonical = _LINKS.markdown(path) if address.endswith(".md") else _LINKS.page(path)
    return Response(status_code=308, headers={"Location": canonical})


async def _search(request: Request) -> Response:
    from . import pages, search_data  # noqa: PLC0415 - see above

    found = search_data.find(request.query_params.get("q", ""), _LINKS)
    accepted = request.headers.get("accept", "")
    if request.url.path.endswith(".json") or "application/json" in accepted:
        return JSONResponse(found, headers={"Vary": "Accept"})
    html = pages.search_html(found, _LINKS, _mcp_url(request))
    return HTMLResponse(html, headers={"Vary": "Accept"})


async def _llms_txt(request: Request) -> Response:
    from . import llms  # noqa: PLC0415 - see above

    return _cached(request, PlainTextResponse(llms.llms_txt(_LINKS, _origin(request))))


async def _llms_full_txt(request: Request) -> Response:
    from . import llms  # noqa: PLC0415 - see above

    return _cached(request, PlainTextResponse(llms.llms_full_txt(_LINKS, _origin(request))))


async def _robots_txt(request: Request) -> Response:
    return _cached(request, PlainTextResponse(_ROBOTS))


async def _feed(request: Request) -> Response:
    from . import feed  # noqa: PLC0415 - see above

    text = feed.feed(_LINKS, _origin(request))
    return _cached(request, Response(text, media_type="application/atom+xml"))


async def _openapi(request: Request) -> Response:
    return _cached(request, Response(openapi_json(), media_type="application/json"))


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in ASSETS:
        return PlainTextResponse("Not Found", 404)
    # The URL contains the hash of the content, so the response may be cached indefinitely.
    is_exact = request.query_params.get("v") == fingerprint(name)
    response = Response(asset(name), media_type=ASSETS[name])
    return _cached(
        request, response, "public, max-age=31536000, immutable" if is_exact else "no-cache"
    )


def _cached(request: Request, response: Response, control: str = "no-cache") -> Response:
    """Return ``response``, or 304 if the client already has it."""
    tag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": control}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _mcp_url(request: Request) -> str:
    return f"{_origin(request)}/mcp"
