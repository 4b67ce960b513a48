"""Search over the pages: BM25 over weighted fields, with names, codes and misspellings.

What a word adds to a page's score does not depend on the rest of the query, so `index` computes it
once; ``site/static/search.js`` uses the same numbers in an exported folder.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from .excerpts import Passage, best_passage, passages
from .library import library
from .page import Page
from .words import stem, word_lists, words

RESULTS_MAX: Final = 20
_QUERY_MAX: Final = 2000
_WORDS_MAX: Final = 60
_SHOWN_MIN: Final = 0.1
"""A page whose score is below this part of the best page's is not a hit."""
_FIELDS: Final[Mapping[str, tuple[float, float]]] = {
    "title": (8.0, 0.3),
    "keywords": (3.0, 0.3),
    "summary": (3.0, 0.3),
    "headings": (2.0, 0.3),
    "body": (1.0, 0.75),
}
"""The weight of each field, and how much its length counts against it (BM25's b)."""
_SATURATION: Final = 6.0
_PREFIX_WEIGHT: Final = 0.7
_PREFIX_MIN: Final = 3
_SPELLING_WEIGHT: Final = 0.6
_SPELLING_MIN: Final = 4
_SPELLING_LONG: Final = 8
_SAME_WEIGHT: Final = 0.7
_CODE_BONUS: Final = 1000.0
_CODE: Final = re.compile(r"(?<!\d)\d{5}(?!\d)")
_HEADING: Final = re.compile(r"^#+ (.*)$", re.MULTILINE)
_LINK_TARGET: Final = re.compile(r"\]\([^)\s]*\)")
_TYPES: Final[Mapping[str, float]] = {"index": 0.4, "change": 0.6}
_CHANGE_BONUS: Final = 1.5


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
    """The best hits, best first, and the total number of matching pages."""

    results: list[Hit]
    total: int


@dataclass(frozen=True, slots=True)
class Index:
    """What each term adds to each page, and the forms in which the terms occur."""

    paths: Sequence[str]
    weights: Mapping[str, Mapping[int, float]]
    forms: Mapping[str, str]


def search(query: str, type: str | None = None) -> SearchResult:  # noqa: A002 - the tool's argument
    """Return the pages that match ``query``, restricted to ``type`` if it is given."""
    pages, asked = library(), query[:_QUERY_MAX]
    ranked = [
        (path, score)
        for path, score in rank(_index(), asked, pages)
        if type is None or pages[path].type == type
    ]
    terms = _query_terms(_index(), asked)
    hits = [_hit(pages[path], terms) for path, _ in ranked[:RESULTS_MAX]]
    return SearchResult(hits, len(ranked))


def rank(index: Index, query: str, pages: Mapping[str, Page]) -> list[tuple[str, float]]:
    """Return the path and score of each page that matches ``query``, best first."""
    groups = _groups(index, query)
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
    asks_for_changes = not word_lists().about_changes.isdisjoint(words(query))
    for page in scores:
        kind = pages[index.paths[page]].type
        factor = _CHANGE_BONUS if asks_for_changes and kind == "change" else _TYPES.get(kind, 1.0)
        scores[page] *= factor * (0.5 + 0.5 * matched[page] / len(groups))
    for code in _CODE.findall(query):
        path = f"errors/{code}" if f"errors/{code}" in pages else "errors"
        if path in index.paths:
            scores[index.paths.index(path)] += _CODE_BONUS
    best_score = max(scores.values(), default=0.0)
    least = _SHOWN_MIN * (best_score % _CODE_BONUS)
    ranked = [(index.paths[page], score) for page, score in scores.items() if score >= least]
    return sorted(ranked, key=lambda entry: (-entry[1], entry[0]))


