"""The pages of the reference as resources, so that a person can attach one to a conversation."""

from typing import Any, Final

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp.types import Annotations

DOCS_URI: Final = "twilio-docs://{+page}"


def add_docs_resource(server: MCPServer[Any]) -> None:
    """Offer ``twilio-docs://{page}`` on ``server``: a page as Markdown."""

    @server.resource(
        DOCS_URI,
        name="reference",
        title="Reference page",
        description="A page of the reference, such as topics/statuses or errors/63128.",
        mime_type="text/markdown",
        annotations=Annotations(audience=["user", "assistant"], priority=0.5),
    )
    async def page(page: str) -> str:  # pyright: ignore[reportUnusedFunction] - registered by the decorator
        from twilio_senders_mcp.reference.library import library, normal  # noqa: PLC0415 - the start pays nothing for it

        found = library().get(normal(page))
        if found is None:
            raise ResourceNotFoundError("The reference has no such page")
        return found.markdown
