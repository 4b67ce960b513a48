"""The tool `search_docs`: search the full text of the reference."""

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import MISSING, Field

from twilio_senders_mcp.twilio.requests import StrictModel
from twilio_senders_mcp.twilio.values import AnyText

from .json_text import to_json
from .sender_result import AnyResult
from .tool import Call, Result, Tool

SEARCH_BYTES_MAX: Final = 1600
RESULTS_MAX: Final = 8
_SUMMARY_MAX: Final = 90
_EXCERPT_MAX: Final = 100
_NO_HIT: Final = (
    "Search for fewer or different words, an error code, a field or a status; list_docs lists all "
    "pages."
)


if TYPE_CHECKING:
    from twilio_senders_mcp.reference.search import Hit, SearchResult


class SearchDocsArguments(StrictModel):
    """The query."""

    query: Annotated[AnyText, Field(description="Words, an error code, a field or a status.")]
    type: Annotated[
        Literal["topic", "operation", "schema", "error", "change"] | None | MISSING,
        Field(description="Only pages of this type."),
    ] = MISSING


class FoundDocs(AnyResult):
    """The matching pages, best first, and the total number of matches."""

    results: list[dict[str, Any]]
    total: int


async def search_docs(_: Call, arguments: SearchDocsArguments) -> Result:
    """Search the reference: fields, limits, statuses, errors, dated changes, how things work.

    Use it instead of guessing, then read a page with get_docs.
    """
    from twilio_senders_mcp.reference.search import search  # noqa: PLC0415 - keeps startup fast

    wanted = arguments.type if isinstance(arguments.type, str) else None
    found = search(arguments.query, wanted)
    results: list[dict[str, Any]] = []
    for hit in found.results[:RESULTS_MAX]:
        entry = _entry(hit)
        if len(to_json([*results, entry]).encode()) > SEARCH_BYTES_MAX:
            break
        results.append(entry)
    return Result(
        summary=f"{len(results)} of {found.total} matching pages, best first."
        if results
        else "No page matches.",
        content={"results": results, "total": found.total},
        next=f"Read a page with get_docs.{_all_changes(found)}" if results else _NO_HIT,
    )


def _all_changes(found: "SearchResult") -> str:
    """Return how to list all changes of the time that the query asks about."""
    if found.period is None:
        return ""
    first = found.period.first_day
    arguments = f"since {first}" if first else "page changes"
    return f" All changes: list_docs with {arguments}."


def _entry(hit: "Hit") -> dict[str, Any]:
    from twilio_senders_mcp.reference.excerpts import shortened  # noqa: PLC0415 - keeps startup fast

    entry = {
        "page": hit.page,
        "title": hit.title,
        **({"date": hit.date} if hit.date else {}),
        "summary": shortened(hit.summary, _SUMMARY_MAX),
        "characters": hit.size,
    }
    return entry | ({"excerpt": shortened(hit.excerpt, _EXCERPT_MAX)} if hit.excerpt else {})


SEARCH_DOCS = Tool(
    name="search_docs",
    title="Search docs",
    effect="looks_up",
    accounts="none",
    arguments=SearchDocsArguments,
    result=FoundDocs,
    run=search_docs,
    instruction="If unsure of a field, a status or an error, look it up with search_docs.",
)
