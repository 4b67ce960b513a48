"""Content of each type: the smallest image, the shortest sound, and an embedded text."""

from typing import Final

from mcp.types import (
    AudioContent,
    BlobResourceContents,
    EmbeddedResource,
    ImageContent,
    TextResourceContents,
)

_BLACK_PIXEL: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgAB5Sfe/AAAAABJRU5ErkJggg=="
)
_NO_SAMPLES: Final = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA="

IMAGE: Final = ImageContent(type="image", data=_BLACK_PIXEL, mime_type="image/png")
SOUND: Final = AudioContent(type="audio", data=_NO_SAMPLES, mime_type="audio/wav")


def embedded_text(uri: str, text: str, mime_type: str = "text/plain") -> EmbeddedResource:
    contents = TextResourceContents(uri=uri, mime_type=mime_type, text=text)
    return EmbeddedResource(type="resource", resource=contents)


def image_resource(uri: str) -> BlobResourceContents:
    return BlobResourceContents(uri=uri, mime_type="image/png", blob=_BLACK_PIXEL)
