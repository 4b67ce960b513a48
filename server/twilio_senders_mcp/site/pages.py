"""The HTML documents of the site: a page, the results of a search, and word of a missing page.

Their words stand in ``templates/``. Every value is escaped there, except for what the Markdown
renderer made; a name that a template does not get is an error.
"""

from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from twilio_senders_mcp.reference import library as reference
from twilio_senders_mcp.reference.page import Page

from . import SITE_NAME
from .headers import POLICY
from .links import Links
from .markdown import plain_text, render
from .search_data import QUERY_MAX

_ASKED_MAX: Final = 80
"""Characters of an unknown path that are shown again."""

_TEMPLATES: Final = Environment(
    loader=PackageLoader(__spec__.parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    auto_reload=False,
)


def page_html(page: Page, links: Links, mcp_url: str) -> str:
    """Return the document of one page of the library."""
    before, after = _neighbours(page)
    return _document(
        "page.html",
        links,
        mcp_url,
        path=page.path,
        page=page,
        description=plain_text(page.summary),
        article=render(page, links),
        above=_above(page),
        unmentioned=[(child, render(child, links).summary) for child in _unmentioned(page)],
        before=before,
        after=after,
    )


def search_html(found: dict[str, Any], links: Links, mcp_url: str) -> str:
    """Return the document of a search, with what ``search_data.find`` returned."""
    return _document("search.html", links, mcp_url, **found)


def missing_html(asked: str, links: Links, mcp_url: str) -> str:
    """Return the document for a path that no page has; it names the page most like it."""
    shown = asked if len(asked) <= _ASKED_MAX else f"{asked[:_ASKED_MAX]}…"
    near = reference.nearest(asked[:_ASKED_MAX])
    nearest = None if near is None else reference.library()[near]
    return _document("missing.html", links, mcp_url, asked=shown, nearest=nearest)


def _document(
    template: str,
    links: Links,
    mcp_url: str,
    *,
    path: str | None = None,
    query: str = "",
    **values: object,
) -> str:
    """Return the whole document; ``path`` is that of the page shown, if it is one."""
    return _TEMPLATES.get_template(template).render(
        site_name=SITE_NAME,
        policy=POLICY,
        query_max=QUERY_MAX,
        links=links,
        mcp_url=mcp_url,
        path=path,
        query=query,
        navigation=_navigation(path),
        **values,
    )


def _navigation(path: str | None) -> list[tuple[Page, list[Page]]]:
    """Return the sections, with the pages of the one that is open."""
    opened = (path or "").partition("/")[0]
    return [
        (section, reference.children(section.path) if section.path == opened else [])
        for section in reference.children("")
    ]


def _above(page: Page) -> list[Page]:
    """Return the pages above a page, from the root downwards."""
    names = page.path.split("/")
    paths = ("/".join(names[:depth]) for depth in range(len(names)))
    return [reference.library()[path] for path in paths if path in reference.library()]


def _unmentioned(page: Page) -> list[Page]:
    """Return the pages below a page that its text does not lead to by itself."""
    return [
        child for child in reference.children(page.path) if f"](/{child.path})" not in page.body
    ]


def _neighbours(page: Page) -> tuple[Page | None, Page | None]:
    """Return the pages before and after a page in its section."""
    beside = [None, *(reference.children(page.parent) if page.path else [page]), None]
    here = beside.index(page)
    return beside[here - 1], beside[here + 1]
