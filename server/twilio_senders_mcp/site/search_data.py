"""The results of a search on the site, and the index for the script of an exported folder."""

import json
from dataclasses import asdict
from typing import Any, Final

from twilio_senders_mcp.reference import library as reference
from twilio_senders_mcp.reference import search
from twilio_senders_mcp.reference.excerpts import passages
from twilio_senders_mcp.reference.index import searched_body

from .links import Links
from .markdown import plain_text

QUERY_MAX: Final = 200
"""Maximum length of a query, in characters; the rest is ignored."""


def find(query: str, links: Links) -> dict[str, Any]:
    """Return the pages that match ``query``, best first, ready to be shown or sent.

    The returned ``query`` is on one line and without unprintable characters; ``total`` is the
    number of all matching pages.
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
    """Return the index of `reference.search` with the pages' passages, as JSON."""
    pages = [
        {
            "path": page.path,
            "title": page.title,
            "type": page.type,
            **({"date": page.date} if page.date else {}),
            "summary": plain_text(page.summary),
            "passages": list(passages(searched_body(page))),
        }
        for page in reference.library().values()
    ]
    index = {"pages": pages, **search.exported()}
    return json.dumps(index, ensure_ascii=False, separators=(",", ":"))
