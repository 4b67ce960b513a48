"""The API as an OpenAPI document, generated from the models that the tools use.

Requests are as strict as the tools are; responses are as lenient as the client, because Twilio may
add keys and values.
"""

import re
from functools import cache
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import override

from twilio_senders_mcp import __version__
from twilio_senders_mcp.twilio.errors import advice_for
from twilio_senders_mcp.twilio.requests import CreateSender, UpdateSender
from twilio_senders_mcp.twilio.responses import ErrorResponse, Sender, SendersList
from twilio_senders_mcp.twilio.schema import Schema
from twilio_senders_mcp.twilio.values import Channel, SenderSid

from .generated import examples
from .operations import operations

_DESCRIPTION: Final = (
    "The five operations of Twilio's Senders API for WhatsApp and RCS senders. This document is "
    "generated from the models of the MCP server twilio-senders-mcp. It is not Twilio's own; the "
    "sources of its facts are Twilio's OpenAPI file `twilio_messaging_v2` (2026-04-14), the "
    "official `twilio` library 9.13.0, and the guides of Meta and Google for lengths and images."
)
_CREDENTIALS: Final = (
    "The SID of an API key as the user name and its secret as the password, or the account SID "
    "and the auth token."
)
_JSON: Final = "application/json"
_TAG: Final = "Senders"
_EXAMPLES: Final = {"CreateSender": "create", "UpdateSender": "change"}
_MODELS: Final[dict[str, Any]] = {
    model.__name__: model
    for model in (CreateSender, UpdateSender, Sender, SendersList, ErrorResponse)
}
_RESPONSES: Final = {"list-senders": "SendersList", "delete-sender": None}
_PARAMETERS: Final[dict[str, Any]] = {
    "Sid": SenderSid,
    "Channel": Channel,
    "PageSize": Annotated[int, Field(ge=1, le=1000)],
    "PageToken": str,
    "Page": Annotated[int, Field(ge=0)],
}
_PAGE_LINK: Final = re.compile(r"\[([^\]]+)\]\(/[^)]*\)")


@cache
def openapi() -> Schema:
    """Return the document; the first call builds it."""
    paths: dict[str, Schema] = {}
    for operation in operations():
        paths.setdefault(operation["path"], {})[operation["method"].lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Twilio Senders API (WhatsApp and RCS)",
            "version": __version__,
            "description": _DESCRIPTION,
        },
        "servers": [
            {"url": "https://messaging.twilio.com", "description": "Twilio."},
            {"url": "http://127.0.0.1:4010", "description": "The sandbox of this server."},
        ],
        "tags": [{"name": _TAG, "description": "WhatsApp and RCS senders of an account."}],
        "security": [{"basic": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic", "description": _CREDENTIALS}
            },
            "schemas": _schemas(),
        },
    }


def _operation(operation: dict[str, Any]) -> Schema:
    entry: Schema = {
        "operationId": _operation_id(operation["name"]),
        "tags": [_TAG],
        "summary": operation["title"],
        "description": f"{operation['summary']}\n\n{operation['facts']}".strip(),
    }
    if parameters := operation.get("parameter"):
        entry["parameters"] = [_parameter(parameter) for parameter in parameters]
    if model := operation.get("body"):
        example = examples()[_EXAMPLES[model]]
        content = {"schema": _reference(model), "example": example}
        entry["requestBody"] = {"required": True, "content": {_JSON: content}}
    entry["responses"] = {
        operation["success"]: _success(operation),
        "4XX": _failure("Twilio refused the request; nothing changed.", operation["errors"]),
        "5XX": _failure("Twilio failed; the request may have been carried out."),
    }
    return entry


def _operation_id(name: str) -> str:
    """Return ``updateSender`` for ``update-sender``."""
    verb, noun = name.split("-")
    return verb + noun.capitalize()


def _parameter(parameter: dict[str, str]) -> Schema:
    name, in_path = parameter["name"], "in the path" in parameter["type"]
    schema = _adapter_schema(_PARAMETERS[name])
    return {
        "name": name,
        "in": "path" if in_path else "query",
        "required": "required" in parameter["type"],
        "description": schema.pop("description", parameter["meaning"]),
        "schema": schema,
    }


def _success(operation: dict[str, Any]) -> Schema:
    model = _RESPONSES.get(operation["name"], "Sender")
    response: Schema = {"description": _plain(operation["response"]), "headers": _request_id()}
    return response | ({"content": {_JSON: {"schema": _reference(model)}}} if model else {})


def _failure(description: str, codes: list[int] | None = None) -> Schema:
    lines = [f"- {code}: {advice.meaning}" for code in codes or [] if (advice := advice_for(code))]
    retry_after: Schema = {
        "description": "Seconds to wait; not always sent.",
        "schema": {"type": "string"},
    }
    return {
        "description": "\n".join([description, *(["", *lines] if lines else [])]),
        "headers": {**_request_id(), "Retry-After": retry_after},
        "content": {_JSON: {"schema": _reference("ErrorResponse")}},
    }


def _request_id() -> Schema:
    description = "Identifies the request for Twilio's support."
    return {"T-Request-Id": {"description": description, "schema": {"type": "string"}}}


def _reference(model: str) -> Schema:
    return {"$ref": f"#/components/schemas/{model}"}


def _plain(text: str) -> str:
    """Return Markdown in which links to pages of the reference are plain text."""
    return _PAGE_LINK.sub(r"\1", text)


def _schemas() -> dict[str, Schema]:
    """Return the schema of every model; in serialization mode they describe what is sent."""
    _, definitions = TypeAdapter.json_schemas(
        [(name, "serialization", TypeAdapter(model)) for name, model in _MODELS.items()],
        ref_template="#/components/schemas/{model}",
        schema_generator=_WithoutFieldTitles,
    )
    return {name: _single_code_marks(schema) for name, schema in definitions["$defs"].items()}


def _single_code_marks(schema: Schema) -> Schema:
    """Return the schema with Markdown's code marks in the description, which is a docstring."""
    description = schema.get("description")
    return schema | ({"description": description.replace("``", "`")} if description else {})


def _adapter_schema(kind: Any) -> Schema:
    return TypeAdapter(kind).json_schema(mode="serialization")


class _WithoutFieldTitles(GenerateJsonSchema):
    """Leaves out the titles that repeat the names of fields."""

    @override
    def field_title_should_be_set(self, schema: Any) -> bool:
        return False
