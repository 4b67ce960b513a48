"""The HTML documents of the site: a page, search results, and the "no such page" document.

Their text is in ``templates/``. Every value is escaped there except the output of the Markdown
renderer; an undefined name in a template is an error.
"""

from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from twilio_senders_mcp.reference import library as reference
from twilio_senders_mcp.reference.page import Page

from . import SITE_NAME
from .client_code import client_code
from .headers import POLICY
from .highlighting import highlighted
from .links import FEED_FILE, Links
from .markdown import plain_text, render
from .openapi_file import OPENAPI_FILE
from .search_data import QUERY_MAX
from .try_it import SandboxRelay, form_of

_REQUESTED_MAX: Final = 80
"""Maximum length of an unknown path in a document, in characters."""

_TEMPLATES: Final = Environment(
    loader=PackageLoader(__spec__.parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    auto_reload=False,
)


def page_html(page: Page, links: Links, mcp_url: str, relay: SandboxRelay | None = None) -> str:
    """Return the document of one page of the library; with a relay, operations can be tried."""
    before, after = _neighbours(page)
    return _document(
        "page.html",
        links,
        mcp_url,
        path=page.path,
        page=page,
        description=plain_text(page.summary),
        article=render(page, links),
        form=form_of(page.path, relay),
        client_code=[
            (code.title, code.language, highlighted(code.text, code.language))
            for code in client_code(page.path)
        ],
        ancestors=_ancestors(page),
        unlinked=[(child, render(child, links).summary) for child in _unlinked_children(page)],
        before=before,
        after=after,
    )


def search_html(found: dict[str, Any], links: Links, mcp_url: str) -> str:
    """Return the document of a search; ``found`` is the result of ``search_data.find``."""
    return _document("search.html", links, mcp_url, **found)


def missing_html(requested: str, links: Links, mcp_url: str) -> str:
    """Return the document for an unknown path; it suggests the page with the closest path."""
    is_short = len(requested) <= _REQUESTED_MAX
    shown = requested if is_short else f"{requested[:_REQUESTED_MAX]}…"
    near = reference.nearest(requested[:_REQUESTED_MAX])
    nearest = None if near is None else reference.library()[near]
    return _document("missing.html", links, mcp_url, requested=shown, nearest=nearest)


def _document(
    template: str,
    links: Links,
    mcp_url: str,
    *,
    path: str | None = None,
    query: str = "",
    **values: object,
) -> str:
    """Return the rendered template; ``path`` is the page's path, None for other documents."""
    return _TEMPLATES.get_template(template).render(
        site_name=SITE_NAME,
        policy=POLICY,
        openapi_file=OPENAPI_FILE,
        feed_file=FEED_FILE,
        query_max=QUERY_MAX,
        links=links,
        mcp_url=mcp_url,
        path=path,
        query=query,
        navigation=_navigation(path),
        **values,
    )


def _navigation(path: str | None) -> list[tuple[Page, list[Page]]]:
    """Return the sections, with the pages of the current section."""
    current = (path or "").partition("/")[0]
    return [
        (section, reference.children(section.path) if section.path == current else [])
        for section in reference.children("")
    ]


def _ancestors(page: Page) -> list[Page]:
    """Return the ancestors of a page, the root first."""
    names = page.path.split("/")
    paths = ("/".join(names[:depth]) for depth in range(len(names)))
    return [reference.library()[path] for path in paths if path in reference.library()]


def _unlinked_children(page: Page) -> list[Page]:
    """Return the subpages of a page that its text does not link to."""
    return [
        child for child in reference.children(page.path) if f"](/{child.path})" not in page.body
    ]


def _neighbours(page: Page) -> tuple[Page | None, Page | None]:
    """Return the pages before and after a page in its section."""
    siblings = [None, *(reference.children(page.parent) if page.path else [page]), None]
    position = siblings.index(page)
    return siblings[position - 1], siblings[position + 1]
