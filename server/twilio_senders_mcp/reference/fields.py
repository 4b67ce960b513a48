"""Tables of fields, generated from the models that the tools use, so that they stay correct."""

import json
import tomllib
from collections.abc import Collection, Iterator
from functools import cache
from importlib import resources
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter

from twilio_senders_mcp.twilio import requests
from twilio_senders_mcp.twilio.schema import (
    Schema,
    array_schema,
    object_schema,
    request_schema,
)

_TYPES: Final = {"string": "text", "integer": "whole number", "object": "object", "array": "list"}
_LINKS: Final = {
    "configuration": "schemas/configuration",
    "webhook": "schemas/webhook",
    "profile": "schemas/profile",
    "emails": "schemas/email",
    "websites": "schemas/website",
    "phone_numbers": "schemas/phone-number",
    "properties": "schemas/properties",
    "offline_reasons": "schemas/offline-reason",
    "compliance": "topics/rcs",
}
_HEAD: Final = "| field | type | meaning |\n|---|---|---|\n"


def request_table(model: type[BaseModel]) -> str:
    """Return a table of a request's fields at every depth, with their allowed values."""
    return _HEAD + "".join(_rows(request_schema(model)))


def response_table(
    response: type[Any],
    page: str,
    prefix: str = "",
    *,
    head: bool = True,
    left_out: Collection[str] = (),
) -> str:
    """Return a table of a response's keys, as Twilio is known to send them.

    ``page`` names the object in ``response_fields.toml``; ``prefix`` stands before each key. The
    keys ``left_out`` have no row.
    """
    schema = TypeAdapter(response).json_schema()
    rows = (
        _response_row(prefix, name, field, page)
        for name, field in schema["properties"].items()
        if name not in left_out
    )
    return (_HEAD if head else "") + "".join(rows)


def response_names(response: type[Any]) -> list[str]:
    """Return the keys of a response."""
    return list(TypeAdapter(response).json_schema()["properties"])


def _response_row(prefix: str, name: str, field: Schema, page: str) -> str:
    facts = _response_fields().get(page, {}).get(name, {})
    meaning = [facts.get("meaning") or _request_meanings().get(name, "")]
    if values := facts.get("values"):
        meaning.append("One of " + ", ".join(f"`{value}`" for value in values) + ".")
    if form := facts.get("format"):
        meaning.append(f"Format: {form}.")
    kind = _kind(_shallow(field))
    if name in _LINKS:
        kind = kind.replace("object", f"[object](/{_LINKS[name]})")
        kind = kind.replace("list", f"list of [objects](/{_LINKS[name]})")
    return f"| `{prefix}{name}` | {kind} | {' '.join(part for part in meaning if part)} |\n"


@cache
def _response_fields() -> dict[str, dict[str, dict[str, Any]]]:
    text = resources.files(__spec__.parent).joinpath("response_fields.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _request_meanings() -> dict[str, str]:
    """Return the description of each field of a request, by its name."""
    models = (
        requests.SenderFields,
        requests.Configuration,
        requests.Webhook,
        requests.Profile,
        requests.Email,
        requests.Website,
        requests.PhoneNumber,
    )
    return {
        name: field.description or ""
        for model in models
        for name, field in model.model_fields.items()
    }


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
            meaning.append("One of " + ", ".join(f"`{value}`" for value in form["enum"]) + ".")
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
