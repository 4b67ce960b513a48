"""JSON with comments, edited where it stands, so that all else stays as it was.

The libraries on PyPI that keep the format need Node or a later Python, or call their model
unstable. So the standard library's decoder parses: comments and trailing commas are overwritten
with blanks first, which leaves every position as it is, and the decoder gives the position at which
each value ends.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from .edits import Insertion, Span, cut
from .errors import UnreadableTextError, place

_STRING: Final = r'"(?:\\.|[^"\\\r\n])*"'
_COMMENTS: Final = re.compile(rf"{_STRING}|(?P<blank>//[^\r\n]*|/\*.*?\*/)", re.DOTALL)
_TRAILING_COMMAS: Final = re.compile(rf"{_STRING}|(?P<blank>,)(?=\s*[}}\]])")
_LEADING_COMMA: Final = re.compile(rf"{_STRING}|[{{\[]\s*(?P<comma>,)")
_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_REST_OF_LINE: Final = re.compile(
    r"[ \t]*(?:/\*(?:(?!\*/)[^\r\n])*\*/[ \t]*)*(?://[^\r\n]*)?(?=\r?\n)"
)
_BLANK_REST_OF_LINE: Final = re.compile(r"[ \t]*(?=\r?\n|$)")
# Numbers stay as they are written: they are compared, and Python limits the length of integers.
_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str)


@dataclass(frozen=True)
class Item:
    """A member of an object, or an element of an array, for which ``key`` is empty.

    ``start`` is where the key begins, ``value`` where the value does, and ``end`` where it ends.
    """

    key: str
    start: int
    value: int
    end: int


class JsonText:
    """A text whose root is an object.

    Raises:
        UnreadableTextError: if it is not valid, or the root is no object.

    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._bare = _blanked(_COMMENTS, text)
        self._strict = _blanked(_TRAILING_COMMAS, self._bare)
        self.root = _skip_blanks(self._bare, 0)
        for found in _LEADING_COMMA.finditer(self._bare):
            if found["comma"]:
                raise UnreadableTextError(*place(text, found.start("comma")), "unexpected comma")
        try:
            self.value: Any = _DECODER.decode(self._strict)
        except json.JSONDecodeError as error:
            raise UnreadableTextError(*place(text, error.pos), "this is not valid JSON") from None
        except RecursionError:
            raise UnreadableTextError(1, 1, "the JSON is nested too deeply") from None
        if not isinstance(self.value, dict):
            raise UnreadableTextError(*place(text, self.root), "expected an object, {…}")

    def member(self, container: int, key: str) -> Item | None:
        """Return the member of the object that begins at ``container``.

        Raises:
            UnreadableTextError: if the object has it twice.

        """
        found = [item for item in self.items(container) if item.key == key]
        if len(found) > 1:
            raise UnreadableTextError(*place(self.text, found[1].start), "this key is there twice")
        return found[0] if found else None

    def container(self, key: str, opening: str) -> Item | None:
        """Return the root's member with this key, whose value begins with ``opening``.

        Raises:
            UnreadableTextError: if the value is of another kind.

        """
        item = self.member(self.root, key)
        if item is not None and self.text[item.value] != opening:
            kind = "an object, {…}" if opening == "{" else "an array, […]"
            raise UnreadableTextError(*place(self.text, item.value), f"expected {kind}")
        return item

    def items(self, container: int) -> list[Item]:
        """Return the members or elements of the object or array that begins at ``container``."""
        return list(self._walk(container))

    def _walk(self, container: int) -> Iterator[Item]:
        has_keys = self._strict[container] == "{"
        position = _skip_blanks(self._strict, container + 1)
        while self._strict[position] not in "}]":
            start, key = position, ""
            if has_keys:
                key, position = _DECODER.raw_decode(self._strict, start)
                colon = _skip_blanks(self._strict, position)
                position = _skip_blanks(self._strict, colon + 1)
            _, end = _DECODER.raw_decode(self._strict, position)
            yield Item(key, start, position, end)
            position = _skip_blanks(self._strict, end)
            if self._strict[position] == ",":
                position = _skip_blanks(self._strict, position + 1)

    def end(self, container: int) -> int:
        """Return where the object or array that begins at ``container`` ends."""
        return _DECODER.raw_decode(self._strict, container)[1]

    def insertions(self, container: int, key: str, value: object) -> list[Insertion]:
        """Return what adds a member, or an element without a ``key``, at the container's end."""
        items = self.items(container)
        is_spread = "\n" in self.text[container : self.end(container)]
        if not items:
            return self._insertions_into_empty(container, key, value, is_spread=is_spread)
        last = items[-1]
        comma = _skip_blanks(self._bare, last.end)
        has_trailing_comma = self._bare[comma] == ","
        end = comma + 1 if has_trailing_comma else last.end
        close = "," if has_trailing_comma else ""
        if is_spread:
            # A comment behind the last item, on its line, stays with it.
            rest = _REST_OF_LINE.match(self.text, end)
            position = rest.end() if rest else end
            indent = self._indent_of_item(container, last)
            added = self._newline + indent + self._rendered(key, value, indent) + close
        else:
            position, added = end, f" {_on_one_line(key, value)}{close}"
        insertions = [Insertion(position, added)]
        if not has_trailing_comma:
            insertions.append(Insertion(last.end, ","))
        return insertions

    def _insertions_into_empty(
        self, container: int, key: str, value: object, *, is_spread: bool
    ) -> list[Insertion]:
        inside = container + 1
        is_one_line = "\n" not in self.text.strip() and self.text.strip() != "{}"
        if is_one_line:
            return [Insertion(inside, _on_one_line(key, value))]
        outer = self._indent_at(container)
        indent = outer + self._unit
        added = self._newline + indent + self._rendered(key, value, indent)
        if is_spread:
            rest = _REST_OF_LINE.match(self.text, inside)
            return [Insertion(rest.end() if rest else inside, added)]
        return [Insertion(inside, added + self._newline + outer)]

    def without(self, container: int, item: Item) -> str:
        """Return the text without an item, and without the comma and the line that it needed."""
        items = self.items(container)
        index = items.index(item)
        comma = _skip_blanks(self._bare, item.end)
        start, end, spans = item.start, item.end, list[Span]()
        if self._bare[comma] == ",":
            end = comma + 1
        elif index:
            before = self._bare.index(",", items[index - 1].end)
            spans.append(Span(before, before + 1))
            start = max(start, before + 1)
        text = self.text
        line = text.rfind("\n", 0, start) + 1
        rest = _BLANK_REST_OF_LINE.match(text, end)
        if line and rest and not text[line:start].strip():
            start, end = line - (2 if text[line - 2 : line] == "\r\n" else 1), rest.end()
        elif index:
            start = len(text[:start].rstrip(" \t"))
        else:
            end = _skip_blanks(text, end)
        remaining = cut(text, [*spans, Span(start, end)])
        return remaining if len(items) > 1 else _closed_up(remaining, container)

    def _indent_of_item(self, container: int, item: Item) -> str:
        line = self.text.rfind("\n", 0, item.start) + 1
        before = self.text[line : item.start]
        return before if not before.strip() else self._indent_at(container) + self._unit

    def _indent_at(self, position: int) -> str:
        line = self.text.rfind("\n", 0, position) + 1
        return self.text[line : len(self.text) - len(self.text[line:].lstrip(" \t"))]

    @property
    def _unit(self) -> str:
        """The indentation of one level, as the root's first member has it."""
        first = next(self._walk(self.root), None)
        before = self.text[self.text.rfind("\n", 0, first.start) + 1 : first.start] if first else ""
        return before if before and not before.strip() else "  "

    @property
    def _newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def _rendered(self, key: str, value: object, indent: str) -> str:
        text = json.dumps(value, indent=self._unit, ensure_ascii=False)
        lines = f"{_prefix(key)}{text}".split("\n")
        return f"{self._newline}{indent}".join(lines)


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """Overwrite with blanks what the pattern's group ``blank`` matches; line ends stay."""

    def blank(found: re.Match[str]) -> str:
        return re.sub(r"[^\r\n]", " ", found[0]) if found["blank"] else found[0]

    return pattern.sub(blank, text)


def _skip_blanks(text: str, position: int) -> int:
    found = _BLANKS.match(text, position)
    return found.end() if found else position  # pragma: no branch - it always matches


def _prefix(key: str) -> str:
    return f"{json.dumps(key, ensure_ascii=False)}: " if key else ""


def _on_one_line(key: str, value: object) -> str:
    return f"{_prefix(key)}{json.dumps(value, ensure_ascii=False)}"


def _closed_up(text: str, container: int) -> str:
    """Bring the brackets of the container together if there is nothing but blanks in it."""
    closing = _skip_blanks(text, container + 1)
    return text[: container + 1] + text[closing:] if text[closing] in "}]" else text
