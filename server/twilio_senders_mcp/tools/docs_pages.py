"""What the tools on the reference say of its pages."""

from typing import TYPE_CHECKING, Any

from .errors import Issue

if TYPE_CHECKING:
    from twilio_senders_mcp.reference.page import Page


def page_facts(page: "Page") -> dict[str, Any]:
    """Return what tells a page from others."""
    return {
        "page": page.path,
        "title": page.title,
        "type": page.type,
        "characters": len(page.markdown),
    }


def no_such_page(path: str, name: str) -> Issue:
    """Return the issue of an argument at ``path`` that names no page, with the nearest one."""
    from twilio_senders_mcp.reference.library import nearest  # noqa: PLC0415 - the start pays nothing for the reference

    return Issue(path, "there is no such page", nearest(name))
