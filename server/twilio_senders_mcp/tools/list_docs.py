"""The tool `list_docs`: the pages of the reference."""

from typing import Annotated, Any

from pydantic import MISSING, Field
from typing_extensions import TypedDict

from twilio_senders_mcp.twilio.models import StrictModel, Text

from .docs_pages import no_such_page, page_facts
from .errors import InvalidArguments
from .tool import Call, Result, Tool


class ListDocsArguments(StrictModel):
    """Below which page to list."""

    page: Annotated[
        Text | None | MISSING,
        Field(description="operations, schemas, errors, topics or changes; omit for these."),
    ] = MISSING


class ListedDocs(TypedDict):
    """The pages right below one page; ``size`` is in characters."""

    pages: list[dict[str, Any]]


async def list_docs(_: Call, arguments: ListDocsArguments) -> Result:
    """List the pages of the reference of Twilio's Senders API, with their sizes."""
    from twilio_senders_mcp.reference.library import children, library, normal  # noqa: PLC0415 - the start pays nothing for the reference

    path = normal(arguments.page) if isinstance(arguments.page, str) else ""
    page = library().get(path)
    if page is None:
        raise InvalidArguments([no_such_page("page", path)], 1)
    below = children(path)
    lines = [f"{child.path} ({len(child.markdown)}): {child.summary}" for child in below]
    lines = lines or [f"It has no pages below it; get_docs {page.path} reads it."]
    listed = [{**page_facts(child), "summary": child.summary} for child in below]
    return Result(summary=page.title, content={"pages": listed}, text="\n".join(lines))


LIST_DOCS = Tool(
    name="list_docs",
    title="List docs",
    effect="looks_up",
    arguments=ListDocsArguments,
    result=ListedDocs,
    run=list_docs,
)
