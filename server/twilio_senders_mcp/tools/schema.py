"""JSON Schemas that every MCP client can read.

Clients in the field choke on ``$ref``, on type lists, and on output schemas that a new value does
not match. So an input schema is inlined and free of noise, and an output schema describes without
constraining. Both are built once, at start.
"""

from typing import Any, cast

from pydantic import BaseModel, TypeAdapter

Schema = dict[str, Any]


def input_schema(arguments: type[BaseModel]) -> Schema:
    """Return the inlined schema of a tool's arguments, without titles."""
    schema = arguments.model_json_schema()
    inlined = _inline(schema, schema.get("$defs", {}))
    return {key: value for key, value in inlined.items() if key not in ("$defs", "description")}


def output_schema(answer: type[Any]) -> Schema:
    """Return a schema that names an answer's keys and leaves room for what Twilio adds.

    Clients built on the TypeScript SDK drop a whole result that does not match. So each key has
    the type that Twilio documents, or null; nothing is required, no value is enumerated, and what
    a section or a list holds is open.
    """
    schema = TypeAdapter(answer).json_schema()
    inlined = _inline(schema, schema.get("$defs", {}))
    properties = {key: _open(value) for key, value in inlined["properties"].items()}
    return {"type": "object", "properties": properties}


def object_schema(schema: Schema) -> Schema | None:
    """Return the object form of a schema that may also be null, None if it has none."""
    return _form(schema, "object")


def array_schema(schema: Schema) -> Schema | None:
    """Return the array form of a schema that may also be null, None if it has none."""
    return _form(schema, "array")


def allowed_values(schema: Schema) -> list[str]:
    """Return the values that a schema enumerates."""
    return next(form["enum"] for form in _forms(schema) if "enum" in form)


def _inline(node: Any, definitions: dict[str, Schema]) -> Any:
    if isinstance(node, list):
        return [_inline(item, definitions) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    entries = cast("Schema", node)
    if reference := entries.get("$ref"):
        target = definitions[reference.rsplit("/", 1)[-1]]
        # A model's docstring is for the reader of the code; a field's description stays.
        return _inline({k: v for k, v in target.items() if k != "description"}, definitions)
    # A property may be called "title"; the noise is a title that is text.
    return {
        key: _inline(value, definitions)
        for key, value in entries.items()
        if not (key == "title" and isinstance(value, str))
    }


def _open(schema: Schema) -> Schema:
    """Keep the types, null among them, and the description."""
    kinds = dict.fromkeys([*(form["type"] for form in _forms(schema)), "null"])
    kept: Schema = {"anyOf": [{"type": kind} for kind in kinds]}
    if "description" in schema:
        kept["description"] = schema["description"]
    return kept


def _form(schema: Schema, kind: str) -> Schema | None:
    return next((form for form in _forms(schema) if form.get("type") == kind), None)


def _forms(schema: Schema) -> list[Schema]:
    return schema.get("anyOf", [schema])
