"""Pages' Markdown as HTML, and as Markdown or plain text for readers outside the library.

HTML inside Markdown is shown, not obeyed. markdown-it is imported when the first page is rendered,
so that a server nobody reads pays nothing for it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from twilio_senders_mcp.reference.page import Page

from .links import Links

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_FENCES: Final = ("```", "~~~")
_JOINT: Final = re.compile(r"(?<=[./_])(?=\w)")
_PAGE_LINK: Final = re.compile(r"(?<=\]\()/([^)#\s]*)")


@dataclass(frozen=True, slots=True)
class Article:
    """A page as HTML: its summary (inline), its body, and the body's sections (id, title)."""

    summary: str
    body: str
    sections: tuple[tuple[str, str], ...]


@cache
def render(page: Page, links: Links) -> Article:
    """Return a page as HTML whose links are those of ``links``; remembered from then on."""
    parser = _parser()
    summary = parser.parseInline(page.summary)
    body = parser.parse(page.body)
    sections: list[tuple[str, str]] = []
    _name_headings(body, sections)
    for token in (*summary, *body):
        _address_links(token, links)
        _let_names_break(token)

    def html(tokens: list["Token"]) -> str:
        return str(parser.renderer.render(tokens, parser.options, {}))

    return Article(html(summary), html(list(_framed(body))), tuple(sections))


def readable_markdown(page: Page, links: Links) -> str:
    """Return a page as Markdown whose links to other pages lead to their Markdown."""
    lines: list[str] = []
    in_code = False
    for line in page.markdown.splitlines(keepends=True):
        in_code ^= line.lstrip().startswith(_FENCES)
        lines.append(
            line if in_code else _PAGE_LINK.sub(lambda found: links.markdown(found[1]), line)
        )
    return "".join(lines)


def plain_text(markdown: str) -> str:
    """Return the words of a Markdown text on one line."""
    blocks = ("".join(_texts(token)) for token in _parser().parse(markdown))
    return " ".join(" ".join(blocks).split())


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 - see above

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _name_headings(tokens: list["Token"], sections: list[tuple[str, str]]) -> None:
    """Give every heading an id as GitHub makes them, and a link to itself."""
    taken: dict[str, int] = {}
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        text = "".join(_texts(inline))
        name = re.sub(r"[^\w\- ]", "", text.strip().casefold()).replace(" ", "-") or "section"
        times = taken[name] = taken.get(name, -1) + 1
        opening.attrs["id"] = f"{name}-{times}" if times else name
        if opening.tag == "h2":
            sections.append((str(opening.attrs["id"]), text))


def _address_links(token: "Token", links: Links) -> None:
    for child in token.children or ():
        if child.type != "link_open":
            continue
        target = str(child.attrs["href"])
        if target.startswith("/"):
            path, mark, fragment = target[1:].partition("#")
            child.attrs["href"] = f"{links.page(path)}{mark}{fragment}"
        elif not target.startswith("#"):
            child.attrs["rel"] = "noreferrer"


def _let_names_break(token: "Token") -> None:
    """Let a long name in code go on in the next line after a dot, a slash or an underscore."""
    for child in token.children or ():
        if child.type == "code_inline":
            child.type = "html_inline"
            child.content = f"<code>{_JOINT.sub('<wbr>', escape(child.content))}</code>"


def _framed(tokens: list["Token"]) -> Iterator["Token"]:
    """Put wide things into frames that scroll, and a link to itself behind each heading."""
    heading = ""
    for token in tokens:
        if token.type == "table_open":
            yield _html('<div class="table scrolls">')
        elif token.type in ("fence", "code_block"):
            yield _html('<div class="code">')
        elif token.type == "heading_open":
            heading = str(token.attrs["id"])
        elif token.type == "heading_close":
            yield _html(f' <a class="anchor" href="#{heading}" aria-label="Link here">#</a>')
        yield token
        if token.type in ("table_close", "fence", "code_block"):
            yield _html("</div>\n")


def _html(text: str) -> "Token":
    from markdown_it.token import Token  # noqa: PLC0415 - loaded by now

    return Token("html_block", "", 0, content=text)


def _texts(token: "Token") -> Iterator[str]:
    if token.children is None:
        yield token.content
        return
    for child in token.children:
        yield " " if child.type == "softbreak" else "".join(_texts(child))
