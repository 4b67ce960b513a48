"""The schemas of the generated OpenAPI document, as validators."""

import json
from typing import Any

from jsonschema import Draft202012Validator

from twilio_senders_mcp.reference.openapi import openapi


def problems(model: str, value: Any, *, closed: bool = False) -> list[str]:
    """What the schema of `model` finds wrong with `value`.

    With `closed`, a key that an object's schema does not declare is a problem too.
    """
    schema = {"$ref": f"#/components/schemas/{model}", "components": openapi()["components"]}
    validator = Draft202012Validator(_close(schema) if closed else schema)
    return [error.message for error in validator.iter_errors(value)]


def _close(schema: Any) -> Any:
    """A copy in which every object has only its declared keys."""
    copy = json.loads(json.dumps(schema))
    for component in copy["components"]["schemas"].values():
        if "properties" in component:
            component["additionalProperties"] = False
    return copy
