"""The OpenAPI document of the API as a file of the site."""

import json
from functools import cache
from typing import Final

from twilio_senders_mcp.reference.openapi import openapi

OPENAPI_FILE: Final = "openapi.json"


@cache
def openapi_json() -> str:
    """Return the document as JSON, indented for readers."""
    return json.dumps(openapi(), indent=1, ensure_ascii=False) + "\n"
