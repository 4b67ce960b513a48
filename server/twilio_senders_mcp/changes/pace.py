"""How fast an account is written to: an even pace, slowed for everybody by HTTP 429.

Times are those of `anyio.current_time`.
"""

from typing import Final

import anyio

from .pauses import Pauses

SLOWEST: Final = 60.0
"""Longest interval between two writes of one account, in seconds."""

_SLOWER: Final = 2.0
_FASTER: Final = 0.9


class Pace:
    """The turns of one account. Those who wait are served in the order in which they came."""

    def __init__(self, per_second: float, pauses: Pauses) -> None:
        self._pauses = pauses
        self._usual = 1 / per_second
        self._interval = self._usual
        self._next = 0.0
        self._held_until = 0.0
        self._line = anyio.Lock()

    @property
    def interval(self) -> float:
        """The present interval between two writes, in seconds."""
        return self._interval

    async def turn(self) -> None:
        """Wait until the next write may be sent.

        Raises:
            Interrupted: if the process is about to end.

        """
        async with self._line:
            while (wait := max(self._next, self._held_until) - anyio.current_time()) > 0:
                await self._pauses.sleep(wait)
            self._next = anyio.current_time() + self._interval

    async def not_held(self) -> None:
        """Wait until Twilio accepts requests again; reads have no pace of their own.

        Raises:
            Interrupted: if the process is about to end.

        """
        while (wait := self._held_until - anyio.current_time()) > 0:
            await self._pauses.sleep(wait)

    def give_back(self) -> None:
        """Return a turn that was not needed."""
        self._next -= self._interval

    def too_fast(self, retry_after: float | None) -> None:
        """Slow down, because Twilio responded with 429."""
        now = anyio.current_time()
        if now >= self._held_until:  # the responses to one burst count once
            self._interval = min(self._interval * _SLOWER, SLOWEST)
        self._held_until = max(self._held_until, now + max(retry_after or 0.0, self._interval))

    def accepted(self) -> None:
        """Return towards the usual pace, because Twilio accepted a write."""
        self._interval = max(self._usual, self._interval * _FASTER)


class Paces:
    """One `Pace` for each account, shared by every run."""

    def __init__(self, per_second: float, pauses: Pauses) -> None:
        self._per_second = per_second
        self._pauses = pauses
        self._by_account: dict[str, Pace] = {}

    def of(self, account_sid: str) -> Pace:
        """Return the pace of an account."""
        return self._by_account.setdefault(account_sid, Pace(self._per_second, self._pauses))
