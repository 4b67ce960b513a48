"""The words of pages and queries: how a text is split, and which words count as the same.

``site/static/search.js`` does the same in an exported folder; a test compares the two.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"\w+(?:[.:]\w+)*")
_PART: Final = re.compile(r"[^\W_]+")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ADDRESS: Final = re.compile(r"https?://\S+")
_ENDINGS: Final = (
    ("ification", "ify"),
    ("ifies", "ify"),
    ("ified", "ify"),
    ("ifying", "ify"),
    ("sses", "ss"),
    ("uses", "us"),
    ("ies", "y"),
    ("ied", "y"),
    ("ings", ""),
    ("ing", ""),
    ("ed", ""),
    ("ches", "ch"),
    ("shes", "sh"),
    ("xes", "x"),
    ("ion", ""),
    ("s", ""),
)
_KEPT: Final = ("ss", "us", "is")
_STEM_MIN: Final = 3


def words(text: str) -> Iterator[str]:
    """Yield the words of ``text`` in lower case and without accents, names also in their parts.

    ``profile.name`` is also ``profile`` and ``name``, ``verificationCode`` is also
    ``verification`` and ``code``, but ``WhatsApp`` is one word. Addresses are left out.
    """
    for found in _WORD.findall(_ADDRESS.sub(" ", text)):
        word = _CAMEL.sub("_", found) if found[0].islower() else found
        parts = _PART.findall(folded(word))
        if len(parts) > 1:
            yield folded(word)
        yield from parts


def folded(word: str) -> str:
    """Return ``word`` in lower case and without accents."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=10_000)
def stem(word: str) -> str:
    """Return the part of a word that its forms have in common, such as ``delet``."""
    if not word.isascii() or not word.isalpha():
        return word
    for ending, replacement in _ENDINGS:
        if word.endswith(ending) and not (ending == "s" and word.endswith(_KEPT)):
            root = word[: len(word) - len(ending)] + replacement
            if len(root) >= _STEM_MIN:
                return _shortest(root)
    return _shortest(word)


def _shortest(root: str) -> str:
    """Return ``root`` without a doubled consonant, as in ``sett`` from ``setting``, or an ``e``."""
    if len(root) > _STEM_MIN and root[-1] == root[-2] and root[-1] not in "aeiouls":
        return root[:-1]
    return root.removesuffix("e") if len(root) > _STEM_MIN + 1 else root
