"""What a person is asked, by whom it is decided, and what happens where nobody can be asked."""

import json

import pytest
from mcp.types import ElicitResult
from sandboxed import ERAS, connected, sentence
from stand_in import StandIn, answer
from virtual_time import in_virtual_time

from twilio_senders_mcp.sandbox import ONLINE_SENDER, RCS_SENDER, Fault, Sandbox

pytestmark = [*in_virtual_time, pytest.mark.parametrize("era", ERAS)]

DELETE = {"sid": ONLINE_SENDER, "sender_id": "whatsapp:+15550100002"}
RENAME = {"sid": ONLINE_SENDER, "profile": {"name": "New"}}


class Person:
    """Answers every question the same way and remembers the questions."""

    def __init__(self, action: str, content: dict | None = None) -> None:
        self._answer = ElicitResult(action=action, content=content)
        self.questions: list[str] = []

    async def __call__(self, _context, params) -> ElicitResult:
        self.questions.append(params.message)
        return self._answer


def methods(sandbox: Sandbox) -> list[str]:
    return [request.method for request in sandbox.requests]


async def call(sandbox, era, tool, arguments, person=None):
    async with connected(sandbox, era=era, elicitation_callback=person) as client:
        return await client.call_tool(tool, arguments)


@pytest.mark.parametrize("content", [{}, {"confirm": True}])
async def test_a_person_who_agrees_has_it_deleted(era, content):
    sandbox, person = Sandbox(), Person("accept", content)
    result = await call(sandbox, era, "delete_sender", DELETE, person)
    assert sentence(result) == "Twilio deleted whatsapp:+15550100002."
    assert result.structured_content == {**DELETE, "deleted": True}
    [question] = person.questions
    assert question == (
        "Delete the sender whatsapp:+15550100002 (Owl Bakery, ONLINE)? It stops receiving and "
        "sending at once; its profile and webhooks are lost. To register the number again, "
        "two-factor authentication must first be turned off in WhatsApp Manager."
    )
    assert ONLINE_SENDER not in sandbox.sids()


@pytest.mark.parametrize(
    ("action", "content"), [("decline", None), ("cancel", None), ("accept", {"confirm": False})]
)
@pytest.mark.parametrize(
    ("tool", "arguments"), [("delete_sender", DELETE), ("update_sender", RENAME)]
)
async def test_a_person_who_does_not_agree_has_nothing_changed(
    era, action, content, tool, arguments
):
    sandbox = Sandbox()
    result = await call(sandbox, era, tool, arguments, Person(action, content))
    assert result.is_error
    assert result.content[0].text.startswith("A person was asked and did not agree to ")
    assert json.loads(result.content[1].text)["type"] == "declined"
    assert set(methods(sandbox)) == {"GET"}


async def test_an_answer_of_another_form_counts_as_no(era):
    sandbox = Sandbox()
    person = Person("accept", {"confirm": "perhaps"})
    result = await call(sandbox, era, "delete_sender", DELETE, person)
    assert "the AI tool's answer could not be read" in result.content[0].text
    assert ONLINE_SENDER in sandbox.sids()


@pytest.mark.parametrize(
    ("known", "question"),
    [
        ({"sender_id": "rcs:agent"}, "Delete the sender rcs:agent? It stops receiving"),
        ({"sender_id": "whatsapp:+15550100002"}, "Delete the sender whatsapp:+15550100002? It"),
    ],
)
async def test_a_question_says_only_what_is_known(era, known, question):
    person = Person("decline")
    arguments = {"sid": ONLINE_SENDER, **known}
    await call(StandIn([answer(200, known)]), era, "delete_sender", arguments, person)
    assert person.questions[0].startswith(question)
    assert ("WhatsApp Manager" in person.questions[0]) is known["sender_id"].startswith("whatsapp")
    rename = {"sid": ONLINE_SENDER, "profile": {"name": "New"}}
    person = Person("decline")
    await call(StandIn([answer(200, {"status": "ONLINE"})]), era, "update_sender", rename, person)
    assert person.questions[0].startswith(
        'Change the WhatsApp display name of this sender to "New"?'
    )


async def test_where_nobody_can_be_asked_the_sender_id_is_the_confirmation(era):
    sandbox = Sandbox()
    result = await call(sandbox, era, "delete_sender", DELETE)
    assert not result.is_error
    assert methods(sandbox) == ["GET", "DELETE"]


async def test_a_mistaken_sid_deletes_nothing_and_asks_nobody(era):
    sandbox, person = Sandbox(), Person("accept", {})
    arguments = DELETE | {"sender_id": "whatsapp:+15550100001"}
    result = await call(sandbox, era, "delete_sender", arguments, person)
    assert result.content[0].text == (
        "Invalid arguments. Nothing changed.\n"
        f"- sender_id: expected the sender_id of {ONLINE_SENDER}, not another's\n"
        "Correct these and call again. See get_docs operations/delete-sender."
    )
    assert methods(sandbox) == ["GET"]
    assert person.questions == []


async def test_deleting_what_does_not_exist_is_a_404(era):
    arguments = DELETE | {"sid": "XE" + "9" * 32}
    result = await call(Sandbox(), era, "delete_sender", arguments)
    assert "code 20404" in result.content[0].text


async def test_a_delete_whose_answer_was_lost_is_not_repeated(era):
    sandbox = Sandbox()
    async with connected(sandbox, era=era) as client:
        await client.call_tool("get_sender", {"sid": ONLINE_SENDER})
        sandbox.inject(Fault(delay=0.01))  # the read of the sender goes through
        sandbox.inject(Fault(drop=True, apply=True))
        result = await client.call_tool("delete_sender", DELETE)
    assert "It is unknown whether anything changed" in result.content[0].text
    assert methods(sandbox) == ["GET", "GET", "DELETE"]


async def test_a_person_is_asked_before_a_whatsapp_name_changes(era):
    sandbox, person = Sandbox(), Person("accept", {})
    result = await call(sandbox, era, "update_sender", RENAME, person)
    assert "pending review" in sentence(result)
    [question] = person.questions
    assert question == (
        'Change the WhatsApp display name of whatsapp:+15550100002 from "Owl Bakery" to "New"? '
        'Meta reviews it; until it is approved "Owl Bakery" stays live. '
        "Meta allows ten changes in thirty days."
    )


@pytest.mark.parametrize(
    "arguments",
    [
        {"sid": ONLINE_SENDER, "profile": {"name": "Owl Bakery"}},
        {"sid": ONLINE_SENDER, "profile": {"about": "x"}},
        {"sid": ONLINE_SENDER, "profile": {"name": None, "about": "x"}},
        {"sid": ONLINE_SENDER, "profile": None},
        {"sid": ONLINE_SENDER, "friendly_name": "x"},
        {"sid": RCS_SENDER, "profile": {"name": "New"}},
    ],
)
async def test_nobody_is_asked_where_no_whatsapp_name_changes(era, arguments):
    person = Person("decline")
    await call(Sandbox(), era, "update_sender", arguments, person)
    assert person.questions == []


async def test_where_nobody_can_be_asked_a_new_name_costs_no_extra_request(era):
    sandbox = Sandbox()
    await call(sandbox, era, "update_sender", RENAME)
    assert methods(sandbox) == ["POST"]


async def test_a_failed_look_before_the_question_changes_nothing(era):
    sandbox = Sandbox()
    sandbox.inject(Fault(times=9, status=500))
    result = await call(sandbox, era, "update_sender", RENAME, Person("accept", {}))
    assert "Nothing changed: this only reads." in result.content[0].text
    assert set(methods(sandbox)) == {"GET"}
