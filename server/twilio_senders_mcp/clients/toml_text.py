"""TOML, edited where it stands: an entry is a block of tables at the end of the file.

tomlkit keeps comments, but gives those between two tables to the first, so that they would move or
vanish with it. So blocks are added and taken out as text. tomlkit writes their content, and edits
inline tables.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

import tomlkit

from .edits import Insertion, Span, single_insertion
from .errors import UnreadableTextError, place

if TYPE_CHECKING:
    from tomlkit.items import InlineTable

_PLACE: Final = re.compile(r"at line (\d+), column (\d+)")
_HEADER: Final = re.compile(r"^[ \t]*\[[^\r\n]*", re.MULTILINE)


def parse_toml(text: str) -> dict[str, Any]:
    """Parse the text.

    Raises:
        UnreadableTextError: if it is not valid.

    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.search(str(error))
        where = (int(found[1]), int(found[2])) if found else place(text, len(text))
        raise UnreadableTextError(*where, "this is not valid TOML") from None
    except RecursionError:
        raise UnreadableTextError(1, 1, "the TOML is nested too deeply") from None


def toml_insertion(
    text: str, servers_key: str, name: str, entry: Mapping[str, object]
) -> Insertion | None:
    """Return what adds an entry, or None where that takes more than an insertion.

    An inline table cannot be extended elsewhere in the file.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    separator = "" if not text or text.endswith("\n") else "\n"
    separator += "\n" if text.strip() and not text.endswith(("\n\n", "\n\r\n")) else ""
    block = separator + tomlkit.dumps({servers_key: {name: entry}})
    addition = Insertion(len(text), block.replace("\n", newline))
    if _is_valid(text + addition.text):
        return addition
    document = tomlkit.parse(text)
    cast("InlineTable", document[servers_key]).append(name, dict(entry))
    return single_insertion(text, tomlkit.dumps(document))


def toml_spans(text: str, servers_key: str, name: str) -> list[Span]:
    """Return the blocks of an entry; none if it is not written as tables of its own.

    The comments and blank lines that precede the next table are not part of a block.
    """
    headers = list(_headers(text))
    ends = [*(start for start, _ in headers[1:]), len(text)]
    return [
        Span(start, start + len(_without_trailing_notes(text[start:end])))
        for (start, path), end in zip(headers, ends, strict=False)
        if path[:2] == [servers_key, name]
    ]


def toml_without(text: str, servers_key: str, name: str) -> str | None:
    """Return the text without an entry, or None where its form does not allow for that."""
    wanted = parse_toml(text)
    del wanted[servers_key][name]
    if not wanted[servers_key]:
        del wanted[servers_key]
    remaining = text
    for start, end in reversed(toml_spans(text, servers_key, name)):
        before, after = remaining[:start], remaining[end:]
        blank = re.search(r"(?<=\n)\r?\n\Z", before)
        if blank and (not after or re.match(r"\r?\n", after)):
            before = before[: blank.start()]
        remaining = before + after
    if remaining == text:
        document = tomlkit.parse(text)
        del document[servers_key][name]
        remaining = tomlkit.dumps(document)
    found = parse_toml(remaining)
    if not found.get(servers_key, True):
        del found[servers_key]
    return remaining if found == wanted else None


def _headers(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield where each table's header begins, and the keys that it names."""
    for found in _HEADER.finditer(text):
        # Where a text or an array goes on over lines, what precedes the line is not valid alone.
        if _is_valid(text[: found.start()]) and _is_valid(found[0]):
            yield found.start(), _path(tomllib.loads(found[0]))


def _path(table: dict[str, Any]) -> list[str]:
    """Return the keys of nested tables that each have one."""
    path: list[str] = []
    while table:
        ((key, value),) = table.items()
        path.append(key)
        table = cast("list[Any]", value)[0] if isinstance(value, list) else value
    return path


def _without_trailing_notes(block: str) -> str:
    lines = block.splitlines(keepends=True)
    while not lines[-1].strip() or lines[-1].lstrip().startswith("#"):
        lines.pop()
    return "".join(lines)


def _is_valid(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True
