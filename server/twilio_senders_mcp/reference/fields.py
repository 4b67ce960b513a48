"""Tables of fields, generated from the models that the tools use, so that they stay correct."""

import json
from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter

from twilio_senders_mcp.twilio.schema import (
    Schema,
    array_schema,
    object_schema,
    request_schema,
)

_TYPES: Final = {"string": "text", "integer": "whole number", "object": "object", "array": "list"}
_HEAD: Final = "| field | type | meaning |\n|---|---|---|\n"


def request_table(model: type[BaseModel]) -> str:
    """Return a table of a request's fields at every depth, with their allowed values."""
    return _HEAD + "".join(_rows(request_schema(model)))


def response_table(response: type[Any]) -> str:
    """Return a table of a response's keys, as Twilio is known to send them."""
    schema = TypeAdapter(response).json_schema()
    return _HEAD + "".join(
        _row(name, _shallow(field), required=False) for name, field in schema["properties"].items()
    )


def _rows(schema: Schema, parent: str = "") -> Iterator[str]:
    required = schema.get("required", [])
    for name, field in schema.get("properties", {}).items():
        path = f"{parent}{name}"
        yield _row(path, field, required=name in required)
        entry = (array_schema(field) or {}).get("items", {})
        if below := object_schema(field):
            yield from _rows(below, f"{path}.")
        elif "properties" in entry:
            yield from _rows(entry, f"{path}[].")


def _row(path: str, field: Schema, *, required: bool) -> str:
    meaning = [field.get("description", "")]
    for form in _forms(field):
        if "enum" in form:
            meaning.append("One of " + ", ".join(f"`{json.dumps(v)}`" for v in form["enum"]) + ".")
        if "pattern" in form:
            meaning.append(f"Pattern `{form['pattern']}`.".replace("|", "\\|"))
    if "default" in field:
        meaning.append(f"Sent as `{json.dumps(field['default'])}` if omitted.")
    kind = _kind(field) + (", required" if required else "")
    return f"| `{path}` | {kind} | {' '.join(part for part in meaning if part)} |\n"


def _kind(field: Schema) -> str:
    kinds = dict.fromkeys(form.get("type", "") for form in _forms(field))
    named = [_TYPES.get(str(kind), str(kind)) for kind in kinds if kind not in ("null", "")]
    return " or ".join([*named, *(["null"] if "null" in kinds else [])])


def _shallow(field: Schema) -> Schema:
    """Replace each reference by a plain object; the object's fields have their own page."""
    forms = [{"type": "object"} if "$ref" in form else form for form in _forms(field)]
    return {"anyOf": forms, "description": field.get("description", "")}


def _forms(field: Schema) -> list[Schema]:
    return field.get("anyOf", [field])
