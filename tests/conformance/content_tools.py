"""Tools with a fixed result for each type of content, and tools that show a schema keyword."""

from typing import Any, Final

from mcp.types import CallToolRequestParams, CallToolResult, TextContent

from .content import IMAGE, SOUND, embedded_text
from .fixture_tool import Context, FixtureTool, content_result, text_result


def _returning(name: str, description: str, result: CallToolResult, **schema: Any) -> FixtureTool:
    async def run(_: Context, __: CallToolRequestParams) -> CallToolResult:
        return result

    return FixtureTool(name, description, run, **schema)


_KEYWORDS_OF_2020_12: Final = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "required": [],
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
}


async def _greet(_: Context, params: CallToolRequestParams) -> CallToolResult:
    return text_result(f"Hello, {(params.arguments or {}).get('name')}!")


CONTENT_TOOLS: Final = (
    FixtureTool("greet", "Greets someone.", _greet, {"name": {"type": "string"}}),
    _returning("test_simple_text", "Returns a text.", text_result("A plain text.")),
    _returning("test_image_content", "Returns an image.", content_result(IMAGE)),
    _returning("test_audio_content", "Returns a sound.", content_result(SOUND)),
    _returning(
        "test_embedded_resource",
        "Returns a resource inside its result.",
        content_result(embedded_text("test://embedded-resource", "An embedded text.")),
    ),
    _returning(
        "test_multiple_content_types",
        "Returns a text, an image and a resource.",
        content_result(
            TextContent(type="text", text="A text, an image and a resource:"),
            IMAGE,
            embedded_text("test://mixed-content-resource", '{"number": 1}', "application/json"),
        ),
    ),
    _returning(
        "test_error_handling",
        "Always fails.",
        CallToolResult(
            is_error=True, content=[TextContent(type="text", text="This tool always fails.")]
        ),
    ),
    _returning(
        "test_header_parameter",
        "Takes an argument that an HTTP header repeats.",
        text_result("The header and the argument agree."),
        properties={"region": {"type": "string", "x-mcp-header": "Region"}},
    ),
    _returning(
        "json_schema_2020_12_tool",
        "Has an input schema with keywords of JSON Schema 2020-12.",
        text_result("The schema is what counts."),
        properties={
            "name": {"type": "string"},
            "address": {"$ref": "#/$defs/address"},
            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
            "phone": {"type": "string"},
            "email": {"type": "string"},
        },
        keywords=_KEYWORDS_OF_2020_12,
    ),
)
