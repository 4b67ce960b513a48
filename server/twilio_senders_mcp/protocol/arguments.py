"""Strict validation of a call's arguments, with error messages of our own.

The tool's model decides what is valid. This module adds what callers need. Null means "not given"
at every depth: CrewAI sends it for every optional argument, and OpenAI's strict mode offers a model
no other way to omit one. Sections that a client sent as JSON text are parsed. An error gives the
path, what was expected there, and the closest valid spelling. It never repeats a value, which may
be secret.
"""

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from twilio_senders_mcp.tools.errors import InvalidArguments, Issue
from twilio_senders_mcp.twilio.schema import (
    Schema,
    allowed_values,
    array_schema,
    object_schema,
)
from twilio_senders_mcp.twilio.values import APPLICATION_SID, SENDER_ID, SENDER_SID

from .schemas import arguments_schema

ISSUES_MAX: Final = 20
VALUES_MAX: Final = 20_000
"""Most values in the arguments of one call, at all depths; more would hold up other calls."""

_NAME_MAX: Final = 60
_NAME: Final = re.compile(rf"[A-Za-z_][\w-]{{0,{_NAME_MAX - 1}}}", re.ASCII)
_DIGITS_MAX: Final = 3
_WORD_MIN: Final = 4
_LIST_MAX: Final = 6

ModelT = TypeVar("ModelT", bound=BaseModel)
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ReadArguments(Generic[ModelT]):
    """The arguments as a model, and the dotted paths of the arguments that were null."""

    model: ModelT
    nulls: tuple[str, ...]


class ArgumentsReader(Generic[ModelT]):
    """Validates the raw arguments of a call; created once for each tool."""

    def __init__(self, model: type[ModelT]) -> None:
        self._schema: Schema = arguments_schema(model)
        self._model = model
        self._paths = dict(_field_paths(self._schema))

    def read(self, arguments: Mapping[str, Any]) -> ReadArguments[ModelT]:
        """Return the model of the arguments that are not null.

        Raises:
            InvalidArguments: if anything in ``arguments`` is unknown, missing or invalid.

        """
        unpacked = _unpack_json_text(arguments, self._schema)
        if _count_values(unpacked) > VALUES_MAX:
            raise InvalidArguments([Issue("", f"expected at most {VALUES_MAX:,} values")], 1)
        nulls: list[str] = []
        given = _without_nulls(unpacked, self._schema, "", nulls)
        try:
            return ReadArguments(self._model.model_validate(given), tuple(nulls))
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=True)
        issues = [self._issue(detail) for detail in details[:ISSUES_MAX]]
        raise InvalidArguments(issues, len(details))

    def _issue(self, detail: ErrorDetails) -> Issue:
        path, kind = detail["loc"], detail["type"]
        schema = self._schema_at(path)
        if kind == "extra_forbidden":
            name = str(path[-1])
            return Issue(_dotted(path), "unknown field", self._nearest_field(path[:-1], name))
        if kind == "literal_error":
            values = allowed_values(schema)
            expected = "expected one of " + ", ".join(json.dumps(value) for value in values)
            given = str(detail["input"])[:_NAME_MAX]
            nearest = _similar(given, values) or _containing(given, values)
            if nearest is not None and len(values) > _LIST_MAX:
                expected = f"expected one of {len(values)} values"
            return Issue(_dotted(path), expected, nearest)
        if kind == "model_type":
            form = object_schema(schema) or {}
            keys = form.get("required") or form.get("properties", {})
            return Issue(_dotted(path), "expected an object with " + ", ".join(keys))
        if kind == "string_pattern_mismatch":
            pattern = str(detail.get("ctx", {}).get("pattern"))
            return Issue(_dotted(path), _PATTERNS.get(pattern, f"expected text matching {pattern}"))
        if kind == "too_long" and isinstance(detail["input"], str):
            kind = "string_too_long"  # as the validators of plain text call it
        if phrase := _EXPECTED.get(kind):
            context = detail.get("ctx", {})
            return Issue(
                _dotted(path),
                phrase.format(**context),
                context.get("nearest"),
                on_page=kind in _ON_PAGE,
            )
        return Issue(_dotted(path), "not valid")

    def _schema_at(self, path: Path) -> Schema:
        """Return the schema at ``path``, empty for an unknown key."""
        schema = self._schema
        for step in path:
            if isinstance(step, int):
                schema = (array_schema(schema) or {}).get("items", {})
            else:
                schema = (object_schema(schema) or {}).get("properties", {}).get(step, {})
        return schema

    def _nearest_field(self, parent: Path, name: str) -> str | None:
        form = object_schema(self._schema_at(parent)) or {}
        keys = list(form.get("properties", {}))
        return _similar(name, keys) or self._paths.get(_normalized(name)) or _containing(name, keys)


def _count_values(arguments: Mapping[str, Any]) -> int:
    """Count the values at all depths, at least up to one more than `VALUES_MAX`."""
    count = 0
    waiting: list[Any] = [arguments]
    while waiting and count <= VALUES_MAX:
        value = waiting.pop()
        count += 1
        if isinstance(value, dict):
            waiting += cast("dict[str, Any]", value).values()
        elif isinstance(value, list):
            waiting += cast("list[Any]", value)
    return count


