"""Search over the pages: ranks them for a query, and shows the passage of each that fits best."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from .excerpts import Passage, best_passage, passages
from .index import Index, make_index, rarity, searched_body
from .library import library
from .page import Page
from .periods import Period, asked_period
from .queries import Group, query_terms, term_groups
from .vocabulary import vocabulary
from .words import words

RESULTS_MAX: Final = 20
_QUERY_MAX: Final = 2000
_SHOWN_MIN: Final = 0.1
"""A page whose score is below this part of the best page's is not a hit."""
_CODE_BONUS: Final = 1000.0
_CODE: Final = re.compile(r"(?<!\d)\d{5}(?!\d)")
_TYPES: Final[Mapping[str, float]] = {"index": 0.4, "change": 0.6}
_CHANGE_BONUS: Final = 1.5
_PERIOD_BONUS: Final = 100.0
_SUBJECTS_MAX: Final = 2
_SUBJECT_RARITY: Final = 1.2
"""From this rarity on, a term counts as a subject of a query about changes."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A matching page; ``size`` is the length of its Markdown in characters."""

    page: str
    title: str
    type: str
    excerpt: str
    size: int
    date: str | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The best hits, best first, and the total number of matching pages.

    ``period`` is the time that the query asks about, if it asks for changes of a certain time.
    """

    results: list[Hit]
    total: int
    period: Period | None = None


def search(query: str, type: str | None = None) -> SearchResult:  # noqa: A002 - the tool's argument
    """Return the pages that match ``query``, restricted to ``type`` if it is given."""
    pages, asked = library(), query[:_QUERY_MAX]
    period = asked_period(asked, datetime.now(UTC).date())
    ranked = [
        (path, score)
        for path, score in rank(_index(), asked, pages, period)
        if type is None or pages[path].type == type
    ]
    terms = query_terms(_index(), term_groups(_index(), asked))
    hits = [_hit(pages[path], terms) for path, _ in ranked[:RESULTS_MAX]]
    return SearchResult(hits, len(ranked), period)


def rank(
    index: Index, query: str, pages: Mapping[str, Page], period: Period | None = None
) -> list[tuple[str, float]]:
    """Return the path and score of each page that matches ``query``, best first.

    If the query asks for the changes of a ``period``, these come first, the newest before others.
    """
    groups = term_groups(index, query)
    asks_for_changes = not vocabulary().about_changes.isdisjoint(words(query))
    scores = _scores(index, groups)
    for page in scores:
        kind = pages[index.paths[page]].type
        changed = asks_for_changes and kind == "change"
        scores[page] *= _CHANGE_BONUS if changed else _TYPES.get(kind, 1.0)
    for code in _CODE.findall(query):
        path = f"errors/{code}" if f"errors/{code}" in pages else "errors"
        if path in index.paths:
            scores[index.paths.index(path)] += _CODE_BONUS
    best_score = max(scores.values(), default=0.0)
    least = _SHOWN_MIN * (best_score % _CODE_BONUS)
    found = {page: score for page, score in scores.items() if score >= least}
    if period:
        found |= _changes_of(index, query, pages, period)
    ranked = sorted((index.paths[page], score) for page, score in found.items())
    newest_first = sorted(ranked, key=lambda entry: pages[entry[0]].date or "", reverse=True)
    return sorted(newest_first, key=lambda entry: -entry[1])


def _scores(index: Index, groups: Sequence[Group]) -> defaultdict[int, float]:
    """Return the score of each page: the sum of its terms, less where terms are missing."""
    scores: defaultdict[int, float] = defaultdict(float)
    matched: Counter[int] = Counter()
    for group in groups:
        best: defaultdict[int, float] = defaultdict(float)
        for term, factor in group.items():
            for page, weight in index.weights[term].items():
                best[page] = max(best[page], weight * factor)
        for page, weight in best.items():
            scores[page] += weight
            matched[page] += 1
    for page in scores:
        scores[page] *= 0.5 + 0.5 * matched[page] / len(groups)
    return scores


def _changes_of(
    index: Index, query: str, pages: Mapping[str, Page], period: Period
) -> dict[int, float]:
    """Return the changes of ``period`` with a score above that of any other page.

    They are ordered by the query's subjects, which are its rare terms. A query of many subjects is
    about something else, so that it gets none.
    """
    subjects = [
        group
        for group in term_groups(index, " ".join(_subject_words(query)))
        if max(rarity(len(pages), len(index.weights[term])) for term in group) >= _SUBJECT_RARITY
    ]
    if len(subjects) > _SUBJECTS_MAX:
        return {}
    scores = _scores(index, subjects)
    return {
        number: _PERIOD_BONUS + scores.get(number, 0.0)
        for number, path in enumerate(index.paths)
        if period.has(pages[path].date)
    }


def _subject_words(query: str) -> Iterator[str]:
    """Yield the words of a query for changes, except those that ask for changes and their time."""
    lists = vocabulary()
    sets = (lists.ignored, lists.about_changes, lists.novelty, lists.recent, lists.months)
    for word in words(query):
        if not word.isdigit() and not any(word in each for each in sets):
            yield word


def exported() -> dict[str, Any]:
    """Return the index as the site's script needs it."""
    index = _index()
    return {
        "weights": {term: list(found.items()) for term, found in index.weights.items()},
        "forms": dict(index.forms),
        **vocabulary().as_json(),
    }


def _hit(page: Page, terms: Mapping[str, float]) -> Hit:
    excerpt = best_passage(_passages()[page.path], terms)
    return Hit(
        page.path, page.title, page.type, excerpt, len(page.markdown), page.date, page.summary
    )


@cache
def _passages() -> dict[str, list[Passage]]:
    return {
        path: [Passage(text) for text in passages(searched_body(page))]
        for path, page in library().items()
    }


@cache
def _index() -> Index:
    return make_index(library().values())
