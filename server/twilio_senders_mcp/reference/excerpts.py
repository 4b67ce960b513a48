"""Readable passages of a page, of which a search shows the one that fits best."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from .words import stem, words

_SOURCE: Final = re.compile(r"\s*\((?:[^()]*\b)?(?:source|unconfirmed|undocumented|inference|advice|this server)\b[^()]*\)")  # fmt: skip  # noqa: E501
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_LIST_MARK: Final = re.compile(r"^\s*(?:[-*]|\d+\.)\s+")
_RULE: Final = re.compile(r"^[|\s:-]+$")


def passages(body: str) -> Iterator[str]:
    """Yield the sentences, list items and table rows of a page's body, without markup.

    A row of a table becomes its first cell, a colon, and the other cells. Headings, code and the
    heads of tables are left out.
    """
    in_code = False
    lines = [*body.splitlines(), ""]
    for line, following in itertools.pairwise(lines):
        if line.startswith("```"):
            in_code = not in_code
        elif not in_code and line.strip() and not line.startswith("#"):
            is_head = line.startswith("|") and following.startswith("|") and _RULE.match(following)
            if not _RULE.match(line) and not is_head and (text := _plain(line)):
                yield text


class Passage:
    """A passage and the terms in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.terms = frozenset(stem(word) for word in words(text))


def best_passage(found: Sequence[Passage], terms: Mapping[str, float]) -> str:
    """Return the passage that has most of ``terms``, which have weights; else the first one."""
    best, most = found[0].text if found else "", 0.0
    for passage in found:
        score = sum(weight for term, weight in terms.items() if term in passage.terms)
        if score > most:
            best, most = passage.text, score
    return best


def shortened(text: str, length: int) -> str:
    """Return ``text``, cut after a word with an ellipsis if it is longer than ``length``."""
    if len(text) <= length:
        return text
    return text[: length - 1].rpartition(" ")[0].rstrip(",;:") + "…"


def _plain(line: str) -> str:
    text = _LINK.sub(r"\1", _SOURCE.sub("", line)).replace("`", "").replace("\\|", "|")
    if text.startswith("|"):
        cells = [cell.strip() for cell in text.strip().strip("|").split(" | ")]
        first, *others = [cell.strip("| ") for cell in cells]
        text = f"{first}: {'; '.join(other for other in others if other)}"
    return _LIST_MARK.sub("", text).strip()
