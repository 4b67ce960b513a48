"""The resources that the conformance suite reads by address."""

import json
import re
from typing import Final

from mcp.types import (
    BlobResourceContents,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)

from .content import image_resource

_TEXT: Final = "test://static-text"
_IMAGE: Final = "test://static-binary"
_WATCHED: Final = "test://watched-resource"

RESOURCES: Final = (
    Resource(uri=_TEXT, name="text", mime_type="text/plain"),
    Resource(uri=_IMAGE, name="image", mime_type="image/png"),
    Resource(uri=_WATCHED, name="watched", mime_type="text/plain"),
)
TEMPLATES: Final = (
    ResourceTemplate(
        uri_template="test://template/{id}/data", name="data", mime_type="application/json"
    ),
)


def read_resource(uri: str) -> ReadResourceResult | None:
    """Return one of `RESOURCES` or what a template gives, None for another address."""
    contents = _contents(uri)
    return contents and ReadResourceResult(contents=[contents])


def _contents(uri: str) -> TextResourceContents | BlobResourceContents | None:
    if uri == _IMAGE:
        return image_resource(uri)
    if uri in (_TEXT, _WATCHED):
        return TextResourceContents(uri=uri, mime_type="text/plain", text="A plain text.")
    if found := re.fullmatch(r"test://template/([^/]+)/data", uri):
        text = json.dumps({"id": found[1]})
        return TextResourceContents(uri=uri, mime_type="application/json", text=text)
    return None
