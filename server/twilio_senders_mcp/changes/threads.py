"""Calls that block, such as those of a database, outside of the event loop."""

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread

T = TypeVar("T")


async def in_thread(function: Callable[[], T]) -> T:
    """Call a function that blocks."""
    return await anyio.to_thread.run_sync(function)
