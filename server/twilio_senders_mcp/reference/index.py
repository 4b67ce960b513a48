"""The index of the search: what each term adds to the score of each page.

What a word adds does not depend on the rest of the query, so it is computed once (BM25 over
weighted fields); ``site/static/search.js`` uses the same numbers in an exported folder.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .page import Page
from .words import stem, words

_FIELDS: Final[Mapping[str, tuple[float, float]]] = {
    "title": (6.0, 0.3),
    "keywords": (4.0, 0.15),
    "summary": (2.0, 0.3),
    "headings": (2.0, 0.3),
    "body": (1.0, 0.75),
}
"""The weight of each field, and how much its length counts against it (BM25's b)."""
_SATURATION: Final = 6.0
_HEADING: Final = re.compile(r"^#+ (.*)$", re.MULTILINE)
_LINK_TARGET: Final = re.compile(r"\]\([^)\s]*\)")


@dataclass(frozen=True, slots=True)
class Index:
    """What each term adds to each page, and the forms in which the terms occur."""

    paths: Sequence[str]
    weights: Mapping[str, Mapping[int, float]]
    forms: Mapping[str, str]


def make_index(pages: Iterable[Page]) -> Index:
    """Return the index of ``pages``."""
    listed = list(pages)
    counted = [{name: Counter[str]() for name in _FIELDS} for _ in listed]
    forms: dict[str, str] = {}
    for page, fields in zip(listed, counted, strict=True):
        for name, text in _texts(page).items():
            for word in words(text):
                forms[word] = stem(word)
                fields[name][stem(word)] += 1
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
            page: round(rarity(len(listed), len(found)) * f / (f + _SATURATION), 3)
            for page, f in found.items()
        }
        for term, found in frequencies.items()
    }
    return Index([page.path for page in listed], weights, forms)


def rarity(pages: int, found: int) -> float:
    """Return the weight of a term that ``found`` of all ``pages`` have."""
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