def make_index(pages: Iterable[Page]) -> Index:
    """Return the index of ``pages``."""
    listed = list(pages)
    counted = [{name: Counter[str]() for name in _FIELDS} for _ in listed]
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for page, fields in zip(listed, counted, strict=True):
        for name, text in _texts(page).items():
            for word in words(text):
                term = stem(word)
                forms[word][term] += 1
                fields[name][term] += 1
    means = {
        name: max(sum(fields[name].total() for fields in counted) / max(len(listed), 1), 1.0)
        for name in _FIELDS
    }
    frequencies: defaultdict[str, dict[int, float]] = defaultdict(dict)
    for number, fields in enumerate(counted):
        for name, (weight, length_weight) in _FIELDS.items():
            length = fields[name].total() / means[name]
            norm = 1 - length_weight + length_weight * length
            for term, count in fields[name].items():
                found = frequencies[term]
                found[number] = found.get(number, 0.0) + weight * count / norm
    weights = {
        term: {
            page: round(_rarity(len(listed), len(found)) * f / (f + _SATURATION), 3)
            for page, f in found.items()
        }
        for term, found in frequencies.items()
    }
    paths = [page.path for page in listed]
    return Index(paths, weights, {form: next(iter(terms)) for form, terms in forms.items()})


def exported() -> dict[str, Any]:
    """Return the index as the site's script needs it."""
    index, lists = _index(), word_lists()
    return {
        "weights": {term: list(found.items()) for term, found in index.weights.items()},
        "forms": dict(index.forms),
        "ignored": sorted(lists.ignored),
        "aboutChanges": sorted(lists.about_changes),
        "same": dict(lists.same),
        "translated": dict(lists.translated),
    }


def _rarity(pages: int, found: int) -> float:
    return math.log(1 + (pages - found + 0.5) / (found + 0.5))


def searched_body(page: Page) -> str:
    """Return the body of a page without the sections that a search leaves out."""
    sections = re.split(r"^(?=## )", page.body, flags=re.MULTILINE)
    left_out = tuple(f"## {heading}\n" for heading in page.unsearched)
    return "".join(section for section in sections if not section.startswith(left_out))


def _texts(page: Page) -> dict[str, str]:
    body = _LINK_TARGET.sub("]", searched_body(page))
    return {
        "title": page.title,
        "keywords": " ".join((*page.keywords, page.path)),
        "summary": page.summary,
        "headings": " ".join(_HEADING.findall(body)),
        "body": body,
    }


def _groups(index: Index, query: str) -> list[dict[str, float]]:
    """Return for each word of the query the terms that it may stand for, with their factors."""
    lists = word_lists()
    found = list(dict.fromkeys(words(query)))[:_WORDS_MAX]
    wanted = [word for word in found if word not in lists.ignored] or found
    groups: list[dict[str, float]] = []
    for word in wanted:
        is_known = word in index.forms and word not in lists.translated
        for part in [word] if is_known else lists.translated.get(word, word).split():
            group = _terms(index, part)
            if part in lists.same:
                other = _terms(index, lists.same[part])
                for term, factor in other.items():
                    group.setdefault(term, factor * _SAME_WEIGHT)
            if group and group not in groups:
                groups.append(group)
    return groups


def _terms(index: Index, word: str) -> dict[str, float]:
    if word in index.forms:
        return {index.forms[word]: 1.0}
    if stem(word) in index.weights:
        return {stem(word): 1.0}
    if len(word) >= _PREFIX_MIN:
        begun = [term for form, term in index.forms.items() if form.startswith(word)]
        if begun:
            return dict.fromkeys(begun, _PREFIX_WEIGHT)
    return dict.fromkeys(_nearest(index, word), _SPELLING_WEIGHT)


def _nearest(index: Index, word: str) -> list[str]:
    """Return the terms whose forms differ least from a word that occurs nowhere."""
    if len(word) < _SPELLING_MIN or any(c.isdigit() for c in word):
        return []
    most = 2 if len(word) >= _SPELLING_LONG else 1
    found: dict[int, list[str]] = defaultdict(list)
    for form, term in index.forms.items():
        if abs(len(form) - len(word)) <= most and form[0] == word[0]:
            found[distance(form, word)].append(term)
    near = min(found, default=most + 1)
    return list(dict.fromkeys(found[near])) if near <= most else []


def distance(one: str, other: str) -> int:
    """Return how many letters must be changed, added, left out or swapped with the next."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _query_terms(index: Index, query: str) -> dict[str, float]:
    """Return every term that the query stands for, with the weight of its rarity."""
    return {
        term: factor * max(index.weights[term].values())
        for group in _groups(index, query)
        for term, factor in group.items()
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
