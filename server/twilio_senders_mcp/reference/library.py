"""All pages, by path and by parent."""

import difflib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from .changelog import changelog_pages
from .error_pages import error_pages
from .generated import schema_pages
from .operation_pages import operation_pages
from .page import Page
from .page_files import read_page_files
from .server_pages import server_pages

_SECTIONS: Final = {
    "operations": ("Operations", "Each call of Twilio's Senders API, and the tool that makes it."),
    "schemas": ("Schemas", "Each object of the API, field by field."),
    "errors": ("Errors", "Each error code that concerns senders, with its cure."),
    "topics": (
        "Topics",
        "How senders and this server work: statuses, names, webhooks, limits, tools, settings.",
    ),
    "changes": ("Changes", "What changed in Twilio's API and in this server, by date."),
}


@cache
def library() -> Mapping[str, Page]:
    """Return every page by its path, the root first. The first call builds them."""
    written = [
        *operation_pages(),
        *schema_pages(),
        *error_pages(),
        *read_page_files(),
        *server_pages(),
        *changelog_pages(),
    ]
    sections = [_section(name, written) for name in _SECTIONS]
    return {page.path: page for page in (_root(), *sections, *written)}


def children(path: str) -> list[Page]:
    """Return the direct subpages of ``path``: changes newest first, the others in file order."""
    below = [page for page in library().values() if page.path and page.parent == path]
    return _ordered(below)


def normalize_path(path: str) -> str:
    """Return the normalized form of a path, which is the form of `Page.path`."""
    return path.strip().strip("/").removesuffix(".md").casefold().replace("_", "-")


def nearest(path: str) -> str | None:
    """Return the existing path that is closest to ``path``, or None."""
    wanted = normalize_path(path)[:100]
    match = difflib.get_close_matches(wanted, library(), n=1, cutoff=0.5)
    if not match:
        last = wanted.rpartition("/")[2]
        match = [known for known in library() if last and known.rpartition("/")[2] == last]
    return match[0] if match else None


def _ordered(pages: Iterable[Page]) -> list[Page]:
    """Sort changes newest first, with those without a date at the top."""
    return sorted(
        pages, key=lambda page: page.date or "9999" if page.type == "change" else "", reverse=True
    )


def _section(name: str, pages: Iterable[Page]) -> Page:
    title, summary = _SECTIONS[name]
    lines = [
        f"- {f'{page.date}: ' if page.date else ''}[{page.title}](/{page.path}): {page.summary}"
        for page in _ordered(page for page in pages if page.parent == name)
    ]
    return Page(path=name, title=title, type="index", summary=summary, body="\n".join(lines))


def _root() -> Page:
    lines = [f"- [{title}](/{name}): {summary}" for name, (title, summary) in _SECTIONS.items()]
    body = (
        "An MCP server manages these senders: its tools check every call against these pages.\n"
        "Start with [updating](/topics/updating), [statuses](/topics/statuses) and "
        "[verification](/topics/verification), or with the operation\n"
        "[Update a sender](/operations/update-sender).\n\n" + "\n".join(lines)
    )
    return Page(
        path="",
        title="Twilio senders",
        type="index",
        summary="The reference of Twilio's Senders API for WhatsApp and RCS, and of this server.",
        body=body,
    )
