"""The tool `get_docs`: read whole pages of the reference."""

from typing import Annotated, Any, Final

from pydantic import Field

from twilio_senders_mcp.twilio.requests import StrictModel
from twilio_senders_mcp.twilio.values import AnyText

from .docs_pages import no_such_page, page_facts
from .errors import InvalidArguments, Issue
from .outside_text import quoted
from .sender_result import AnyResult
from .tool import Call, Result, Tool

PAGES_MAX: Final = 10
_NAME_MAX: Final = 100


class GetDocsArguments(StrictModel):
    """The pages to read."""

    pages: Annotated[
        list[AnyText],
        Field(
            min_length=1,
            max_length=PAGES_MAX,
            description="Such as operations/update-sender or errors/63128.",
        ),
    ]


class ReadDocs(AnyResult):
    """Each page with its Markdown, or the closest existing page for an unknown name."""

    pages: list[dict[str, Any]]


async def get_docs(_: Call, arguments: GetDocsArguments) -> Result:
    """Read up to 10 pages of the reference, as Markdown."""
    from twilio_senders_mcp.reference.library import library, normalize_path  # noqa: PLC0415 - keeps startup fast

    pages: list[dict[str, Any]] = []
    texts: list[str] = []
    missing: list[Issue] = []
    unknown: list[str] = []
    for name in dict.fromkeys(normalize_path(page) for page in arguments.pages):
        page = library().get(name)
        if page is None:
            issue = no_such_page(f"pages[{len(pages)}]", name)
            missing.append(issue)
            unknown.append(quoted(name))
            pages.append({"page": name[:_NAME_MAX], "nearest": issue.suggestion})
            near = f"; did you mean {issue.suggestion}?" if issue.suggestion else ""
            texts.append(f"{issue.path}: {issue.expected}{near}\n")
        else:
            pages.append({**page_facts(page), "content": page.markdown})
            texts.append(page.markdown)
    if len(missing) == len(pages):
        raise InvalidArguments(missing, len(missing))
    read = len(pages) - len(missing)
    summary = f"{read} page{'' if read == 1 else 's'} of the reference."
    if missing:
        summary += f" There is no page called {', '.join(unknown)}."
    return Result(summary=summary, content={"pages": pages}, text="\n---\n\n".join(texts))


GET_DOCS = Tool(
    name="get_docs",
    title="Get docs",
    effect="looks_up",
    accounts="none",
    arguments=GetDocsArguments,
    result=ReadDocs,
    run=get_docs,
)
