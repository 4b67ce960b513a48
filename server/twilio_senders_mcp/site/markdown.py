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

from .links import Links

_Tokens = Sequence[Token]

_FENCES: Final = ("```", "~~~")
_BREAK_POINT: Final = re.compile(r"(?<=[./_])(?=\w)")
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
    body = parser.renderer.render(tokens, parser.options, {"links": links})
    sections = (
        (str(opening.attrs["id"]), _text(title))
        for opening, title in pairwise(tokens)
        if opening.type == "heading_open" and opening.tag == "h2"
    )
    return Article(summary, body, tuple(sections))


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
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")
    return parser.use(anchors_plugin, max_level=6, slug_func=_slug)


def _slug(title: str) -> str:
    """Return the id of a heading, by GitHub's rules."""
    return re.sub(r"[^\w\- ]", "", title.strip().casefold()).replace(" ", "-") or "section"


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
        anchor = f' <a class="anchor" href="#{name}" aria-label="Link here">#</a>'
        return anchor + self.renderToken(tokens, idx, options, env)

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
