"""The JSON Schemas of a tool, in a form that every MCP client can read.

Known limitations of clients: google-genai cannot convert ``additionalProperties: false``, and a
client that enforces it reports the error in its own validator's words. LlamaIndex does not look
into an ``anyOf`` for the fields of an object. OpenAI's strict mode does not support string lengths
and makes every property required, so that a model can omit one only with null. Clients built on
the TypeScript SDK reject a whole result that does not match the output schema. The server itself
remains as strict as its models.
"""

from typing import Any, Final, cast

from pydantic import BaseModel, TypeAdapter

from twilio_senders_mcp.twilio.schema import (
    UNPUBLISHED,
    Schema,
    array_schema,
    forms,
    inline,
    object_schema,
    request_schema,
)

_LEFT_OUT: Final = {"additionalProperties", "default", "minLength", "maxLength"}
_NULL: Final[Schema] = {"type": "null"}
_JSON_TEXT: Final[Schema] = {"type": "string"}


def arguments_schema(arguments: type[BaseModel]) -> Schema:
    """Return the schema of a tool's arguments with all that is validated.

    A section is a plain object; any other optional field is nullable.
    """
    return _portable(request_schema(arguments))


def input_schema(arguments: type[BaseModel]) -> Schema:
    """Return the schema of a tool's arguments as clients see it.

    A section that another tool publishes has no fields here. It may be JSON text, too, because
    OpenAI's strict mode lets a model write nothing into an object without fields.
    """
    schema = arguments_schema(arguments)
    properties = cast("dict[str, Schema]", schema["properties"])
    return {
        **schema,
        "properties": {
            name: _without_fields(field) if UNPUBLISHED in field else field
            for name, field in properties.items()
        },
    }


def _without_fields(field: Schema) -> Schema:
    section: Schema = {"type": "object"}
    if array_schema(field):
        section = {"type": "array", "items": section}
    return {"anyOf": [section, _JSON_TEXT, _NULL], "description": field["description"]}


def output_schema(result: type[Any]) -> Schema:
    """Return the schema of a tool's structured content, a ``TypedDict``.

    It describes without constraining: each key has a type, no key is required, and the contents of
    objects and lists are not restricted.
    """
    schema = TypeAdapter(result).json_schema()
    inlined = inline(schema, schema.get("$defs", {}))
    properties = {key: _unconstrained(value) for key, value in inlined["properties"].items()}
    return {"type": "object", "properties": properties}


def _portable(schema: Schema) -> Schema:
    kept = {key: value for key, value in schema.items() if key not in _LEFT_OUT}
    if "anyOf" in kept:
        kept["anyOf"] = [_portable(form) for form in cast("list[Schema]", kept["anyOf"])]
    if "items" in kept:
        kept["items"] = _portable(kept["items"])
    if "properties" in kept:
        required = kept.get("required", [])
        kept["properties"] = {
            name: _portable(field) if name in required else _optional(_portable(field))
            for name, field in kept["properties"].items()
        }
    return kept


def _optional(field: Schema) -> Schema:
    """Return the schema of a field that may be omitted."""
    description = {k: v for k, v in field.items() if k in ("description", UNPUBLISHED)}
    if section := object_schema(field):
        return {**section, **description}
    if _NULL in forms(field):
        return field
    return {"anyOf": [{k: v for k, v in field.items() if k != "description"}, _NULL], **description}


def _unconstrained(schema: Schema) -> Schema:
    """Return only the type and the description of a schema."""
    return {key: schema[key] for key in ("type", "description") if key in schema} | (
        {"items": {"type": schema["items"].get("type", "object")}} if "items" in schema else {}
    )
