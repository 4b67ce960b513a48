"""Every tool, made for one client."""

from collections.abc import Callable, Collection

from twilio_senders_mcp.twilio.client import SendersClient

from .create_sender import create_sender_tool
from .delete_sender import delete_sender_tool
from .get_sender import get_sender_tool
from .list_senders import list_senders_tool
from .names import TOOL_NAMES
from .read_docs import get_docs_tool, list_docs_tool, search_docs_tool
from .strict_tool import StrictTool
from .update_sender import update_sender_tool
from .wait_for_sender import wait_for_sender_tool


def make_tools(
    client: SendersClient, *, poll_seconds: float, names: Collection[str]
) -> list[StrictTool]:
    """Return the tools of these names; the order is always the same."""
    makers: dict[str, Callable[[], StrictTool]] = {
        "list_senders": lambda: list_senders_tool(client),
        "get_sender": lambda: get_sender_tool(client),
        "wait_for_sender": lambda: wait_for_sender_tool(client, poll_seconds=poll_seconds),
        "list_docs": list_docs_tool,
        "search_docs": search_docs_tool,
        "get_docs": get_docs_tool,
        "create_sender": lambda: create_sender_tool(client),
        "update_sender": lambda: update_sender_tool(client),
        "delete_sender": lambda: delete_sender_tool(client),
    }
    return [makers[name]() for name in TOOL_NAMES if name in names]
