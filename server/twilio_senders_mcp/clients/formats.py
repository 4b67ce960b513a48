"""The two formats of configuration files, behind one interface. Texts are without a BOM."""

import json
from collections.abc import Collection
from typing import Any, Protocol

from .catalog import Client
from .edits import Insertion, Span, insert
from .entry import Entry
from .errors import ClientError
from .json_text import JsonText
from .toml_text import parse_toml, toml_insertion, toml_spans, toml_without

_INPUTS = "inputs"


class Format(Protocol):
    """How entries are found in a text, added to it, and taken out of it.

    Each method raises `UnreadableTextError` if the text is not valid.
    """

    def entries(self, text: str) -> dict[str, Any]:
        """Return the servers that are configured, by their names."""
        ...

    def missing_parts(self, text: str, entry: Entry) -> list[str]:
        """Return the keys of the root that ``entry`` needs and that are not there."""
        ...

    def add(self, text: str, name: str, entry: Entry) -> tuple[str, list[Span]]:
        """Return the text with an entry that it does not have, and where in it this was added."""
        ...

    def remove(self, text: str, name: str, made: Collection[str]) -> str:
        """Return the text without an entry, and without parts of the root that ``made`` names.

        Such a part goes only if it would be left empty.
        """
        ...

    def spans(self, text: str, name: str) -> list[Span]:
        """Return where in the text an entry is."""
        ...

    def is_empty(self, text: str) -> bool:
        """Return whether there is nothing in the text."""
        ...

    def on_lines(self, text: str) -> str:
        """Return the text as it can be shown to a person: not all on one long line."""
        ...


def format_of(client: Client) -> Format:
    """Return the format of the client's files."""
    if client.is_toml:
        return _TomlFormat(client.servers_key)
    return _JsonFormat(client.servers_key)


class _JsonFormat:
    def __init__(self, servers_key: str) -> None:
        self._servers = servers_key

    def entries(self, text: str) -> dict[str, Any]:
        if not text.strip():
            return {}
        json_text = JsonText(text)
        json_text.container(_INPUTS, "[") if self._servers == "servers" else None
        servers = json_text.container(self._servers, "{")
        return json_text.value[self._servers] if servers else {}

    def missing_parts(self, text: str, entry: Entry) -> list[str]:
        root: dict[str, Any] = JsonText(text).value if text.strip() else {}
        parts = [self._servers, *([_INPUTS] if entry.inputs else [])]
        return [key for key in parts if key not in root]

    def add(self, text: str, name: str, entry: Entry) -> tuple[str, list[Span]]:
        insertions: list[Insertion] = []
        if not text.strip():
            insertions.append(Insertion(0, "{}" if text else "{}\n"))
        for value in entry.inputs:
            current = JsonText(insert(text, insertions)[0])
            inputs = current.container(_INPUTS, "[")
            if inputs is None:
                insertions += current.insertions(current.root, _INPUTS, [value])
            elif value["id"] not in _ids(current):
                insertions += current.insertions(inputs.value, "", value)
        current = JsonText(insert(text, insertions)[0])
        servers = current.container(self._servers, "{")
        if servers is None:
            insertions += current.insertions(current.root, self._servers, {name: entry.server})
        else:
            insertions += current.insertions(servers.value, name, entry.server)
        return insert(text, insertions)

    def remove(self, text: str, name: str, made: Collection[str]) -> str:
        json_text = JsonText(text)
        servers = json_text.container(self._servers, "{")
        item = json_text.member(servers.value, name) if servers else None
        if servers is None or item is None:
            return text
        ids = self._own_inputs(json_text, name, item.value, item.end)
        if self._servers in made and len(json_text.items(servers.value)) == 1:
            text = json_text.without(json_text.root, servers)
        else:
            text = json_text.without(servers.value, item)
        for identifier in ids:
            text = _without_input(text, identifier, made)
        return text

    def spans(self, text: str, name: str) -> list[Span]:
        json_text = JsonText(text)
        servers = json_text.container(self._servers, "{")
        item = json_text.member(servers.value, name) if servers else None
        return [Span(item.start, item.end)] if item else []

    def is_empty(self, text: str) -> bool:
        return not text.strip() or (not JsonText(text).value and text.strip() == "{}")

    def on_lines(self, text: str) -> str:
        if len(text) < _LONG_LINE or "\n" in text.strip():
            return text
        return json.dumps(JsonText(text).value, indent=2, ensure_ascii=False)

    def _own_inputs(self, json_text: JsonText, name: str, start: int, end: int) -> list[str]:
        """Return the identifiers of inputs that only the entry between the positions uses."""
        inputs = json_text.container(_INPUTS, "[") if self._servers == "servers" else None
        rest = json_text.text[:start] + json_text.text[end:]
        used = json_text.text[start:end]
        return [
            identifier
            for identifier in (_ids(json_text) if inputs else [])
            if identifier.startswith(f"{name}-")
            and (reference := f"${{input:{identifier}}}") in used
            and reference not in rest
        ]


_LONG_LINE = 200


def _ids(json_text: JsonText) -> list[str]:
    """Return the identifier of each input, empty if one has none."""
    values: list[Any] = json_text.value[_INPUTS]
    return [str(value.get("id", "")) if isinstance(value, dict) else "" for value in values]  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


def _without_input(text: str, identifier: str, made: Collection[str]) -> str:
    json_text = JsonText(text)
    inputs = json_text.container(_INPUTS, "[")
    if inputs is None:
        return text
    items = json_text.items(inputs.value)
    if _INPUTS in made and len(items) == 1:
        return json_text.without(json_text.root, inputs)
    return json_text.without(inputs.value, items[_ids(json_text).index(identifier)])


class _TomlFormat:
    def __init__(self, servers_key: str) -> None:
        self._servers = servers_key

    def entries(self, text: str) -> dict[str, Any]:
        servers = parse_toml(text).get(self._servers, {})
        if not isinstance(servers, dict):
            raise ClientError(f"{self._servers} is not a table")
        return servers  # pyright: ignore[reportUnknownVariableType]

    def missing_parts(self, text: str, entry: Entry) -> list[str]:
        del text, entry  # an empty table of servers is never left behind
        return []

    def add(self, text: str, name: str, entry: Entry) -> tuple[str, list[Span]]:
        insertion = toml_insertion(text, self._servers, name, entry.server)
        if insertion is None:
            raise ClientError(
                f"{self._servers} is written with dotted keys, to which nothing can be added "
                f"without rewriting them; write them as tables, [{self._servers}.NAME]"
            )
        return insert(text, [insertion])

    def remove(self, text: str, name: str, made: Collection[str]) -> str:
        del made
        remaining = toml_without(text, self._servers, name)
        if remaining is None:
            raise ClientError(
                f"{self._servers}.{name} is written in a form from which it cannot be taken out "
                "without changing more; take it out by hand"
            )
        return remaining

    def spans(self, text: str, name: str) -> list[Span]:
        return toml_spans(text, self._servers, name)

    def is_empty(self, text: str) -> bool:
        return not text.strip()

    def on_lines(self, text: str) -> str:
        return text
