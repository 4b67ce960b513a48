"""The two formats of configuration files, behind one interface. Texts are without a BOM."""

import json
from collections.abc import Collection
from typing import Any, Final, Protocol

from .catalog import Client, SecretWay
from .edits import Insertion, Span, insert
from .entry import Entry
from .errors import ClientError
from .json_text import Item, JsonText
from .toml_text import parse_toml, toml_insertion, toml_spans, toml_without

_INPUTS: Final = "inputs"
_LONG_LINE: Final = 200


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
        """Return where in the text an entry is, and what belongs to it alone."""
        ...

    def is_empty(self, text: str) -> bool:
        """Return whether there is nothing in the text."""
        ...

    def spread(self, *texts: str) -> tuple[str, ...]:
        """Return the texts as they can be shown to a person: on lines of their own.

        They stay as they are, unless one of them is a single long line.
        """
        ...


def format_of(client: Client) -> Format:
    """Return the format of the client's files."""
    if client.is_toml:
        return _TomlFormat(client.servers_key)
    return _JsonFormat(client.servers_key, has_inputs=client.secrets is SecretWay.ASKS)


class _JsonFormat:
    def __init__(self, servers_key: str, *, has_inputs: bool) -> None:
        self._servers = servers_key
        self._has_inputs = has_inputs

    def entries(self, text: str) -> dict[str, Any]:
        if not text.strip():
            return {}
        json_text = JsonText(text)
        self._inputs(json_text)
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
            inputs = self._inputs(current)
            if inputs is None:
                insertions += current.insertions(current.root, _INPUTS, [value])
            elif value["id"] not in _identifiers(current):
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
        while (inputs := self._inputs(json_text)) and (own := self._own_inputs(json_text, name)):
            text = _without(json_text, _INPUTS, inputs, own[0], made)
            json_text = JsonText(text)
        servers = json_text.container(self._servers, "{")
        item = json_text.member(servers.value, name) if servers else None
        return _without(json_text, self._servers, servers, item, made) if servers and item else text

    def spans(self, text: str, name: str) -> list[Span]:
        json_text = JsonText(text)
        server = self._server(json_text, name)
        items = [*([server] if server else []), *self._own_inputs(json_text, name)]
        return [Span(item.start, item.end) for item in items]

    def is_empty(self, text: str) -> bool:
        return not text.strip() or text.strip() == "{}"

    def spread(self, *texts: str) -> tuple[str, ...]:
        if all(len(text) < _LONG_LINE or "\n" in text.strip() for text in texts):
            return texts
        return tuple(
            json.dumps(JsonText(text).value, indent=2, ensure_ascii=False) if text.strip() else ""
            for text in texts
        )

    def _server(self, json_text: JsonText, name: str) -> Item | None:
        servers = json_text.container(self._servers, "{")
        return json_text.member(servers.value, name) if servers else None

    def _inputs(self, json_text: JsonText) -> Item | None:
        return json_text.container(_INPUTS, "[") if self._has_inputs else None

    def _own_inputs(self, json_text: JsonText, name: str) -> list[Item]:
        """Return the inputs that were made for an entry and that only it uses."""
        inputs, server = self._inputs(json_text), self._server(json_text, name)
        if inputs is None or server is None:
            return []
        used = json_text.text[server.start : server.end]
        rest = json_text.text[: server.start] + json_text.text[server.end :]
        items = zip(_identifiers(json_text), json_text.items(inputs.value), strict=True)
        return [
            item
            for identifier, item in items
            if identifier.startswith(f"{name}-")
            and (reference := f"${{input:{identifier}}}") in used
            and reference not in rest
        ]


def _identifiers(json_text: JsonText) -> list[str]:
    """Return the identifier of each input, empty if one has none."""
    values: list[Any] = json_text.value[_INPUTS]
    return [str(value.get("id", "")) if isinstance(value, dict) else "" for value in values]  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


def _without(
    json_text: JsonText, key: str, container: Item, item: Item, made: Collection[str]
) -> str:
    """Return the text without an item, or without its container if that was made for it alone."""
    if key in made and len(json_text.items(container.value)) == 1:
        return json_text.without(json_text.root, container)
    return json_text.without(container.value, item)


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
                f"{self._servers} is written as an inline table, to which nothing can be added "
                f"without rewriting it; write the servers as tables, [{self._servers}.NAME]"
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

    def spread(self, *texts: str) -> tuple[str, ...]:
        return texts
