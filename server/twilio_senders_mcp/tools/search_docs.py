"""The tool `search_docs`: full-text search of the reference."""

from typing import Annotated, Any, Final, Literal

from pydantic import MISSING, Field

from twilio_senders_mcp.twilio.requests import StrictModel, Text

from .json_text import to_json
from .sender_result import AnyResult
from .tool import Call, Result, Tool

SEARCH_BYTES_MAX: Final = 4000
_EXCERPT_MAX: Final = 110
_NO_HIT: Final = (
    "Search for fewer or other words, an error code, a field or a status; list_docs lists all "
    "pages."
)


class SearchDocsArguments(StrictModel):
    """What to search for."""

    query: Annotated[Text, Field(description="Words, an error code, a field or a status.")]
    type: Annotated[
        Literal["topic", "operation", "schema", "error", "change"] | None | MISSING,
        Field(description="Only pages of this type."),
    ] = MISSING


class FoundDocs(AnyResult):
    """The best pages first, and how many match at all."""

    results: list[dict[str, Any]]
    total: int


async def search_docs(_: Call, arguments: SearchDocsArguments) -> Result:
    """Search the reference: fields, limits, statuses, error codes, how things work.

    Use it when unsure instead of guessing, then read a page with get_docs.
    """
    from twilio_senders_mcp.reference.search import search  # noqa: PLC0415 - the start pays nothing for the reference

    wanted = arguments.type if isinstance(arguments.type, str) else None
    found = search(arguments.query, wanted)
    results: list[dict[str, Any]] = []
    for hit in found.results:
        entry = {
            "page": hit.page,
            "title": hit.title,
            "type": hit.type,
            "excerpt": hit.excerpt[:_EXCERPT_MAX],
            "characters": hit.size,
        }
        if len(to_json([*results, entry]).encode()) > SEARCH_BYTES_MAX:
            break
        results.append(entry)
    return Result(
        summary=f"{len(results)} of {found.total} matching pages, best first."
        if results
        else "No page matches.",
        content={"results": results, "total": found.total},
        next="Read a page with get_docs." if results else _NO_HIT,
    )


SEARCH_DOCS = Tool(
    name="search_docs",
    title="Search docs",
    effect="looks_up",
    arguments=SearchDocsArguments,
    result=FoundDocs,
    run=search_docs,
    instruction="When unsure of a field, a status or an error, look it up with search_docs.",
)
