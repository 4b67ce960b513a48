"""What a search of the site finds, and the index that a folder's script searches by itself."""

import json
from dataclasses import asdict
from typing import Any, Final

from twilio_senders_mcp.reference import library as reference
from twilio_senders_mcp.reference import search

from .links import Links
from .markdown import plain_text

QUERY_MAX: Final = 200
"""Characters of a search that are looked at."""


def find(query: str, links: Links) -> dict[str, Any]:
    """Return the pages that match what a person typed, best first, ready to be shown or sent.

    ``query`` comes back on one line and without what cannot be shown; ``total`` says how many
    pages match at all.
    """
    shown = " ".join("".join(c if c.isprintable() else " " for c in query[:QUERY_MAX]).split())
    found = search.search(shown)
    results = [
        {
            **asdict(hit),
            "summary": plain_text(reference.library()[hit.page].summary),
            "url": links.page(hit.page),
        }
        for hit in found.results
    ]
    return {"query": shown, "total": found.total, "results": results}


def search_index() -> str:
    """Return the text of every page, as JSON."""
    entries = [
        {
            "path": page.path,
            "title": page.title,
            "type": page.type,
            "summary": plain_text(page.summary),
            "keywords": " ".join((*page.keywords, page.path)),
            "text": plain_text(page.body),
        }
        for page in reference.library().values()
    ]
    return json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
