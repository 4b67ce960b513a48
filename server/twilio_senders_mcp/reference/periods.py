"""The time that a query for changes asks about: "since August", "in October 2026", "latest"."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from .vocabulary import vocabulary
from .words import words

_ISO: Final = re.compile(r"\b(20\d\d)-(\d\d)(?:-(\d\d))?\b")
_YEAR: Final = re.compile(r"20\d\d")
_ALWAYS: Final = ("0000", "9999")
_MODAL: Final = "may"
"""A month in English only after one of the words for "since" or before a year."""


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days, as texts that compare like ISO dates; ``since`` may be the whole past."""

    since: str
    until: str

    @property
    def first_day(self) -> str | None:
        """The first day as an ISO date, None if the period has no beginning."""
        return None if self.since == _ALWAYS[0] else f"{self.since}-01-01"[:10]

    def has(self, day: str | None) -> bool:
        """Tell whether a change of this day belongs to the period."""
        return day is not None and self.since <= day <= f"{self.until}-99"


def asked_period(query: str, today: date) -> Period | None:
    """Return the time of the changes that a query asks about, None if it asks about none.

    A month without a year is the last one that has begun.
    """
    lists = vocabulary()
    found = list(words(query))
    about = lists.about_changes | lists.novelty
    if about.isdisjoint(found) or "server" in found:
        return None
    spans = _spans(query, found, today)
    if spans:
        first, last = min(since for since, _ in spans), max(until for _, until in spans)
        is_open = not lists.since.isdisjoint(found) and len(spans) == 1
        return Period(first, "9999" if is_open else last)
    if not lists.recent.isdisjoint(found):
        return Period(*_ALWAYS)
    return None


def _spans(query: str, found: list[str], today: date) -> list[tuple[str, str]]:
    iso = [
        (f"{year}-{month}-{day}", f"{year}-{month}-{day}")
        if day
        else (f"{year}-{month}", f"{year}-{month}")
        for year, month, day in _ISO.findall(query)
    ]
    if iso:
        return iso
    years = [word for word in found if _YEAR.fullmatch(word)]
    months = [
        vocabulary().months[word]
        for place, word in enumerate(found)
        if word in vocabulary().months and (word != _MODAL or _is_month(found, place))
    ]
    if not months:
        return [(year, year) for year in years]
    return [_span(first, last, years, today) for first, last in months]


def _is_month(found: list[str], place: int) -> bool:
    before, after = found[place - 1 : place], found[place + 1 : place + 2]
    introduced = {*vocabulary().since, "in", "and", "until", "of"}
    return not introduced.isdisjoint(before) or any(_YEAR.fullmatch(word) for word in after)


def _span(first: int, last: int, years: list[str], today: date) -> tuple[str, str]:
    year = int(years[-1]) if years else today.year - (first > today.month)
    return f"{year}-{first:02}", f"{year}-{last:02}"
