"""JSON Schemas of the models, inlined because many clients cannot resolve ``$ref``."""

from typing import Any, Final, cast

from pydantic import BaseModel

Schema = dict[str, Any]

UNPUBLISHED: Final = "x-unpublished"
"""Marks a field whose own fields are validated, but not published: another tool shows them."""


def request_schema(arguments: type[BaseModel]) -> Schema:
    """Return the inlined schema of a model, without titles and without the model's description."""
    schema = arguments.model_json_schema()
    inlined = inline(schema, schema.get("$defs", {}))
    return {key: value for key, value in inlined.items() if key not in ("$defs", "description")}


def object_schema(schema: Schema) -> Schema | None:
    """Return the alternative of a schema that is an object, or None."""
    return _alternative_of_type(schema, "object")


def array_schema(schema: Schema) -> Schema | None:
    """Return the alternative of a schema that is an array, or None."""
    return _alternative_of_type(schema, "array")


def allowed_values(schema: Schema) -> list[str]:
    """Return the values that a schema enumerates."""
    return next(form["enum"] for form in forms(schema) if "enum" in form)


def inline(node: Any, definitions: dict[str, Schema]) -> Any:
    """Replace each ``$ref`` in a schema by its target, and remove the titles."""
    if isinstance(node, list):
        return [inline(item, definitions) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    entries = cast("Schema", node)
    if reference := entries.get("$ref"):
        target = definitions[reference.rsplit("/", 1)[-1]]
        # A model's docstring is for readers of the code; a field's description is kept.
        return inline({k: v for k, v in target.items() if k != "description"}, definitions)
    # A property may be named "title"; only a title that is a string is removed.
    return {
        key: inline(value, definitions)
        for key, value in entries.items()
        if not (key == "title" and isinstance(value, str))
    }


def _alternative_of_type(schema: Schema, kind: str) -> Schema | None:
    return next((form for form in forms(schema) if form.get("type") == kind), None)


def forms(schema: Schema) -> list[Schema]:
    """Return the alternatives of a schema, or the schema itself if it has none."""
    return schema.get("anyOf", [schema])
