"""When a request may be sent again, and after how long.

Any operation may be repeated after two failures: 429, which Twilio documents as not processed
(error 20429), and a connection that was never made. A request that only reads may also be repeated
after a lost response. Everything else is the caller's decision, because Twilio offers no
idempotency key for this API.
"""

import random
from collections.abc import Callable
from typing import Final

import anyio

from .errors import NotSent, NotSentReason, OutcomeUnknown, Refused
from .transport import ATTEMPT_MIN

ATTEMPTS: Final = 4
"""Maximum number of attempts of one request."""

WAIT_INITIAL: Final = 0.5
WAIT_MAX: Final = 8.0
"""Bounds of one backoff wait, in seconds."""

RETRY_AFTER_MAX: Final = 20.0
"""Longest ``Retry-After`` that is waited for, in seconds; a longer one is left to the caller."""

TOO_MANY_REQUESTS: Final = 429

_TEMPORARY: frozenset[NotSentReason] = frozenset({"refused", "dns", "timeout", "network"})


def is_safe_to_repeat(error: Exception) -> bool:
    """Tell whether the request may be sent again without the risk of carrying it out twice."""
    if isinstance(error, Refused):
        return error.problem.http_status == TOO_MANY_REQUESTS
    if isinstance(error, OutcomeUnknown):
        return error.reading and error.reason not in ("unreadable", "other_sender")
    return isinstance(error, NotSent) and error.reason in _TEMPORARY


def is_temporary(error: Exception) -> bool:
    """Tell whether the same read may succeed later without any change on this side."""
    return is_safe_to_repeat(error) or (isinstance(error, NotSent) and error.reason == "busy")


def backoff(deadline: float) -> Callable[[Exception], bool | float]:
    """Return stamina's hook: False to give up, True for its own jittered wait, or seconds.

    ``deadline`` is a time of `anyio.current_time`. A wait that might end after it is not started,
    so that the caller gets the last failure instead of a timeout.
    """
    failures = 0

    def decide(error: Exception) -> bool | float:
        nonlocal failures
        failures += 1
        if not is_safe_to_repeat(error):
            return False
        remaining = deadline - anyio.current_time() - ATTEMPT_MIN
        retry_after = error.problem.retry_after if isinstance(error, Refused) else None
        if retry_after is None:
            return remaining > _longest_wait(failures)
        wait = retry_after + random.uniform(0, WAIT_INITIAL)  # noqa: S311 - spreads callers, no secret
        return wait if retry_after <= RETRY_AFTER_MAX and wait < remaining else False

    return decide


def _longest_wait(failures: int) -> float:
    """Return stamina's maximum wait after ``failures`` failures: exponential, plus the jitter."""
    return min(WAIT_MAX, WAIT_INITIAL * 2 ** (failures - 1) + WAIT_INITIAL)
