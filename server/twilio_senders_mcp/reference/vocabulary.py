"""The lists of words for queries: what to ignore, other words, translations, months."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from .words import stem

_PART_MIN: Final = 4
"""Minimum length of a root and of each part of a compound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The lists of ``search_words.toml``.

    ``same`` is keyed by stems; its values are words of the pages, any of which is meant.
    ``translated`` gives for a word of another language all the words that it stands for, and
    ``roots`` the same for the words without their endings. ``months`` gives for a name its first
    and last month.
    """

    ignored: frozenset[str]
    about_changes: frozenset[str]
    novelty: frozenset[str]
    recent: frozenset[str]
    since: frozenset[str]
    endings: Sequence[str]
    months: Mapping[str, tuple[int, int]]
    same: Mapping[str, Sequence[str]]
    translated: Mapping[str, Sequence[str]]
    roots: Mapping[str, Sequence[str]]

    def translation(self, word: str) -> Sequence[str]:
        """Return the words that a word of another language stands for, if it is known."""
        return self.translated.get(word) or self.roots.get(root(word, self.endings), ())

    def as_json(self) -> dict[str, Any]:
        """Return the lists as the site's script needs them."""
        sets = {
            "ignored": self.ignored,
            "aboutChanges": self.about_changes,
            "novelty": self.novelty,
            "recent": self.recent,
            "since": self.since,
        }
        return {
            **{name: sorted(each) for name, each in sets.items()},
            "endings": self.endings,
            "months": dict(self.months),
            "same": dict(self.same),
            "translated": dict(self.translated),
            "roots": dict(self.roots),
        }


def root(word: str, endings: Sequence[str]) -> str:
    """Return ``word`` without its endings, which may be several, one after the other."""
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= _PART_MIN:
            return root(word[: -len(ending)], endings)
    return word


@cache
def vocabulary() -> Vocabulary:
    """Return the lists of ``search_words.toml``."""
    text = resources.files(__spec__.parent).joinpath("search_words.toml").read_text("utf-8")
    lists = tomllib.loads(text)
    endings = lists["endings"].split()
    translated = {word: words.split() for word, words in lists["translated"].items()}
    roots: dict[str, Sequence[str]] = {}
    for word, words in translated.items():
        roots.setdefault(root(word, endings), words)
    return Vocabulary(
        ignored=frozenset(lists["ignored"].split()),
        about_changes=frozenset(lists["about_changes"].split()),
        novelty=frozenset(lists["novelty"].split()),
        recent=frozenset(lists["recent"].split()),
        since=frozenset(lists["since"].split()),
        endings=endings,
        months={name: (first, last) for name, (first, last) in lists["months"].items()},
        same={stem(word): words.split() for word, words in lists["same"].items()},
        translated=translated,
        roots=roots,
    )
