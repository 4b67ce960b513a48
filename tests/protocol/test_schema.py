"""The schemas that a client reads: portable, described, small."""

import pytest
from typing_extensions import TypedDict

from twilio_senders_mcp.protocol.schemas import input_schema, output_schema
from twilio_senders_mcp.tools.catalog import TOOLS
from twilio_senders_mcp.tools.sender_result import SenderResult
from twilio_senders_mcp.tools.update_sender import UpdateSenderArguments

INPUT = input_schema(UpdateSenderArguments)
OUTPUT = output_schema(SenderResult)


def nodes(schema, path=""):
    yield path, schema
    for key, child in schema.get("properties", {}).items():
        yield from nodes(child, f"{path}.{key}")
    for child in [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]:
        yield from nodes(child, path)


def test_the_input_has_no_reference_no_type_list_and_no_noise():
    for path, node in nodes(INPUT):
        assert not {"$ref", "$defs", "title"} & node.keys(), path
        assert not isinstance(node.get("type"), list), path


def test_no_keyword_stands_in_the_way_of_a_converter():
    refused = {"additionalProperties", "default", "minLength", "maxLength", "oneOf", "not"}
    for arguments in (tool.arguments for tool in TOOLS):
        for path, node in nodes(input_schema(arguments)):
            assert not refused & node.keys(), path
            assert "" not in node.get("enum", []), path
            assert node.get("type") != "array" or "items" in node, path


@pytest.mark.parametrize("section", ["configuration", "webhook", "profile"])
def test_a_section_is_a_plain_object(section):
    assert INPUT["properties"][section]["type"] == "object"
    assert INPUT["properties"][section]["description"]


def test_every_other_optional_field_is_nullable():
    for arguments in (tool.arguments for tool in TOOLS):
        for path, node in nodes(input_schema(arguments)):
            for name, field in node.get("properties", {}).items():
                if name not in node.get("required", []) and field.get("type") != "object":
                    assert {"type": "null"} in field["anyOf"], f"{path}.{name}"


def test_every_field_of_the_input_is_described():
    for path, node in nodes(INPUT):
        for name, field in node.get("properties", {}).items():
            assert field.get("description"), f"{path}.{name}"


def test_the_sid_comes_first_and_is_the_one_required_argument():
    assert next(iter(INPUT["properties"])) == "sid"
    assert INPUT["required"] == ["sid"]


def test_the_output_leaves_room_for_whatever_twilio_adds():
    assert OUTPUT.keys() == {"type", "properties"}
    for name, field in OUTPUT["properties"].items():
        assert field.keys() <= {"type", "items", "description"}, name


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_result_begins_with_a_summary_and_may_name_a_next_step(tool):
    assert list(output_schema(tool.result)["properties"])[:3] == ["summary", "next", "sandbox"]


def test_a_field_called_title_survives():
    class Book(TypedDict):
        title: str

    assert list(output_schema(Book)["properties"]) == ["title"]


@pytest.mark.parametrize("field", ["name", "about", "vertical", "emails"])
def test_a_nullable_field_is_any_of_with_null(field):
    profile = INPUT["properties"]["profile"]
    assert {"type": "null"} in profile["properties"][field]["anyOf"]
