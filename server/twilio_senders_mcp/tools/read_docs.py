"""The tools that read the reference: `list_docs`, `search_docs`, `get_docs`.

The reference is imported when it is first read, so that the start pays nothing for it.
"""

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import MISSING, BaseModel, Field
from typing_extensions import TypedDict

from twilio_senders_mcp.twilio.models import StrictModel, Text

from .arguments import InvalidArguments, Issue
from .compact import to_json
from .strict_tool import StrictTool, strict_tool

if TYPE_CHECKING:
    from twilio_senders_mcp.reference.page import Page

PAGES_MAX: Final = 10
SEARCH_BYTES_MAX: Final = 4000
_EXCERPT_MAX: Final = 110
_NAME_MAX: Final = 100
_ANNOTATIONS: Final = ToolAnnotations(read_only_hint=True, open_world_hint=False)


class ListDocsArguments(StrictModel):
    """Below which page to list."""

    page: Annotated[
        Text | None | MISSING,
        Field(description="operations, schemas, errors, topics or changes; omit for these."),
    ] = MISSING


class SearchDocsArguments(StrictModel):
    """What to search for."""

    query: Annotated[Text, Field(description="Words, an error code, a field or a status.")]
    type: Annotated[
        Literal["topic", "operation", "schema", "error", "change"] | None | MISSING,
        Field(description="Only pages of this type."),
    ] = MISSING


class GetDocsArguments(StrictModel):
    """Which pages to read."""

    pages: Annotated[
        list[Text],
        Field(
            min_length=1,
            max_length=PAGES_MAX,
            description="Such as operations/update-sender or errors/63128.",
        ),
    ]


class ListedDocs(TypedDict):
    """The pages right below one page; ``size`` is in characters."""

    pages: list[dict[str, Any]]


class FoundDocs(TypedDict):
    """The best pages first, and how many match at all."""

    results: list[dict[str, Any]]
    total: int


class ReadDocs(TypedDict):
    """Each page with its Markdown, or with the nearest page where there is none of that name."""

    pages: list[dict[str, Any]]


def list_docs_tool() -> StrictTool:
    """Return the tool `list_docs`."""

    async def list_docs(arguments: ListDocsArguments) -> CallToolResult:
        """List the pages of the reference of Twilio's Senders API, with their sizes."""
        from twilio_senders_mcp.reference.library import children, library, normal  # noqa: PLC0415 - see above

        path = normal(arguments.page) if isinstance(arguments.page, str) else ""
        page = library().get(path)
        if page is None:
            raise InvalidArguments([_no_such_page("page", path)], 1)
        below = children(path)
        lines = [f"{child.path} ({len(child.markdown)}): {child.summary}" for child in below]
        listed = [{**_facts(child), "summary": child.summary} for child in below]
        lines = lines or [f"It has no pages below it; get_docs {page.path} reads it."]
        return _result("\n".join([page.title, *lines]), {"pages": listed})

    return _tool(list_docs, ListDocsArguments, ListedDocs, "List docs")


def search_docs_tool() -> StrictTool:
    """Return the tool `search_docs`."""

    async def search_docs(arguments: SearchDocsArguments) -> CallToolResult:
        """Search the reference: fields, limits, statuses, error codes, how things work.

        Use it when unsure instead of guessing, then read a page with get_docs.
        """
        from twilio_senders_mcp.reference.search import search  # noqa: PLC0415 - see the module docstring

        wanted = arguments.type if isinstance(arguments.type, str) else None
        found = search(arguments.query, wanted)
        results: list[dict[str, Any]] = []
        for hit in found.results:
            entry = {
                "page": hit.page,
                "title": hit.title,
                "type": hit.type,
                "excerpt": hit.excerpt[:_EXCERPT_MAX],
                "size": hit.size,
            }
            if len(to_json([*results, entry]).encode()) > SEARCH_BYTES_MAX:
                break
            results.append(entry)
        content = {"results": results, "total": found.total}
        return _result(to_json(content), content)

    return _tool(search_docs, SearchDocsArguments, FoundDocs, "Search docs")


def get_docs_tool() -> StrictTool:
    """Return the tool `get_docs`."""

    async def get_docs(arguments: GetDocsArguments) -> CallToolResult:
        """Read up to 10 pages of the reference, as Markdown."""
        from twilio_senders_mcp.reference.library import library, normal  # noqa: PLC0415 - see above

        pages: list[dict[str, Any]] = []
        texts: list[str] = []
        missing: list[Issue] = []
        for name in dict.fromkeys(normal(page) for page in arguments.pages):
            page = library().get(name)
            if page is None:
                issue = _no_such_page(f"pages[{len(pages)}]", name)
                missing.append(issue)
                pages.append({"page": name[:_NAME_MAX], "nearest": issue.suggestion})
                near = f"; did you mean {issue.suggestion}?" if issue.suggestion else ""
                texts.append(f"{issue.path}: {issue.expected}{near}\n")
            else:
                pages.append({**_facts(page), "content": page.markdown})
                texts.append(page.markdown)
        if len(missing) == len(pages):
            raise InvalidArguments(missing, len(missing))
        return _result("\n---\n\n".join(texts), {"pages": pages})

    return _tool(get_docs, GetDocsArguments, ReadDocs, "Get docs")


def _tool(handler: Any, arguments: type[BaseModel], answer: type[Any], title: str) -> StrictTool:
    return strict_tool(
        handler, arguments=arguments, answer=answer, title=title, annotations=_ANNOTATIONS
    )


def _facts(page: "Page") -> dict[str, Any]:
    return {
        "page": page.path,
        "title": page.title,
        "type": page.type,
        "size": len(page.markdown),
    }


def _no_such_page(path: str, name: str) -> Issue:
    from twilio_senders_mcp.reference.library import nearest  # noqa: PLC0415 - see the module docstring

    return Issue(path, "there is no such page", nearest(name))


def _result(text: str, content: dict[str, Any]) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=text)],
        structured_content=content,
    )
