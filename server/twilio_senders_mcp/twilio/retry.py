"""When a request may be sent again, and after how long.

Only two failures are safe to repeat for any operation: 429, which Twilio documents as not
processed (error 20429), and a connection that was never made. Everything else is the caller's
decision: Twilio offers no idempotency key for this API.
"""

import random
from collections.abc import Callable
from typing import Final

import anyio

from .errors import NotSent, NotSentReason, Refused

ATTEMPTS: Final = 4
"""How often one request is tried at most."""

WAIT_INITIAL: Final = 0.5
WAIT_MAX: Final = 8.0
"""Bounds of one backoff wait, seconds."""

RETRY_AFTER_MAX: Final = 20.0
"""A longer ``Retry-After`` is not waited for but handed to the caller, seconds."""

ATTEMPT_MIN: Final = 0.5
"""An attempt with less time left is not begun: it would only leave the outcome unknown, seconds."""

TOO_MANY_REQUESTS: Final = 429

_MAY_PASS: frozenset[NotSentReason] = frozenset({"refused", "dns", "timeout", "network"})


def is_safe_to_repeat(error: Exception) -> bool:
    """Tell whether the same request may be sent again without risk of doing it twice."""
    if isinstance(error, Refused):
        return error.problem.http_status == TOO_MANY_REQUESTS
    return isinstance(error, NotSent) and error.reason in _MAY_PASS


def backoff(deadline: float) -> Callable[[Exception], bool | float]:
    """Return stamina's hook: False to give up, True for its own jittered wait, or seconds.

    ``deadline`` is a moment of `anyio.current_time`. A wait that might end after it is not begun,
    so that the caller learns of the last failure instead of a timeout.
    """

    def decide(error: Exception) -> bool | float:
        if not is_safe_to_repeat(error):
            return False
        remaining = deadline - anyio.current_time() - ATTEMPT_MIN
        retry_after = error.problem.retry_after if isinstance(error, Refused) else None
        if retry_after is None:
            return remaining > WAIT_MAX
        wait = retry_after + random.uniform(0, 0.5)  # noqa: S311 - spreads callers, no secret
        return wait if retry_after <= RETRY_AFTER_MAX and wait < remaining else False

    return decide
