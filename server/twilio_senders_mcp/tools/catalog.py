"""Every tool, in the order in which a client lists them, and what is derived from them."""

from collections.abc import Collection, Iterable
from typing import Final

from .create_sender import CREATE_SENDER
from .delete_sender import DELETE_SENDER
from .get_docs import GET_DOCS
from .get_sender import GET_SENDER
from .list_docs import LIST_DOCS
from .list_senders import LIST_SENDERS
from .search_docs import SEARCH_DOCS
from .tool import AnyTool
from .update_sender import UPDATE_SENDER
from .wait_for_sender import WAIT_FOR_SENDER

TOOLS: Final[tuple[AnyTool, ...]] = (
    LIST_SENDERS,
    GET_SENDER,
    WAIT_FOR_SENDER,
    LIST_DOCS,
    SEARCH_DOCS,
    GET_DOCS,
    CREATE_SENDER,
    UPDATE_SENDER,
    DELETE_SENDER,
)
TOOL_NAMES: Final = tuple(tool.name for tool in TOOLS)


def available_tools(*, read_only: bool, only: Collection[str]) -> list[AnyTool]:
    """Return the tools that a mode leaves; an empty ``only`` leaves all."""
    return [
        tool
        for tool in TOOLS
        if not (read_only and tool.writes) and (not only or tool.name in only)
    ]


def instructions(tools: Iterable[AnyTool]) -> str:
    """Return the facts that hold across these tools."""
    return " ".join(
        [
            "Manages Twilio's WhatsApp and RCS senders. Each has a SID (XE…).",
            *(tool.instruction for tool in tools if tool.instruction),
            "A failed call says whether anything changed; where that is unknown, look first.",
        ]
    )
