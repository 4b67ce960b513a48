"""Consent counts once, for one question about one state, as the newest protocol era carries it."""

from typing import Any

import pytest
from mcp import Client, MCPError
from mcp.types import ElicitResult, InputRequiredResult, ListRootsResult
from sandboxed import connected, text_of
from stand_in import SENDER as ANY_SENDER
from stand_in import StandIn
from stand_in import answer as answer_of_twilio
from virtual_time import in_virtual_time

from twilio_senders_mcp.protocol.confirmation import STATE_SECONDS, AnsweredQuestions
from twilio_senders_mcp.sandbox import ONLINE_SENDER, Sandbox

pytestmark = in_virtual_time

SENDER = ANY_SENDER | {"sid": ONLINE_SENDER}
RENAME = {"sid": ONLINE_SENDER, "profile": {"name": "New"}}
YES = ElicitResult(action="accept", content={"confirm": True})
NO = ElicitResult(action="decline")


async def unused(_context, _params) -> ElicitResult:
    raise AssertionError("the client's own loop is not used here")


def renames(sandbox: Sandbox) -> int:
    return sum(request.method == "POST" for request in sandbox.requests)


async def ask(client: Client, arguments=RENAME) -> InputRequiredResult:
    asked = await client.session.call_tool("update_sender", arguments, allow_input_required=True)
    assert isinstance(asked, InputRequiredResult)
    return asked


async def answer(client: Client, state: str | None, given: Any, arguments=RENAME) -> Any:
    return await client.session.call_tool(
        "update_sender",
        arguments,
        input_responses={"confirm": given},
        request_state=state,
        allow_input_required=True,
    )


async def test_an_answer_without_the_question_is_asked_again():
    sandbox = Sandbox()
    async with connected(sandbox, elicitation_callback=unused) as client:
        again = await client.session.call_tool(
            "update_sender", RENAME, input_responses={"confirm": YES}, allow_input_required=True
        )
    assert isinstance(again, InputRequiredResult)
    assert renames(sandbox) == 0


async def test_an_answer_to_another_kind_of_question_counts_as_none():
    sandbox = Sandbox()
    async with connected(sandbox, elicitation_callback=unused) as client:
        state = (await ask(client)).request_state
        result = await answer(client, state, ListRootsResult(roots=[]))
    assert "could not be read" in text_of(result)
    assert renames(sandbox) == 0


@pytest.mark.parametrize("first", [YES, NO])
async def test_an_answer_counts_once(first):
    sandbox = Sandbox()
    async with connected(sandbox, elicitation_callback=unused) as client:
        state = (await ask(client)).request_state
        await answer(client, state, first)
        again = await answer(client, state, YES)
    assert isinstance(again, InputRequiredResult)
    assert renames(sandbox) == (first is YES)


async def test_consent_to_other_arguments_is_refused_by_the_protocol():
    sandbox = Sandbox()
    other = {"sid": ONLINE_SENDER, "profile": {"name": "Other"}}
    async with connected(sandbox, elicitation_callback=unused) as client:
        state = (await ask(client)).request_state
        with pytest.raises(MCPError) as caught:
            await answer(client, state, YES, other)
    assert caught.value.error.code == -32602
    assert renames(sandbox) == 0


def live(name: str):
    """Twilio's response to a read of a sender with this live name."""
    return answer_of_twilio(200, SENDER | {"profile": {"name": name}})


async def test_consent_to_a_sender_that_has_changed_since_is_asked_again():
    twilio = StandIn([live("Before"), live("After"), live("After"), answer_of_twilio(202, SENDER)])
    async with connected(twilio, elicitation_callback=unused) as client:
        again = await answer(client, (await ask(client)).request_state, YES)
        assert isinstance(again, InputRequiredResult)
        assert again.input_requests is not None
        assert "After" in again.input_requests["confirm"].model_dump_json()
        done = await answer(client, again.request_state, YES)
    assert not done.is_error
    assert [request.method for request in twilio.received] == ["GET", "GET", "GET", "POST"]


class Agreeing:
    """Says yes to every question and remembers them."""

    def __init__(self) -> None:
        self.questions: list[str] = []

    async def __call__(self, _context, params) -> ElicitResult:
        self.questions.append(params.message)
        return YES


async def test_an_older_client_is_asked_again_if_the_sender_changed_meanwhile():
    person = Agreeing()
    twilio = StandIn([live("Before"), live("After"), live("After"), answer_of_twilio(202, SENDER)])
    async with connected(twilio, era="legacy", elicitation_callback=person) as client:
        done = await client.call_tool("update_sender", RENAME)
    assert not done.is_error
    assert ['"Before"' in question for question in person.questions] == [True, False]
    assert twilio.received[-1].method == "POST"


@pytest.mark.parametrize("failure", [MCPError(-32601, "Method not found"), ValueError("odd")])
async def test_an_older_client_that_fails_to_ask_has_nothing_changed(failure):
    async def broken(_context, _params):
        raise failure

    sandbox = Sandbox()
    async with connected(sandbox, era="legacy", elicitation_callback=broken) as client:
        result = await client.call_tool("update_sender", RENAME)
    assert "could not be read. Nothing changed." in text_of(result)
    assert renames(sandbox) == 0


async def test_a_sender_that_changes_all_the_time_is_not_changed():
    person = Agreeing()
    twilio = StandIn([live(f"Name {number}") for number in range(9)])
    async with connected(twilio, era="legacy", elicitation_callback=person) as client:
        result = await client.call_tool("update_sender", RENAME)
    assert result.is_error
    assert "The sender changed each time a person agreed" in text_of(result)
    assert {request.method for request in twilio.received} == {"GET"}


async def test_used_answers_are_forgotten_when_they_could_no_longer_be_given():
    now = 0.0
    used = AnsweredQuestions(lambda: now)
    assert used.use("a")
    assert not used.use("a")
    now = STATE_SECONDS + 1
    assert used.use("b")
    assert used.use("a")
