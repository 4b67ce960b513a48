"""The site's style sheet, script and icon, read once and identified by their hashes."""

import hashlib
from functools import cache
from importlib import resources
from typing import Final

ASSETS: Final = {
    "docs.css": "text/css",
    "docs.js": "text/javascript",
    "search.js": "text/javascript",
    "docs.svg": "image/svg+xml",
}
"""Every asset's name, with its media type."""


@cache
def asset(name: str) -> bytes:
    """Return the content of one of ``ASSETS``."""
    return resources.files(__spec__.parent).joinpath("static", name).read_bytes()


@cache
def fingerprint(name: str) -> str:
    """Return a short hash of an asset, which makes its URL change with its content."""
    return hashlib.sha256(asset(name)).hexdigest()[:16]
