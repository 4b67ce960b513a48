"""Every tool's schema goes through what the leading libraries make of it, unchanged and whole."""

import copy
import warnings

import pytest
from google.genai import types
from google.genai._mcp_utils import mcp_to_gemini_tool
from mcp.types import Tool
from openai.lib._pydantic import _ensure_strict_json_schema
from pydantic_ai.profiles.google import GoogleJsonSchemaTransformer
from pydantic_ai.profiles.openai import OpenAIJsonSchemaTransformer

from twilio_senders_mcp.protocol.schemas import input_schema
from twilio_senders_mcp.tools.catalog import TOOLS

every_tool = pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)

# What Gemini's API takes in a schema: https://ai.google.dev/api/caching#Schema
GEMINI_KEYS = {
    "type",
    "format",
    "title",
    "description",
    "nullable",
    "enum",
    "maxItems",
    "minItems",
    "properties",
    "required",
    "minProperties",
    "maxProperties",
    "minLength",
    "maxLength",
    "pattern",
    "example",
    "anyOf",
    "propertyOrdering",
    "default",
    "items",
    "minimum",
    "maximum",
}


def fields(schema: dict, path: str = "") -> set[str]:
    """The dotted paths of all fields, through lists and alternatives."""
    found: set[str] = set()
    for form in [schema, *schema.get("anyOf", [])]:
        for name, field in form.get("properties", {}).items():
            found |= {f"{path}{name}"} | fields(field, f"{path}{name}.")
        if "items" in form:
            found |= fields(form["items"], path)
    return found


def keywords(schema: dict) -> set[str]:
    found = set(schema)
    children = [*schema.get("anyOf", []), *schema.get("properties", {}).values()]
    for child in [*children, *([schema["items"]] if "items" in schema else [])]:
        found |= keywords(child)
    return found


@every_tool
def test_gemini_takes_every_keyword(tool):
    schema = input_schema(tool.arguments)
    assert keywords(schema) <= GEMINI_KEYS


@every_tool
def test_google_genai_converts_it_with_every_field(tool):
    schema = input_schema(tool.arguments)
    converted = mcp_to_gemini_tool(
        Tool(name=tool.name, description=tool.description, input_schema=copy.deepcopy(schema))
    )
    assert converted.function_declarations
    [declaration] = converted.function_declarations
    parameters = declaration.parameters_json_schema
    if not parameters:
        assert declaration.parameters
        parameters = declaration.parameters.model_dump(
            mode="json", by_alias=True, exclude_none=True
        )
    assert fields(parameters) == fields(schema)
    types.Tool(function_declarations=[declaration])


@every_tool
def test_openais_strict_mode_requires_every_field_and_keeps_null(tool):
    schema = input_schema(tool.arguments)
    strict = _ensure_strict_json_schema(copy.deepcopy(schema), path=(), root=schema)
    assert fields(strict) == fields(schema)
    optional = schema["properties"].keys() - set(schema.get("required", []))
    for name in optional:
        field = strict["properties"][name]
        assert field.get("type") == "object" or {"type": "null"} in field["anyOf"]


@every_tool
@pytest.mark.parametrize("transformer", [GoogleJsonSchemaTransformer, OpenAIJsonSchemaTransformer])
def test_pydantic_ai_transforms_it_without_a_loss(tool, transformer):
    schema = input_schema(tool.arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        transformed = transformer(copy.deepcopy(schema), strict=True).walk()
    assert fields(transformed) == fields(schema)
