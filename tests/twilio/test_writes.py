"""A write that has left this process is finished, whatever becomes of its caller."""

import logging
from typing import Any

import anyio
import pytest
from senders_clients import OwnClient
from stand_in import SENDER, StandIn, answer
from virtual_time import in_virtual_time

from twilio_senders_mcp.twilio.requests import UpdateSender
from twilio_senders_mcp.twilio.writes import FINISH_SECONDS, WritesInFlight

pytestmark = in_virtual_time

SID = SENDER["sid"]
CHANGE = UpdateSender(friendly_name="x")


class Slow(StandIn):
    """Takes a request at once and responds after some seconds."""

    def __init__(self, seconds: float, *answers) -> None:
        super().__init__([*answers])
        self.seconds = seconds
        self.finished = 0

    async def __call__(self, scope, receive, send):
        await anyio.sleep(self.seconds)
        await super().__call__(scope, receive, send)
        self.finished += 1


def client(app) -> OwnClient:
    return OwnClient(app)


async def abandoned(twilio, call) -> None:
    """Cancel a call after a second, then close the client."""
    senders = client(twilio)
    with anyio.move_on_after(1):
        await call(senders)
    await senders.aclose()


async def test_a_write_whose_caller_has_gone_is_finished_and_logged(caplog):
    twilio = Slow(3)
    await abandoned(twilio, lambda senders: senders.update(SID, CHANGE))
    assert twilio.finished == 1
    assert caplog.messages == [
        (
            f"POST /v2/Channels/Senders/{SID} ended after its caller was cancelled: "
            "Twilio responded with HTTP 202"
        )
    ]
    assert caplog.records[0].levelno == logging.WARNING


async def test_a_refusal_that_nobody_waits_for_is_logged_too(caplog):
    await abandoned(Slow(3, answer(409)), lambda senders: senders.update(SID, CHANGE))
    assert caplog.messages[0].endswith("Twilio responded with HTTP 409")


async def test_a_write_without_a_response_is_logged_as_unknown(caplog):
    async def broken(*_):
        await anyio.sleep(3)
        raise OSError

    await abandoned(broken, lambda senders: senders.delete(SID))
    assert caplog.messages == [
        (
            f"DELETE /v2/Channels/Senders/{SID} ended after its caller was cancelled: "
            "no response came (OutcomeUnknown), and it is unknown whether Twilio carried it out"
        )
    ]


async def test_a_write_that_takes_too_long_is_given_up(caplog):
    began = anyio.current_time()
    await abandoned(Slow(25), lambda senders: senders.update(SID, CHANGE))
    assert anyio.current_time() - began == pytest.approx(1 + FINISH_SECONDS, abs=0.1)
    assert caplog.messages[0].endswith(
        "it timed out, and it is unknown whether Twilio carried it out"
    )


async def test_a_read_whose_caller_has_gone_is_cut_off(caplog):
    twilio = Slow(3)
    await abandoned(twilio, lambda senders: senders.fetch(SID))
    await anyio.sleep(10)
    assert twilio.finished == 0
    assert caplog.messages == []


async def test_a_write_that_has_not_left_is_not_sent(caplog):
    sent = []

    async def write() -> Any:
        await anyio.sleep(5)
        sent.append(True)

    writes = WritesInFlight()
    with anyio.move_on_after(1):
        await writes.finish(write(), name="POST /", has_left=lambda: False)
    await anyio.sleep(10)
    await writes.aclose()
    assert sent == []
    assert caplog.messages == []
