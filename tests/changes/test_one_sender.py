"""One sender's change when calls fail, on a clock that jumps."""

import time
from typing import Any

import pytest
from virtual_time import in_virtual_time

from twilio_senders_mcp.changes import attempts
from twilio_senders_mcp.changes.execution_store import Work
from twilio_senders_mcp.changes.one_sender import DIFFERENT_READS, Done, SenderChange
from twilio_senders_mcp.changes.pace import Pace
from twilio_senders_mcp.changes.pauses import Interrupted, Pauses
from twilio_senders_mcp.changes.timing import Timing
from twilio_senders_mcp.senders.diff import FieldChange
from twilio_senders_mcp.twilio.client import SenderResponse
from twilio_senders_mcp.twilio.errors import NotSent, OutcomeUnknown, Problem, Refused

pytestmark = in_virtual_time
SID = "XE" + "a" * 32
OLD, NEW = "https://old.example.com", "https://new.example.com"
NETWORK = NotSent("network")
LOST = OutcomeUnknown("connection_lost", reading=False)
TOO_MANY = Refused(Problem(http_status=429, code=20429))
UNREADABLE = OutcomeUnknown("unreadable", reading=True)
FORBIDDEN = Refused(Problem(http_status=403))


def shows(url: str, status: str = "ONLINE", **others: Any) -> dict[str, Any]:
    return {"sid": SID, "status": status, "webhook": {"callback_url": url}, **others}


class Script:
    """A client that answers reads and updates as told; the last answer is repeated."""

    def __init__(self, reads: list[Any], updates: list[Any] = ()) -> None:  # pyright: ignore[reportArgumentType]
        self.reads, self.updates = list(reads), list(updates) or [{}]
        self.sent = self.read = 0

    async def fetch(self, *_: Any, **__: Any) -> SenderResponse:
        self.read += 1
        return self._answer(self.reads)

    async def update(self, *_: Any, **__: Any) -> SenderResponse:
        self.sent += 1
        return self._answer(self.updates)

    def _answer(self, answers: list[Any]) -> SenderResponse:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return SenderResponse(answer, None)


async def outcome(script: Script, *, stage: str = "begun", pauses: Pauses | None = None) -> Done:
    pauses = pauses or Pauses()
    work = Work(
        position=0,
        sid=SID,
        account_sid="AC",
        stage=stage,  # pyright: ignore[reportArgumentType]
        posted_at=time.time() if stage != "begun" else None,
        fields=(FieldChange("webhook.callback_url", OLD, NEW),),
        body={"webhook": {"callback_url": NEW}},
    )
    stages: list[str] = []

    async def record(stage: str, /) -> None:
        stages.append(stage)

    change = SenderChange(
        work,
        script,  # pyright: ignore[reportArgumentType]
        pace=Pace(2, pauses),
        pauses=pauses,
        timing=Timing(poll=1, settle=60),
        record=record,
    )
    done = await change.carry_out()
    assert stages[:1] in ([], ["posting"]), stages
    return done


async def test_a_request_that_did_not_leave_is_sent_again_after_another_look():
    script = Script([shows(OLD), shows(OLD), shows(NEW)], [NETWORK, {}])
    assert (await outcome(script)).outcome == "applied"
    assert (script.sent, script.read) == (2, 3)


async def test_somebody_elses_change_is_noticed_between_two_attempts():
    script = Script([shows(OLD), shows("https://theirs.example.com")], [TOO_MANY, {}])
    assert (await outcome(script)).outcome == "conflict"
    assert script.sent == 1


async def test_a_request_that_never_leaves_is_given_up():
    script = Script([shows(OLD)], [NETWORK])
    done = await outcome(script)
    assert done.outcome == "not_sent"
    assert done.failure == {"kind": "not_sent", "reason": "network"}
    assert script.sent == attempts.FAILURES_MAX


async def test_a_request_that_is_always_too_much_is_refused_in_the_end():
    script = Script([shows(OLD)], [TOO_MANY])
    assert (await outcome(script)).outcome == "refused"
    assert script.sent == attempts.TOO_MANY_MAX


async def test_an_outcome_that_cannot_be_read_is_unknown_and_nothing_is_sent_again():
    script = Script([shows(OLD), FORBIDDEN], [LOST])
    done = await outcome(script)
    assert done.outcome == "unknown"
    assert done.failure == {"kind": "unknown", "reason": "connection_lost"}
    assert script.sent == 1


async def test_an_accepted_change_that_cannot_be_read_is_accepted():
    script = Script([shows(OLD), UNREADABLE], [{}])
    done = await outcome(script)
    assert done.outcome == "accepted"
    assert done.failure == {"kind": "unknown", "reason": "unreadable"}


async def test_another_value_is_believed_only_after_several_reads():
    late = Script([shows(OLD)] * DIFFERENT_READS + [shows(NEW)])
    assert (await outcome(late)).outcome == "applied"
    never = Script([shows(OLD)])
    assert (await outcome(never)).outcome == "different"
    assert never.read == 1 + DIFFERENT_READS


async def test_a_sender_that_never_settles_is_accepted():
    script = Script([shows(OLD), shows(OLD, "ONLINE:UPDATING")])
    assert (await outcome(script)).outcome == "accepted"


async def test_a_sender_that_was_offline_before_need_not_come_online():
    offline = {"offline_reasons": None}
    script = Script([shows(OLD, "OFFLINE", **offline), shows(NEW, "OFFLINE", **offline)])
    assert (await outcome(script)).outcome == "applied"
    assert script.read == 2


async def test_after_a_crash_a_request_that_may_have_left_gets_time_to_arrive():
    arrived = Script([shows(OLD), shows(NEW)])
    assert (await outcome(arrived, stage="posting")).outcome == "applied"
    assert arrived.sent == 0


async def test_after_a_crash_a_request_that_did_not_arrive_is_sent():
    script = Script([shows(OLD), shows(OLD), shows(NEW)])
    assert (await outcome(script, stage="posting")).outcome == "applied"
    assert script.sent == 1


async def test_after_a_crash_a_request_that_left_is_never_sent_again():
    script = Script([shows(OLD)])
    assert (await outcome(script, stage="posted")).outcome == "different"
    unsettled = Script([shows(OLD, "ONLINE:UPDATING")])
    assert (await outcome(unsettled, stage="posted")).outcome == "unknown"
    assert script.sent == unsettled.sent == 0


async def test_after_a_crash_a_value_of_somebody_else_is_different():
    script = Script([shows("https://theirs.example.com")])
    assert (await outcome(script, stage="posting")).outcome == "different"
    assert script.sent == 0


async def test_after_a_crash_a_sender_that_cannot_be_read_is_unknown():
    script = Script([FORBIDDEN])
    assert (await outcome(script, stage="posting")).outcome == "unknown"


async def test_the_end_of_the_process_interrupts_the_wait_for_a_sender():
    pauses = Pauses()
    pauses.end()
    script = Script([shows(OLD, "ONLINE:UPDATING")])
    with pytest.raises(Interrupted):
        await outcome(script, stage="posted", pauses=pauses)
