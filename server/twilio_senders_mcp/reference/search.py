"""Full-text search over the pages, with an index in memory that the first search builds.

It uses SQLite's FTS5, which comes with Python. Words are stemmed and may be incomplete at the end.
The query is split into words, so that it cannot contain FTS5 syntax.
"""

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from .library import library
from .page import Page

RESULTS_MAX: Final = 20
_QUERY_MAX: Final = 300
_WORDS_MAX: Final = 12
_WORD: Final = re.compile(r"\w+")
_MARKUP: Final = re.compile(r"\]\(/[^)\s]*\)?|[\[#|`*]|-{3,}")
_EXCERPT_WORDS: Final = 14
_WEIGHTS: Final = (12.0, 8.0, 5.0, 1.0)
"""The weights of a match in the title, the keywords, the summary and the body."""

_STOP_WORDS: Final = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "get",
        "gets",
        "has",
        "have",
        "how",
        "i",
        "if",
        "in",
        "is",
        "isn",
        "it",
        "its",
        "many",
        "me",
        "my",
        "of",
        "on",
        "or",
        "our",
        "s",
        "still",
        "t",
        "that",
        "the",
        "their",
        "there",
        "these",
        "this",
        "to",
        "twilio",
        "use",
        "was",
        "we",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "you",
        "your",
    ]
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A matching page; ``size`` is the length of its Markdown in characters."""

    page: str
    title: str
    type: str
    excerpt: str
    size: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The best hits, best first, and the total number of matching pages."""

    results: list[Hit]
    total: int


def search(query: str, type: str | None = None) -> SearchResult:  # noqa: A002 - the tool's argument
    """Return the pages that match ``query``, restricted to ``type`` if it is given."""
    words = _words(query)
    if not words:
        return SearchResult([], 0)
    index = _index()
    where = ("pages MATCH ? AND (? IS NULL OR type = ?)", (" OR ".join(words), type, type))
    found = index.execute(
        f"SELECT path, snippet(pages, 3, '', '', '…', ?) FROM pages WHERE {where[0]}"  # noqa: S608 - no value in it
        " ORDER BY bm25(pages, ?, ?, ?, ?) LIMIT ?",
        (_EXCERPT_WORDS, *where[1], *_WEIGHTS, RESULTS_MAX),
    ).fetchall()
    (total,) = index.execute(f"SELECT count(*) FROM pages WHERE {where[0]}", where[1]).fetchone()  # noqa: S608 - as above
    return SearchResult([_hit(library()[path], excerpt) for path, excerpt in found], total)


def _words(query: str) -> list[str]:
    """Return the words of a query as quoted FTS5 prefixes, without stop words where possible."""
    words = _WORD.findall(query[:_QUERY_MAX].casefold())
    significant = [word for word in words if word not in _STOP_WORDS] or words
    return [f'"{word}"*' for word in dict.fromkeys(significant)][:_WORDS_MAX]


def _hit(page: Page, excerpt: str) -> Hit:
    line = " ".join(_MARKUP.sub(" ", excerpt).split())
    return Hit(page.path, page.title, page.type, line, len(page.markdown))


@cache
def _index() -> sqlite3.Connection:
    return make_index(library().values())


def make_index(pages: Iterable[Page]) -> sqlite3.Connection:
    """Return a connection to an index of ``pages``; it may be used from any thread."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.execute(
        "CREATE VIRTUAL TABLE pages USING fts5 (title, keywords, summary, body, path UNINDEXED,"
        " type UNINDEXED, tokenize = 'porter unicode61 remove_diacritics 2', prefix = '2 3')"
    )
    connection.executemany(
        "INSERT INTO pages (title, keywords, summary, body, path, type) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (p.title, " ".join((*p.keywords, p.path)), p.summary, p.body, p.path, p.type)
            for p in pages
        ),
    )
    return connection
