"""Every tool, in the order in which clients list them, and what is derived from the list."""

from collections.abc import Collection, Iterable
from typing import Final

from .account_argument import with_account
from .apply_plan import APPLY_PLAN
from .check_sender import CHECK_SENDER
from .control_run import CONTROL_RUN
from .create_sender import CREATE_SENDER
from .delete_sender import DELETE_SENDER
from .follow_run import FOLLOW_RUN
from .get_docs import GET_DOCS
from .get_sender import GET_SENDER
from .list_accounts import LIST_ACCOUNTS
from .list_docs import LIST_DOCS
from .list_senders import LIST_SENDERS
from .plan_changes import PLAN_CHANGES
from .search_docs import SEARCH_DOCS
from .survey_senders import SURVEY_SENDERS
from .tool import AnyTool
from .update_sender import UPDATE_SENDER
from .wait_for_sender import WAIT_FOR_SENDER

TOOLS: Final[tuple[AnyTool, ...]] = (
    LIST_SENDERS,
    GET_SENDER,
    WAIT_FOR_SENDER,
    SURVEY_SENDERS,
    CHECK_SENDER,
    LIST_DOCS,
    SEARCH_DOCS,
    GET_DOCS,
    CREATE_SENDER,
    UPDATE_SENDER,
    DELETE_SENDER,
    PLAN_CHANGES,
    APPLY_PLAN,
    FOLLOW_RUN,
    CONTROL_RUN,
)
"""The tools of a server with one account; one with several also has `list_accounts`."""

TOOL_NAMES: Final = tuple(tool.name for tool in TOOLS)
ALL_TOOL_NAMES: Final = (LIST_ACCOUNTS.name, *TOOL_NAMES)


def available_tools(
    *, read_only: bool, only: Collection[str], several_accounts: bool
) -> list[AnyTool]:
    """Return the tools that are enabled; an empty ``only`` does not restrict them."""
    tools = [LIST_ACCOUNTS, *map(with_account, TOOLS)] if several_accounts else TOOLS
    return [
        tool
        for tool in tools
        if not (read_only and tool.writes) and (not only or tool.name in only)
    ]


def instructions(tools: Iterable[AnyTool]) -> str:
    """Return the server's instructions for these tools."""
    return " ".join(
        [
            "Manages Twilio's WhatsApp and RCS senders. Each has a SID (XE…).",
            *(tool.instruction for tool in tools if tool.instruction),
            "A failed call says whether anything changed; if that is unknown, check first.",
        ]
    )
