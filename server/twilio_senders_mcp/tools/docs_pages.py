"""What the tools for the reference have in common."""

from typing import TYPE_CHECKING, Any

from .errors import Issue

if TYPE_CHECKING:
    from twilio_senders_mcp.reference.page import Page


def page_facts(page: "Page") -> dict[str, Any]:
    """Return the facts that identify a page."""
    return {
        "page": page.path,
        "title": page.title,
        "type": page.type,
        **({"date": page.date} if page.date else {}),
        "characters": len(page.markdown),
    }


def no_such_page(path: str, name: str) -> Issue:
    """Return the issue for an argument at ``path`` that names no page, with the closest page."""
    from twilio_senders_mcp.reference.library import nearest  # noqa: PLC0415 - keeps startup fast

    return Issue(path, "there is no such page", nearest(name))
