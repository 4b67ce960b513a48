"""The tools' names, in the order in which a client lists them.

It imports no tool, since the settings read it before anything is made.
"""

from collections.abc import Collection
from typing import Final

DOCS: Final = ("list_docs", "search_docs", "get_docs")
READING: Final = ("list_senders", "get_sender", "wait_for_sender", *DOCS)
WRITING: Final = ("create_sender", "update_sender", "delete_sender")
TOOL_NAMES: Final = READING + WRITING


def available_names(*, read_only: bool, only: Collection[str]) -> list[str]:
    """Return the names that a mode leaves; an empty ``only`` leaves all."""
    names = READING if read_only else TOOL_NAMES
    return [name for name in names if not only or name in only]
