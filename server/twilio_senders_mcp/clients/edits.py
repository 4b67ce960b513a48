"""Insertions into a text, and taking them out again."""

from collections.abc import Iterable
from typing import NamedTuple


class Insertion(NamedTuple):
    """``text`` is inserted at ``position`` of the text as it is after the insertions before it."""

    position: int
    text: str


class Span(NamedTuple):
    """A part of a text, from ``start`` up to but without ``end``."""

    start: int
    end: int


def insert(text: str, insertions: Iterable[Insertion]) -> tuple[str, list[Span]]:
    """Apply the insertions in order; return the new text and where in it each of them is."""
    spans: list[Span] = []
    for position, added in insertions:
        text = text[:position] + added + text[position:]
        size = len(added)
        is_inside = any(start < position < end for start, end in spans)
        spans = [
            Span(start + size * (start >= position), end + size * (end > position))
            for start, end in spans
        ]
        if not is_inside:
            spans.append(Span(position, position + size))
    return text, sorted(spans)


def cut(text: str, spans: Iterable[Span]) -> str:
    """Return ``text`` without the spans, which do not overlap."""
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return text


def single_insertion(old: str, new: str) -> Insertion | None:
    """Return the one insertion that turns ``old`` into ``new``, or None if there is none."""
    kept = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old))
    added = new[kept : len(new) - (len(old) - kept)]
    return Insertion(kept, added) if old[:kept] + added + old[kept:] == new else None
