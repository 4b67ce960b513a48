"""What the site shows: a page, the results of a search, and word of a page that does not exist."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Final

from twilio_senders_mcp.reference import library as reference
from twilio_senders_mcp.reference.page import Page

from .layout import View, add_box, document
from .links import Links
from .markdown import plain_text, render

if TYPE_CHECKING:
    from twilio_senders_mcp.reference.search import SearchResult

_SHOWN_MAX: Final = 80
"""Characters of an unknown path that are shown again."""


def page_html(page: Page, links: Links, mcp_url: str) -> str:
    """Return the document of one page of the library."""
    article = render(page, links)
    is_root = not page.path
    main = "".join(
        [
            "" if is_root else _breadcrumbs(page, links),
            _kind(page),
            f"<h1>{escape(page.title)}</h1>\n",
            f'<p class="lead">{article.summary}</p>\n',
            add_box(mcp_url, opened=True) if is_root else "",
            f'<article class="text">\n{article.body}</article>\n' if article.body else "",
            _page_list(_unmentioned(page), links),
            _foot(page, links),
            "" if is_root else add_box(mcp_url, opened=False),
        ]
    )
    return document(
        View(
            title=page.title,
            description=plain_text(page.summary),
            main=main,
            path=page.path,
            sections=article.sections,
        ),
        links,
    )


def search_html(query: str, found: "SearchResult | None", links: Links, mcp_url: str) -> str:
    """Return the document of a search; without a result it only asks for words.

    Where there is no server to search, the script of the site fills in the results.
    """
    said, results = _NO_QUERY, ""
    if found is not None:
        said = _count(len(found.results), found.total, query)
        results = "".join(
            f'<li><a href="{escape(links.page(hit.page))}">{escape(hit.title)}</a> '
            f'<span class="kind">{_type_name(hit.type)}</span>'
            f"<p>{escape(plain_text(reference.library()[hit.page].summary))}</p>"
            f'<p class="excerpt">{escape(hit.excerpt)}</p></li>\n'
            for hit in found.results
        )
    main = (
        f'<h1>Search</h1>\n<p class="lead" id="site.count">{escape(said)}</p>\n'
        f'<ol class="results" id="site.results">{results}</ol>\n{add_box(mcp_url, opened=False)}'
    )
    title = f"Search: {query}" if query else "Search"
    return document(
        View(title=title, description="Search the documentation.", main=main, query=query), links
    )


def missing_html(path: str, links: Links, mcp_url: str) -> str:
    """Return the document for a path that no page has; it names the page most like it."""
    shown = path if len(path) <= _SHOWN_MAX else f"{path[:_SHOWN_MAX]}…"
    near = reference.nearest(path[:_SHOWN_MAX])
    hint = f"<p>Did you mean {_link(reference.library()[near], links)}?</p>\n" if near else ""
    main = (
        f'<h1>No such page</h1>\n<p class="lead">There is no page <code>{escape(shown)}</code>.'
        f'</p>\n{hint}<p><a href="{links.page("")}">All sections</a> or '
        f'<a href="{links.search()}">search</a>.</p>\n{add_box(mcp_url, opened=False)}'
    )
    return document(
        View(title="No such page", description="There is no such page.", main=main), links
    )


_NO_QUERY: Final = "Type some words into the box at the top; the key / takes you there."


def _count(shown: int, total: int, query: str) -> str:
    if not total:
        return f"Nothing found for “{query}”. Try fewer or other words."
    pages = "1 page" if total == 1 else f"{total} pages"
    return f"{pages} for “{query}”" + (f"; the best {shown}:" if shown < total else ":")


def _type_name(name: str) -> str:
    return "" if name == "index" else escape(name)


def _kind(page: Page) -> str:
    date = f'<time datetime="{escape(page.date)}">{escape(page.date)}</time>' if page.date else ""
    words = " · ".join(filter(None, (_type_name(page.type), date)))
    return f'<p class="kind">{words}</p>\n' if words else ""


def _breadcrumbs(page: Page, links: Links) -> str:
    above: list[Page] = []
    path = page.path
    while path:
        path = path.rpartition("/")[0]
        above += [reference.library()[path]] if path in reference.library() else []
    items = "".join(f"<li>{_link(step, links)}</li>" for step in reversed(above))
    return (
        f'<nav class="crumbs" aria-label="Breadcrumbs"><ol>{items}'
        f'<li><span aria-current="page">{escape(page.title)}</span></li></ol></nav>\n'
    )


def _unmentioned(page: Page) -> list[Page]:
    """Return the pages below a page that its text does not lead to by itself."""
    return [
        child for child in reference.children(page.path) if f"](/{child.path})" not in page.body
    ]


def _page_list(pages: Sequence[Page], links: Links) -> str:
    items = "".join(
        f"<li>{_link(page, links)}<p>{render(page, links).summary}</p></li>\n" for page in pages
    )
    return f'<ul class="list">\n{items}</ul>\n' if items else ""


def _foot(page: Page, links: Links) -> str:
    """Return the links to the pages beside this one, and to its Markdown."""
    beside = reference.children(page.parent) if page.path else []
    here = next((n for n, sibling in enumerate(beside) if sibling.path == page.path), 0)
    before = _link(beside[here - 1], links, "← ") if here else "<span></span>"
    after = _link(beside[here + 1], links, after=" →") if here + 1 < len(beside) else ""
    as_markdown = f'<a href="{escape(links.markdown(page.path))}">This page as Markdown</a>'
    row = f'<p class="beside">{before}{after}</p>\n' if here or after else ""
    return f'<footer class="foot">\n{row}<p>{as_markdown}</p>\n</footer>\n'


def _link(page: Page, links: Links, before: str = "", after: str = "") -> str:
    return f'<a href="{escape(links.page(page.path))}">{before}{escape(page.title)}{after}</a>'
