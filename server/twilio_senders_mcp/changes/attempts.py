"""Reads from Twilio that are repeated while that may help, and how failures slow an account down.

429 slows the account down for every run, so these calls are made without the client's own retries.
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from twilio_senders_mcp.twilio.errors import Refused, TwilioError
from twilio_senders_mcp.twilio.retry import TOO_MANY_REQUESTS, is_temporary

from .pace import Pace
from .pauses import Pauses

T = TypeVar("T")

FAILURES_MAX: Final = 6
"""A call that failed this often for another reason than 429 is given up."""

TOO_MANY_MAX: Final = 20
"""A call that was answered with 429 this often is given up."""

_WAIT: Final = 0.5
_WAIT_MAX: Final = 15.0


class Attempts:
    """The failures of one call that may be repeated."""

    def __init__(self, pace: Pace, pauses: Pauses) -> None:
        self._pace = pace
        self._pauses = pauses
        self._failures = 0
        self._too_many = 0

    async def failed(self, error: TwilioError) -> None:
        """Return when the call may be made again.

        Raises:
            TwilioError: ``error``, if repeating the call is not safe or does not help.

        """
        if isinstance(error, Refused) and error.problem.http_status == TOO_MANY_REQUESTS:
            self._too_many += 1
            self._pace.too_fast(error.problem.retry_after)
            if self._too_many >= TOO_MANY_MAX:
                raise error
            return
        self._failures += 1
        if not is_temporary(error) or self._failures >= FAILURES_MAX:
            raise error
        await self._pauses.sleep(min(_WAIT * 2 ** (self._failures - 1), _WAIT_MAX))


async def read_politely(call: Callable[[], Awaitable[T]], pace: Pace, pauses: Pauses) -> T:
    """Make a call that only reads, again and again while that may help.

    Raises:
        TwilioError: the last failure.

    """
    attempts = Attempts(pace, pauses)
    while True:
        await pace.not_held()
        try:
            return await call()
        except TwilioError as error:
            await attempts.failed(error)
