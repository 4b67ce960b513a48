"""The tool `list_docs`: list the pages of the reference."""

from typing import Annotated, Any

from pydantic import MISSING, Field

from twilio_senders_mcp.twilio.requests import StrictModel
from twilio_senders_mcp.twilio.values import AnyText

from .docs_pages import no_such_page, page_facts
from .errors import InvalidArguments
from .sender_result import AnyResult
from .tool import Call, Result, Tool


class ListDocsArguments(StrictModel):
    """The page whose subpages to list."""

    page: Annotated[
        AnyText | None | MISSING,
        Field(description="operations, schemas, errors, topics or changes; omit to list these."),
    ] = MISSING


class ListedDocs(AnyResult):
    """The direct subpages of one page, each with its length in characters."""

    pages: list[dict[str, Any]]


async def list_docs(_: Call, arguments: ListDocsArguments) -> Result:
    """List the pages of the Senders API reference, with their sizes."""
    from twilio_senders_mcp.reference.library import children, library, normalize_path  # noqa: PLC0415 - keeps startup fast

    path = normalize_path(arguments.page) if isinstance(arguments.page, str) else ""
    page = library().get(path)
    if page is None:
        raise InvalidArguments([no_such_page("page", path)], 1)
    below = children(path)
    lines = [
        f"{child.path} ({len(child.markdown):,} characters): {child.summary}" for child in below
    ]
    listed = [{**page_facts(child), "summary": child.summary} for child in below]
    count = f"{len(below)} page{'' if len(below) == 1 else 's'}"
    return Result(
        summary=f"{page.title}: {count} below {page.path or 'the root'}.",
        content={"pages": listed},
        next=f"Read a page with get_docs{'' if below else f' {page.path}'}.",
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
