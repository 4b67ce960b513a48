"""The tool `wait_for_sender`: wait until a change is finished, and report progress."""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

import anyio
from pydantic import Field

from twilio_senders_mcp.senders.status import (
    is_changing,
    is_online,
    name_is_under_review,
    needs_action,
    status_of,
)
from twilio_senders_mcp.twilio.client import SenderResponse, SendersClient
from twilio_senders_mcp.twilio.errors import OutcomeUnknown, Refused, TwilioError
from twilio_senders_mcp.twilio.responses import Sender
from twilio_senders_mcp.twilio.retry import is_temporary

from .outside_text import identifier
from .sender_reference import SenderReference
from .sender_result import SenderResult
from .sender_text import describe, next_step
from .tool import Call, Deferral, Deferred, Result, Tool, Waiting

POLL_GROWTH: Final = 1.5
POLL_GROWTH_MAX: Final = 4.0
"""Maximum polling interval, as a multiple of the initial one."""

Until = Literal["settled", "online", "name_reviewed"]


class WaitForSenderArguments(SenderReference):
    """Which sender to wait for, for what, and for how long."""

    until: Annotated[
        Until,
        Field(description="settled: in a stable status; name_reviewed: reviewed by Meta."),
    ] = "settled"
    timeout_seconds: Annotated[
        int, Field(ge=1, le=900, description="45 by default; some clients give up after 60.")
    ] = 45


class WaitedSender(SenderResult):
    """Whether the awaited state was reached, and the sender as last read."""

    reached: bool
    waited_seconds: int


@dataclass
class _Wait:
    """The state of a wait; times are those of `anyio.current_time`."""

    until: Until
    began: float
    last: SenderResponse | None = None
    status: str = ""
    status_since: float = 0.0
    failure: TwilioError | None = None
    reported_seconds: int = -1

    def record(self, last: SenderResponse, now: float) -> None:
        status = status_of(last.sender)
        if self.last is None or status != self.status:
            self.status, self.status_since = status, now
        self.last, self.failure = last, None

    def is_over(self) -> bool:
        """Tell whether the awaited state is reached or cannot be reached by waiting."""
        if self.last is None or self.failure is not None:
            return False
        sender = self.last.sender
        return self.is_reached() or (self.until == "online" and needs_action(sender))

    def is_reached(self) -> bool:
        sender = self.last.sender if self.last else Sender()
        if self.until == "online":
            return is_online(sender)
        if self.until == "name_reviewed":
            return not name_is_under_review(sender)
        return not is_changing(sender)

    def retry_after(self) -> float:
        """Return the wait that Twilio asked for, in seconds."""
        problem = self.failure.problem if isinstance(self.failure, Refused) else None
        return (problem.retry_after or 0.0) if problem else 0.0

    def progress(self, now: float) -> str:
        if self.failure is not None:
            return "Twilio did not respond; still waiting"
        return f"{identifier(self.status)} for {now - self.status_since:.0f} s"

    def waiting_for(self) -> str:
        """Return a sentence about the last read, for a person."""
        if self.failure is not None:
            return "Twilio did not respond; still waiting."
        return f"The sender is {identifier(self.status)}; still waiting."


async def wait_for_sender(call: Call, arguments: WaitForSenderArguments) -> Result:
    """Wait until a registration, a change or a name review is finished.

    Use it after create_sender or update_sender instead of calling get_sender repeatedly.
    At the timeout it returns the current state; call it again to continue.
    """
    wait = _Wait(arguments.until, began=anyio.current_time())
    with anyio.move_on_after(arguments.timeout_seconds):
        pause = call.poll_seconds
        while True:
            await _poll(call.twilio, arguments.sid, wait)
            if wait.is_over():
                break
            await _report_progress(call, wait, arguments.timeout_seconds)
            await anyio.sleep(max(pause, wait.retry_after()))
            pause = min(pause * POLL_GROWTH, call.poll_seconds * POLL_GROWTH_MAX)
    return _result(wait, anyio.current_time() - wait.began)


async def _begin(call: Call, arguments: WaitForSenderArguments) -> Result | Waiting:
    return await _look(call, arguments, Deferred(0.0, {}))


async def _look(
    call: Call, arguments: WaitForSenderArguments, deferred: Deferred
) -> Result | Waiting:
    """Read the sender once. Each look of a deferred call is a new wait with only that read."""
    wait = _Wait(arguments.until, began=anyio.current_time() - deferred.seconds)
    await _poll(call.twilio, arguments.sid, wait)
    left = arguments.timeout_seconds - deferred.seconds
    if wait.is_over() or left <= 0:
        return _result(wait, deferred.seconds)
    pause = max(call.poll_seconds, wait.retry_after())
    return Waiting(message=wait.waiting_for(), look_seconds=min(pause, left))


async def _report_progress(call: Call, wait: _Wait, total: int) -> None:
    """Report progress in whole seconds, which must increase with each report."""
    now = anyio.current_time()
    seconds = int(now - wait.began)
    if seconds > wait.reported_seconds:
        wait.reported_seconds = seconds
        await call.progress(seconds, total, wait.progress(now))


async def _poll(client: SendersClient, sid: str, wait: _Wait) -> None:
    """Read the sender once. Record a temporary failure; any other failure ends the wait."""
    try:
        wait.record(await client.fetch(sid), anyio.current_time())
    except TwilioError as failure:
        if not is_temporary(failure):
            raise
        wait.failure = failure


def _result(wait: _Wait, waited: float) -> Result:
    if wait.last is None:
        # No read succeeded; the first one may not even have ended.
        raise wait.failure or OutcomeUnknown("timeout", reading=True)
    sender = wait.last.sender
    content = {
        "reached": wait.is_reached(),
        "waited_seconds": round(waited),
        "sender": sender,
    }
    over = wait.is_reached() or wait.is_over()
    return Result(
        summary=f"After {waited:.0f} s: {describe(sender, _remark(wait))}",
        content=content,
        next=next_step(sender) if over else "Call wait_for_sender again to continue waiting.",
        request_id=wait.last.request_id,
    )


def _remark(wait: _Wait) -> str:
    if wait.is_reached():
        return ""
    if wait.is_over():
        return "Waiting longer will not help."
    last = " The last read failed; this is the last known state." if wait.failure else ""
    return f"Not finished yet.{last}"


WAIT_FOR_SENDER = Tool(
    name="wait_for_sender",
    title="Wait for sender",
    effect="reads",
    arguments=WaitForSenderArguments,
    result=WaitedSender,
    run=wait_for_sender,
    page="topics/statuses",
    instruction="Twilio accepts a change first (HTTP 202) and applies it later: use "
    "wait_for_sender, which polls at a suitable rate, instead of polling yourself.",
    deferral=Deferral(begin=_begin, look=_look),
)
