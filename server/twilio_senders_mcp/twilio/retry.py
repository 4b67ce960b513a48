"""When a request may be sent again, and after how long.

Two failures are safe to repeat for any operation: 429, which Twilio documents as not processed
(error 20429), and a connection that was never made. A request that only reads may be repeated
after a lost answer too. Everything else is the caller's decision: Twilio offers no idempotency key
for this API.
"""

import random
from collections.abc import Callable
from typing import Final

import anyio

from .errors import NotSent, NotSentReason, OutcomeUnknown, Refused
from .transport import ATTEMPT_MIN

ATTEMPTS: Final = 4
"""How often one request is tried at most."""

WAIT_INITIAL: Final = 0.5
WAIT_MAX: Final = 8.0
"""Bounds of one backoff wait, seconds."""

RETRY_AFTER_MAX: Final = 20.0
"""A longer ``Retry-After`` is not waited for but handed to the caller, seconds."""

TOO_MANY_REQUESTS: Final = 429

_MAY_PASS: frozenset[NotSentReason] = frozenset({"refused", "dns", "timeout", "network"})


def is_safe_to_repeat(error: Exception) -> bool:
    """Tell whether the same request may be sent again without risk of doing it twice."""
    if isinstance(error, Refused):
        return error.problem.http_status == TOO_MANY_REQUESTS
    if isinstance(error, OutcomeUnknown):
        return error.reading and error.reason != "unreadable"
    return isinstance(error, NotSent) and error.reason in _MAY_PASS


def may_pass(error: Exception) -> bool:
    """Tell whether reading again later, without any change on this side, may succeed."""
    return is_safe_to_repeat(error) or (isinstance(error, NotSent) and error.reason == "busy")


def backoff(deadline: float) -> Callable[[Exception], bool | float]:
    """Return stamina's hook: False to give up, True for its own jittered wait, or seconds.

    ``deadline`` is a moment of `anyio.current_time`. A wait that might end after it is not begun,
    so that the caller learns of the last failure instead of a timeout.
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
    """Return the most that stamina waits after so many failures: doubling, plus the jitter."""
    return min(WAIT_MAX, WAIT_INITIAL * 2 ** (failures - 1) + WAIT_INITIAL)
