"""Code as HTML with a class for each kind of token; the style sheet gives the classes colours."""

# Pygments has no types of its own.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import re
from html import escape
from typing import Final

from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

_PLAIN: Final = re.compile(r'<span class="c-[pw]">(.*?)</span>', re.DOTALL)
"""Punctuation and white space, which get no colour."""


def highlighted(text: str, language: str) -> str:
    """Return code as HTML, escaped; without classes if the language is unknown."""
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return escape(text)
    html = str(highlight(text, lexer, HtmlFormatter(nowrap=True, classprefix="c-")))
    return _PLAIN.sub(r"\1", html)


def highlighted_fence(text: str, language: str, _attributes: str) -> str:
    """Return the code of a fence in Markdown as HTML."""
    return highlighted(text, language)
