"""The schemas that a client reads: portable, described, small."""

import pytest
from typing_extensions import TypedDict

from twilio_senders_mcp.protocol.schemas import input_schema, output_schema
from twilio_senders_mcp.tools.update_sender import UpdateSenderArguments
from twilio_senders_mcp.twilio.models import Sender

INPUT = input_schema(UpdateSenderArguments)
OUTPUT = output_schema(Sender)


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
        assert "default" not in node or node["default"] in ("Email", "Website"), path


def test_every_object_of_the_input_refuses_unknown_keys():
    objects = [node for _, node in nodes(INPUT) if node.get("type") == "object"]
    assert len(objects) == 7
    assert all(node["additionalProperties"] is False for node in objects)


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
        assert field.keys() <= {"anyOf", "description"}, name
        assert all(form.keys() == {"type"} for form in field["anyOf"]), name
        assert {"type": "null"} in field["anyOf"], name


def test_the_output_documents_every_key_and_the_statuses():
    assert OUTPUT["properties"].keys() == Sender.__annotations__.keys()
    assert "PENDING_VERIFICATION" in OUTPUT["properties"]["status"]["description"]


def test_a_field_called_title_survives():
    class Book(TypedDict):
        title: str

    assert list(output_schema(Book)["properties"]) == ["title"]


@pytest.mark.parametrize("field", ["name", "about", "vertical", "emails"])
def test_a_nullable_field_is_any_of_with_null(field):
    profile = INPUT["properties"]["profile"]["anyOf"][0]
    assert {"type": "null"} in profile["properties"][field]["anyOf"]
