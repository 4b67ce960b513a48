"""Calls that block, such as those of a database, outside of the event loop."""

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread

from .errors import ChangesError

T = TypeVar("T")


async def in_thread(function: Callable[[], T]) -> T:
    """Call a function that blocks.

    Its `ChangesError` is raised here and not in the thread: on Python 3.11, an exception that comes
    out of a thread ends the tracing of every coroutine that waits for it, so that coverage would
    miss how they handle it.
    """

    def call() -> T | ChangesError:
        try:
            return function()
        except ChangesError as error:
            return error

    outcome = await anyio.to_thread.run_sync(call)
    if isinstance(outcome, ChangesError):
        raise outcome
    return outcome
