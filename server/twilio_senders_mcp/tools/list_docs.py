"""The tool `list_docs`: list the pages of the reference."""

from typing import Annotated, Any

from pydantic import MISSING, Field

from twilio_senders_mcp.twilio.requests import StrictModel
from twilio_senders_mcp.twilio.values import AnyText

from .docs_pages import no_such_page, page_facts
from .errors import InvalidArguments
from .sender_result import AnyResult
from .tool import Call, Result, Tool

_Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class ListDocsArguments(StrictModel):
    """The page whose subpages to list."""

    page: Annotated[
        AnyText | None | MISSING,
        Field(description="operations, schemas, errors, topics or changes; omit to list these."),
    ] = MISSING
    since: Annotated[
        _Date | None | MISSING,
        Field(description="Only changes of the API and this server from this day on, YYYY-MM-DD."),
    ] = MISSING


class ListedDocs(AnyResult):
    """The direct subpages of one page, each with its length in characters, changes with a date."""

    pages: list[dict[str, Any]]


async def list_docs(_: Call, arguments: ListDocsArguments) -> Result:
    """List the pages of the Senders API reference, or the dated changes of the API."""
    from twilio_senders_mcp.reference.library import children, library, normalize_path  # noqa: PLC0415 - keeps startup fast

    since = arguments.since if isinstance(arguments.since, str) else ""
    whole = "changes" if since else ""
    path = normalize_path(arguments.page) if isinstance(arguments.page, str) else whole
    page = library().get(path)
    if page is None:
        raise InvalidArguments([no_such_page("page", path)], 1)
    below = [child for child in children(path) if not since or (child.date or "") >= since]
    lines = [
        f"{f'{child.date} ' if child.date else ''}{child.path} "
        f"({len(child.markdown):,} characters): {child.summary}"
        for child in below
    ]
    listed = [{**page_facts(child), "summary": child.summary} for child in below]
    count = f"{len(below)} page{'' if len(below) == 1 else 's'}"
    return Result(
        summary=f"{page.title}: {count} below {page.path or 'the root'}"
        f"{f' since {since}' if since else ''}.",
        content={"pages": listed},
        next=f"Read a page with get_docs{'' if below or since else f' {page.path}'}.",
        text="\n".join(lines),
    )


LIST_DOCS = Tool(
    name="list_docs",
    title="List docs",
    effect="looks_up",
    accounts="none",
    arguments=ListDocsArguments,
    result=ListedDocs,
    run=list_docs,
)
