"""What the words of a query stand for: terms of the index, in other spellings and languages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from .index import Index
from .vocabulary import vocabulary
from .words import stem, words

_WORDS_MAX: Final = 60
_PREFIX_WEIGHT: Final = 0.7
_PREFIX_MIN: Final = 3
_SPELLING_WEIGHT: Final = 0.6
_SPELLING_MIN: Final = 4
_SPELLING_LONG: Final = 8
_SAME_WEIGHT: Final = 0.7
_PART_MIN: Final = 4
_WORD_MAX: Final = 40
"""A longer word is no word of a language."""

Group = dict[str, float]
"""Terms of which any is meant, with the factor of each."""


def term_groups(index: Index, query: str) -> list[Group]:
    """Return the terms that each word of the query stands for, without those to be ignored."""
    found = list(dict.fromkeys(words(query)))[:_WORDS_MAX]
    wanted = [word for word in found if word not in vocabulary().ignored] or found
    groups: list[Group] = []
    for word in wanted:
        groups += [group for group in _groups(index, word) if group and group not in groups]
    return groups


def _groups(index: Index, word: str) -> list[Group]:
    lists = vocabulary()
    if word in lists.translated:
        return _translated(index, lists.translated[word])
    if _is_known(index, word):
        return [_with_others(index, word)]
    return _guessed(index, word) if len(word) <= _WORD_MAX else []


def _guessed(index: Index, word: str) -> list[Group]:
    """Return what an unknown word may stand for: another form, a beginning, a compound, a typo."""
    if translation := vocabulary().translation(word):
        return _translated(index, translation)
    if begun := _begun(index, word):
        return [begun]
    if parts := _parts(index, word):
        return [group for part in parts for group in _groups(index, part)]
    return _nearest(index, word)


def _is_known(index: Index, word: str) -> bool:
    return word in index.forms or stem(word) in index.weights or stem(word) in vocabulary().same


def _translated(index: Index, meant: Sequence[str]) -> list[Group]:
    return [_with_others(index, word) for word in meant]


def _with_others(index: Index, word: str) -> Group:
    """Return the term of a word, and those of the words that mean the same."""
    group = _own(index, word)
    for other in vocabulary().same.get(stem(word), ()):
        for term in _own(index, other):
            group.setdefault(term, _SAME_WEIGHT)
    return group


def _own(index: Index, word: str) -> Group:
    if word in index.forms:
        return {index.forms[word]: 1.0}
    return {stem(word): 1.0} if stem(word) in index.weights else {}


def _begun(index: Index, word: str) -> Group:
    if len(word) < _PREFIX_MIN:
        return {}
    begun = [term for form, term in index.forms.items() if form.startswith(word)]
    return dict.fromkeys(begun, _PREFIX_WEIGHT)


def _parts(index: Index, word: str) -> Sequence[str]:
    """Return the two known words of which a compound consists, as in German."""
    for end in range(len(word) - _PART_MIN, _PART_MIN - 1, -1):
        head, tail = word[:end], word[end:]
        for first in (head, head.removesuffix("s")):
            if _is_part(index, first) and _is_part(index, tail):
                return first, tail
    return ()


def _is_part(index: Index, word: str) -> bool:
    return len(word) >= _PART_MIN and bool(word in index.forms or vocabulary().translation(word))


def _nearest(index: Index, word: str) -> list[Group]:
    """Return the terms of the known words that differ least from a word that is not known.

    Of words that differ equally, those with the same letters in another order are preferred.
    """
    if len(word) < _SPELLING_MIN or any(c.isdigit() for c in word):
        return []
    most = 2 if len(word) >= _SPELLING_LONG else 1
    letters = set(word)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for known in (*index.forms, *vocabulary().translated):
        # The comparisons before `distance` are cheap, and leave few words to it.
        is_similar = abs(len(known) - len(word)) <= most and known[0] == word[0]
        if is_similar and len(letters.symmetric_difference(known)) <= 2 * most:
            found[distance(known, word)].append(known)
    near = found[min((far for far in found if far <= most), default=most)]
    near = [known for known in near if sorted(known) == sorted(word)] or near
    if forms := [known for known in near if known in index.forms]:
        return [dict.fromkeys((index.forms[form] for form in forms), _SPELLING_WEIGHT)]
    return _translated(index, vocabulary().translated[near[0]]) if near else []


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


def query_terms(index: Index, groups: Sequence[Mapping[str, float]]) -> Group:
    """Return every term of the groups with the weight of its rarity."""
    return {
        term: factor * max(index.weights[term].values())
        for group in groups
        for term, factor in group.items()
    }