def _without_nulls(value: Any, schema: Schema, path: str, nulls: list[str]) -> Any:
    """Remove each known field that is null, and each section that contained nothing else.

    The dotted paths of these fields are appended to ``nulls``. An unknown key and a null entry of
    a list are kept, so that validation refuses them.
    """
    if isinstance(value, str):
        return value
    structured, items = object_schema(schema), array_schema(schema)
    if structured and isinstance(value, dict):
        properties: dict[str, Schema] = structured.get("properties", {})
        kept: dict[str, Any] = {}
        for key, entry in cast("dict[str, Any]", value).items():
            entry_path = f"{path}.{key}" if path else key
            if key not in properties:
                kept[key] = entry
            elif entry is None:
                nulls.append(entry_path)
            else:
                rest = _without_nulls(entry, properties[key], entry_path, nulls)
                if rest != {} or entry == {}:
                    kept[key] = rest
        return kept
    if items and isinstance(value, list):
        entries = cast("list[Any]", value)
        return [
            _without_nulls(entry, items["items"], f"{path}[{index}]", nulls)
            for index, entry in enumerate(entries)
        ]
    return value


def _unpack_json_text(value: Any, schema: Schema) -> Any:
    """Parse JSON text wherever the schema requires an object or a list.

    Some clients send nested objects as JSON text. The value of a text field is never parsed.
    """
    structured, items = object_schema(schema), array_schema(schema)
    if isinstance(value, str) and (structured or items):
        value = _parse_json_text(value)
    if structured and isinstance(value, Mapping):
        properties: dict[str, Schema] = structured.get("properties", {})
        return {
            key: _unpack_json_text(entry, properties[key]) if key in properties else entry
            for key, entry in cast("Mapping[str, Any]", value).items()
        }
    if items and isinstance(value, list):
        return [_unpack_json_text(entry, items["items"]) for entry in cast("list[Any]", value)]
    return value


def _parse_json_text(text: str) -> object:
    """Return the object, list or null in JSON text, or the text itself."""
    try:
        value = json.loads(text, object_pairs_hook=_object_without_duplicates)
    except (ValueError, RecursionError):
        return text
    return cast("object", value) if isinstance(value, dict | list | None) else text


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        raise ValueError("duplicate key")
    return entries


def _field_paths(schema: Schema, parent: str = "") -> list[tuple[str, str]]:
    """Return the normalized name and the dotted path of every field."""
    paths: list[tuple[str, str]] = []
    for name, entry in (object_schema(schema) or {}).get("properties", {}).items():
        path = f"{parent}{name}"
        paths += [(_normalized(name), path), *_field_paths(entry, f"{path}.")]
    return paths


def _similar(name: str, candidates: list[str]) -> str | None:
    by_name = {_normalized(candidate): candidate for candidate in candidates}
    match = difflib.get_close_matches(_normalized(name), by_name, n=1, cutoff=0.6)
    return by_name[match[0]] if match else None


def _containing(word: str, candidates: list[str]) -> str | None:
    """Return the only candidate that contains ``word``: Shopping and Retail for retail."""
    part = _normalized(word)
    matches = [candidate for candidate in candidates if part in _normalized(candidate)]
    return matches[0] if len(part) >= _WORD_MIN and len(matches) == 1 else None


def _normalized(name: str) -> str:
    """Return ``name`` without case, underscores, spaces and punctuation."""
    return "".join(character for character in name.casefold() if character.isalnum())


def _dotted(path: Path) -> str:
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += ("." if text else "") + _printable_key(step)
    return text


def _printable_key(name: str) -> str:
    """Return a key if it looks like a name; otherwise it may be a secret and is not repeated."""
    if _NAME.fullmatch(name) and sum(character.isdigit() for character in name) <= _DIGITS_MAX:
        return name
    return "(key not shown)"


_PATTERNS: Final = {
    SENDER_SID: "expected a sender's SID: XE and 32 hexadecimal digits, not its number",
    SENDER_ID: "expected whatsapp:+ and a number with its country code, or rcs: and an agent",
    APPLICATION_SID: "expected an application's SID: AP and 32 hexadecimal digits",
}

_EXPECTED: Final = {
    "missing": "required",
    "string_type": "expected text",
    "string_unicode": "expected valid Unicode text",
    "unicode_text": "expected valid Unicode text",
    "control_character": "expected text without control characters",
    "list_type": "expected a list",
    "string_too_long": "expected at most {max_length} characters",
    "too_short": "expected at least {min_length}",
    "too_long": "expected at most {max_length}",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "greater_than_equal": "expected {ge} or more",
    "less_than_equal": "expected {le} or less",
    "absolute_url": "expected an absolute http(s) URL",
    "verification_code": "expected digits, as text",
    "one_selection": "give sids, or any of channel, query and status",
    "one_change": "give exactly one of set, replace_host, rows, undo and plan",
    "senders_needed": "senders is required with set and replace_host",
    "senders_not_needed": "senders is only for set and replace_host",
    "page_of_plan": "page_token is only for plan",
    "nothing_to_change": "give at least one field to change; null counts as not given",
    "unknown_path": "there is no such field to clear",
    "not_clearable": "this field cannot be cleared",
    "also_given": "this field is also given a value; give one or the other",
}
"""Our messages for the errors of Pydantic and the models, by error type."""

_ON_PAGE: Final = {"nothing_to_change", "not_clearable", "also_given"}
"""The errors that the tool's page of the reference explains; the others need no explanation."""
