"""Writes that finish even if their caller is cancelled after the request was sent.

A client may cancel a call, disconnect or end its input while Twilio carries out a write. Closing
the connection then would not stop Twilio; it would only hide the outcome.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final, Protocol, TypeVar

from .errors import TwilioError

FINISH_SECONDS: Final = 10.0
"""How long `WritesInFlight.aclose` waits for writes in progress, in seconds."""

logger = logging.getLogger(__name__)


class HasStatus(Protocol):
    """A response with its HTTP status."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...


ResponseT = TypeVar("ResponseT", bound=HasStatus)


class WritesInFlight:
    """The writes that continue after their callers were cancelled, each in its own task."""

    def __init__(self) -> None:
        self._abandoned: dict[asyncio.Task[Any], str] = {}

    async def finish(
        self,
        write: Coroutine[Any, Any, ResponseT],
        *,
        name: str,
        has_left: Callable[[], bool],
    ) -> ResponseT:
        """Run ``write`` and return its response.

        If the caller is cancelled before the request has left this process, the request is not
        sent. Otherwise the write continues, and its outcome is logged under ``name``.
        """
        task = asyncio.get_running_loop().create_task(write)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if has_left():
                self._abandoned[task] = name
                task.add_done_callback(partial(self._log_outcome, name))
            else:
                task.cancel()
            raise

    async def aclose(self) -> None:
        """Wait for the writes in progress, and cancel those that take too long."""
        if not self._abandoned:
            return
        logger.info(
            "Waiting up to %.0f s for writes that are on their way: %d",
            FINISH_SECONDS,
            len(self._abandoned),
        )
        _, pending = await asyncio.wait(self._abandoned, timeout=FINISH_SECONDS)
        for task in pending:
            task.cancel()
        # Lets the cancelled tasks end and the outcomes be logged.
        await asyncio.gather(*self._abandoned, return_exceptions=True)

    def _log_outcome(self, name: str, task: asyncio.Task[HasStatus]) -> None:
        self._abandoned.pop(task, None)
        logger.warning("%s ended after its caller was cancelled: %s", name, _outcome(task))


def _outcome(task: asyncio.Task[HasStatus]) -> str:
    if task.cancelled():
        return "it timed out, and it is unknown whether Twilio carried it out"
    error = task.exception()
    if error is None:
        return f"Twilio responded with HTTP {task.result().status}"
    kind = type(error).__name__ if isinstance(error, TwilioError) else "an error"
    return f"no response came ({kind}), and it is unknown whether Twilio carried it out"
