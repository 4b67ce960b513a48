"""Conversion of a page's Markdown to HTML, to Markdown with working links, and to plain text.

HTML inside Markdown is escaped.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import pairwise
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.anchors import anchors_plugin
from typing_extensions import override

from twilio_senders_mcp.reference.page import Page

from .highlighting import highlighted_fence
from .links import Links

_Tokens = Sequence[Token]

_FENCES: Final = ("```", "~~~")
_BREAK_POINT: Final = re.compile(r"(?<=[./_])(?=\w)")
_ADDRESS: Final = re.compile(r"[\w.\-\[\]:{}]+")
_PAGE_LINK: Final = re.compile(r"(?<=\]\()/([^)#\s]*)")


@dataclass(frozen=True, slots=True)
class Article:
    """A page as HTML: its summary (inline), its body, and the body's sections (id, title)."""

    summary: str
    body: str
    sections: tuple[tuple[str, str], ...]


@cache
def render(page: Page, links: Links) -> Article:
    """Return a page as HTML with the URLs of ``links``; the result is cached."""
    parser = _parser()
    summary = parser.renderInline(page.summary, {"links": links})
    tokens = parser.parse(page.body)
    _name_fields(tokens)
    body = parser.renderer.render(tokens, parser.options, {"links": links})
    sections = (
        (str(opening.attrs["id"]), _text(title))
        for opening, title in pairwise(tokens)
        if opening.type == "heading_open" and opening.tag == "h2"
    )
    return Article(summary, body, tuple(sections))


def _name_fields(tokens: _Tokens) -> None:
    """Give each row of a table that begins with a name in code an id."""
    used = {str(token.attrs["id"]) for token in tokens if "id" in token.attrs}
    section, column, row = "", 0, None
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            section = str(token.attrs["id"])
        elif token.type == "tr_open":
            row, column = token, 0
        elif token.type == "td_open":
            name = _field_name(following)
            if row and column == 0 and name and (address := _free(f"{section}.{name}", used)):
                row.attrSet("id", address)
                used.add(address)
            column += 1


def _field_name(cell: Token) -> str | None:
    """Return the name in code that a cell consists of, or None."""
    children = cell.children or []
    return children[0].content if [child.type for child in children] == ["code_inline"] else None


def _free(address: str, used: set[str]) -> str | None:
    return None if address in used or not _ADDRESS.fullmatch(address) else address


def readable_markdown(page: Page, links: Links, origin: str = "") -> str:
    """Return a page as Markdown in which links to other pages point to their Markdown.

    ``origin`` makes those links absolute.
    """
    lines: list[str] = []
    in_code = False
    for line in page.markdown.splitlines(keepends=True):
        in_code ^= line.lstrip().startswith(_FENCES)
        lines.append(
            line
            if in_code
            else _PAGE_LINK.sub(lambda found: f"{origin}{links.markdown(found[1])}", line)
        )
    return "".join(lines)


def plain_text(markdown: str) -> str:
    """Return the text of ``markdown`` on one line, without markup."""
    return " ".join(" ".join(map(_text, _parser().parse(markdown))).split())


def _text(token: Token) -> str:
    if token.children is None:
        return token.content
    return "".join(" " if child.type == "softbreak" else _text(child) for child in token.children)


@cache
def _parser() -> MarkdownIt:
    options = {"html": False, "highlight": highlighted_fence}
    parser = MarkdownIt("commonmark", options, renderer_cls=_Renderer).enable("table")
    return parser.use(anchors_plugin, max_level=6, slug_func=_slug)


def _slug(title: str) -> str:
    """Return the id of a heading, by GitHub's rules."""
    return re.sub(r"[^\w\- ]", "", title.strip().casefold()).replace(" ", "-") or "section"


def _anchor(name: str) -> str:
    return f' <a class="anchor" href="#{escape(name)}" aria-label="Link here">#</a>'


class _Renderer(RendererHTML):
    """Renders as usual except for the rules below; ``env`` contains the site's ``links``."""

    def link_open(self, tokens: _Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        """Set the URLs of links to pages, and suppress the referrer for links to other sites."""
        link = tokens[idx].attrs
        target = str(link["href"])
        if target.startswith("/"):
            path, mark, fragment = target[1:].partition("#")
            link["href"] = f"{env['links'].page(path)}{mark}{fragment}"
        elif not target.startswith("#"):
            link["rel"] = "noreferrer"
        return self.renderToken(tokens, idx, options, env)

    def heading_close(self, tokens: _Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        """Add a link to itself after each heading."""
        name = tokens[idx - 2].attrs["id"]
        return _anchor(str(name)) + self.renderToken(tokens, idx, options, env)

    def td_close(self, tokens: _Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        """Add a link to itself after the name of a field."""
        row = tokens[idx - 3]
        if row.type != "tr_open" or "id" not in row.attrs:
            return self.renderToken(tokens, idx, options, env)
        return _anchor(str(row.attrs["id"])) + self.renderToken(tokens, idx, options, env)

    def table_open(self, tokens: _Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        """Open a scrollable container for a table."""
        return '<div class="table scrolls">' + self.renderToken(tokens, idx, options, env)

    def table_close(self, tokens: _Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        """Close the table and its container."""
        return self.renderToken(tokens, idx, options, env) + "</div>\n"

    @override
    def fence(self, tokens: _Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<div class="code">{super().fence(tokens, idx, options, env)}</div>\n'

    @override
    def code_block(self, tokens: _Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<div class="code">{super().code_block(tokens, idx, options, env)}</div>\n'

    @override
    def code_inline(self, tokens: _Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        # A long name may break after a dot, a slash or an underscore.
        return f"<code>{_BREAK_POINT.sub('<wbr>', escape(tokens[idx].content))}</code>"
