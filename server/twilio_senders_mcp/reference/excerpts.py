"""Readable passages of a page, of which a search shows the one that fits best."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
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


def best_passage(texts: Iterable[str], terms: Mapping[str, float]) -> str:
    """Return the passage that has most of ``terms``, which have weights; else the first one."""
    listed = list(texts)
    best, most = listed[0] if listed else "", 0.0
    for text in listed:
        found = {stem(word) for word in words(text)}
        score = sum(weight for term, weight in terms.items() if term in found)
        if score > most:
            best, most = text, score
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
