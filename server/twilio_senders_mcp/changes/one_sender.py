"""One sender's change: read, compare, post once, wait until it settles, and compare again.

Posting is the only step with an effect. That it may happen is recorded before it does, so that
after a crash the sender is looked at first. Once Twilio has, or may have, received the request, it
is never sent again for as long as reading can tell what became of it.
"""

import time
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

import anyio

from twilio_senders_mcp.senders.status import is_changing, status_of
from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.errors import OutcomeUnknown, Refused, TwilioError
from twilio_senders_mcp.twilio.requests import UpdateSender
from twilio_senders_mcp.twilio.responses import Sender

from .attempts import Attempts, read_politely
from .execution_store import Stage, Work
from .failures import Failure, failure_of
from .pace import Pace
from .pauses import Pauses
from .runs import FieldResult, Outcome
from .timing import Timing
from .verdicts import (
    field_results,
    is_as_planned,
    is_as_wanted,
    unsettled_results,
    without_verdicts,
    worst,
)

DIFFERENT_READS: Final = 3
"""How often a settled sender must show another value until that is believed: Twilio accepts a
change first and begins to apply it later."""

POLL_GROWTH: Final = 1.5
POLL_GROWTH_MAX: Final = 4.0
"""Longest polling interval, as a multiple of the first one."""


@dataclass(frozen=True, slots=True)
class Done:
    """The outcome of one sender and of its fields."""

    outcome: Outcome
    results: tuple[FieldResult, ...]
    failure: Failure | None = None


class Recorder(Protocol):
    """Records how far a sender's change is; it may refuse by an exception."""

    async def __call__(self, stage: Stage, /) -> None:
        """Record the stage that begins now."""
        ...


class SenderChange:
    """Carries out the change of one sender, whose turn it is at the account's pace."""

    def __init__(
        self,
        work: Work,
        senders: SendersClient,
        *,
        pace: Pace,
        pauses: Pauses,
        timing: Timing,
        record: Recorder,
    ) -> None:
        self._work = work
        self._senders = senders
        self._pace = pace
        self._pauses = pauses
        self._timing = timing
        self._record = record
        self._attempts = Attempts(pace, pauses)
        self._status_before = ""

    async def carry_out(self) -> Done:
        """Change the sender and return what became of it.

        Raises:
            Interrupted: if the process is about to end; another one continues.

        """
        if self._work.stage == "posted":
            self._pace.give_back()
            return await self._verify(accepted=False)
        while (done := await self._attempt()) is None:
            await self._pace.turn()
        return done

    async def _attempt(self) -> Done | None:
        """Look at the sender, and post if it is as planned; None means that Twilio did not take it.

        The sender is looked at before each attempt, since others may have changed it meanwhile.
        """
        fields = self._work.fields
        try:
            sender = await self._look()
        except TwilioError as error:
            self._pace.give_back()
            return self._not_posted(error, may_have_left=self._may_have_left)
        self._status_before = status_of(sender)
        missing = [each for each in fields if not is_as_wanted(each, sender)]
        if missing and all(is_as_planned(each, sender) for each in missing):
            return await self._post()
        self._pace.give_back()
        if self._may_have_left:
            return await self._verify(accepted=False)
        outcome: Outcome = "conflict" if missing else "unchanged"
        return Done(outcome, without_verdicts(fields, sender))

    @property
    def _may_have_left(self) -> bool:
        """Whether a request may have left before this process took over."""
        return self._work.stage == "posting"

    async def _look(self) -> Sender:
        """Read the sender, after a crash until a request on its way has had time to arrive."""
        sender = await self._read()
        if not self._may_have_left:
            return sender
        arrived = (self._work.posted_at or 0.0) + self._timing.arrive
        remaining = arrived - time.time()
        if remaining <= 0 or any(not is_as_planned(each, sender) for each in self._work.fields):
            return sender
        await self._pauses.sleep(min(remaining, self._timing.arrive))  # pragma: no cover - as long
        return await self._read()  # pragma: no cover - as a lost request may still arrive

    async def _read(self) -> Sender:
        fetch = partial(self._senders.fetch, self._work.sid, retry_safely=False)
        return (await read_politely(fetch, self._pace, self._pauses)).sender

    def _not_posted(self, error: TwilioError, *, may_have_left: bool) -> Done:
        outcome: Outcome = "refused" if isinstance(error, Refused) else "not_sent"
        if may_have_left:
            outcome = "unknown"
        return Done(outcome, without_verdicts(self._work.fields, None), failure_of(error))

    async def _post(self) -> Done | None:
        body = UpdateSender.model_validate(self._work.body)
        await self._record("posting")
        try:
            await self._senders.update(self._work.sid, body, retry_safely=False)
        except OutcomeUnknown as error:
            await self._record("posted")
            return await self._verify(accepted=False, failure=failure_of(error))
        except TwilioError as error:
            return await self._try_again(error)
        self._pace.accepted()
        await self._record("posted")
        return await self._verify(accepted=True)

    async def _try_again(self, error: TwilioError) -> Done | None:
        try:
            await self._attempts.failed(error)
        except TwilioError:
            return self._not_posted(error, may_have_left=False)
        return None

    async def _verify(self, *, accepted: bool, failure: Failure | None = None) -> Done:
        """Read the sender until it has settled, and compare.

        ``accepted`` tells whether Twilio is known to have accepted the request; ``failure`` is that
        of the request.
        """
        fields = self._work.fields
        deadline = anyio.current_time() + self._timing.settle
        pause = self._timing.poll
        sender: Sender | None = None
        different = 0
        while True:
            try:
                sender = await self._read()
            except TwilioError as error:
                failure = failure or failure_of(error)
                if isinstance(error, Refused):
                    break
            else:
                if self._has_settled(sender):
                    results = field_results(fields, sender)
                    different += worst(results) == "different"
                    if worst(results) != "different" or different >= DIFFERENT_READS:
                        return Done(worst(results), results, failure)
            if anyio.current_time() + pause >= deadline:
                break  # pragma: no cover - the read before may take until the deadline itself
            longest = self._timing.poll * POLL_GROWTH_MAX
            following = min(pause * POLL_GROWTH, longest)
            await self._pauses.sleep(pause)
            pause = following  # pragma: no cover - in tests, senders settle at the first looks
        results = unsettled_results(fields, sender)
        if worst(results) == "accepted" and not accepted:
            return Done("unknown", without_verdicts(fields, sender), failure)
        return Done(worst(results), results, failure)

    def _has_settled(self, sender: Sender) -> bool:
        """Tell whether the status is stable; one that was unstable before need not change."""
        return not is_changing(sender) or (
            status_of(sender) == self._status_before != "ONLINE:UPDATING"
        )
