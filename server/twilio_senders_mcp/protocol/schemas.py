"""The JSON Schemas of a tool, as every MCP client can read them.

Clients built on the TypeScript SDK drop a whole result that does not match the output schema. So
an output schema describes without constraining: each key has the type that Twilio documents, or
null; nothing is required, no value is enumerated, and what a section or a list holds is open.
"""

from typing import Any

from pydantic import BaseModel, TypeAdapter

from twilio_senders_mcp.twilio.schema import Schema, forms, inline, request_schema


def input_schema(arguments: type[BaseModel]) -> Schema:
    """Return the schema of a tool's arguments."""
    return request_schema(arguments)


def output_schema(result: type[Any]) -> Schema:
    """Return the schema of a tool's structured content, a ``TypedDict``."""
    schema = TypeAdapter(result).json_schema()
    inlined = inline(schema, schema.get("$defs", {}))
    properties = {key: _open(value) for key, value in inlined["properties"].items()}
    return {"type": "object", "properties": properties}


def _open(schema: Schema) -> Schema:
    """Keep the types, null among them, and the description."""
    kinds = dict.fromkeys([*(form["type"] for form in forms(schema)), "null"])
    kept: Schema = {"anyOf": [{"type": kind} for kind in kinds]}
    if "description" in schema:
        kept["description"] = schema["description"]
    return kept
