"""What a person is asked, by whom it is decided, and what happens where nobody can be asked."""

from typing import Any, cast

import pytest
from mcp import Client
from mcp.types import ElicitResult
from sandboxed import ERAS, connected, meta_of, sandbox_settings, sentence, text_of
from stand_in import StandIn, answer
from virtual_time import in_virtual_time

from twilio_senders_mcp.sandbox import ONLINE_SENDER, RCS_SENDER, Fault, Sandbox
from twilio_senders_mcp.server import create_server

pytestmark = [*in_virtual_time, pytest.mark.parametrize("era", ERAS)]

DELETE = {"sid": ONLINE_SENDER, "sender_id": "whatsapp:+15550100002"}
RENAME = {"sid": ONLINE_SENDER, "profile": {"name": "New"}}


class Person:
    """Answers every question the same way and remembers the questions."""

    def __init__(self, action: Any, content: dict | None = None) -> None:
        self._answer = ElicitResult(action=action, content=content)
        self.questions: list[str] = []
        self.forms: list[dict] = []

    async def __call__(self, _context, params) -> ElicitResult:
        self.questions.append(params.message)
        self.forms.append(params.requested_schema)
        return self._answer


def methods(sandbox: Sandbox) -> list[str]:
    return [request.method for request in sandbox.requests]


async def call(sandbox, era, tool, arguments, person=None):
    async with connected(sandbox, era=era, elicitation_callback=person) as client:
        return await client.call_tool(tool, arguments)


@pytest.mark.parametrize("typed", ["0002", " 0002 "])
async def test_a_person_who_types_the_last_four_digits_has_it_deleted(era, typed):
    sandbox, person = Sandbox(), Person("accept", {"confirm": typed})
    result = await call(sandbox, era, "delete_sender", DELETE, person)
    assert sentence(result) == "Twilio deleted whatsapp:+15550100002."
    assert result.structured_content == {
        "summary": sentence(result),
        **DELETE,
        "deleted": True,
    }
    [question] = person.questions
    assert question == (
        'Delete the sender whatsapp:+15550100002 ("Owl Bakery", ONLINE)? It stops receiving and '
        "sending at once; its profile and webhooks are lost. To register the number again, "
        "two-factor authentication must first be turned off in WhatsApp Manager."
    )
    assert ONLINE_SENDER not in sandbox.sids()


@pytest.mark.parametrize(
    ("sid", "name", "label"),
    [
        (RCS_SENDER, "owl_bakery_agent", "Type the agent's name, which follows rcs:"),
        (ONLINE_SENDER, "0002", "Type the last four digits of the number"),
    ],
)
async def test_the_form_of_a_deletion_has_one_field_without_a_default(era, sid, name, label):
    person = Person("accept", {"confirm": name})
    sender_id = "rcs:owl_bakery_agent" if sid == RCS_SENDER else DELETE["sender_id"]
    arguments = {"sid": sid, "sender_id": sender_id}
    result = await call(Sandbox(), era, "delete_sender", arguments, person)
    assert not result.is_error
    assert person.forms == [
        {
            "type": "object",
            "properties": {"confirm": {"type": "string", "title": label}},
            "required": ["confirm"],
        }
    ]


@pytest.mark.parametrize("typed", ["OWL_bakery_agent", "rcs:owl_bakery_agent"])
async def test_an_agents_name_may_be_typed_with_its_channel_and_in_any_letter_case(era, typed):
    arguments = {"sid": RCS_SENDER, "sender_id": "rcs:owl_bakery_agent"}
    person = Person("accept", {"confirm": typed})
    assert not (await call(Sandbox(), era, "delete_sender", arguments, person)).is_error


async def test_a_question_about_the_sandbox_says_so(era):
    person = Person("decline")
    server = create_server(sandbox_settings(), sandbox=True)
    async with Client(server, mode=era, elicitation_callback=cast("Any", person)) as client:
        await client.call_tool("delete_sender", DELETE)
    assert person.questions[0].startswith("[Sandbox: nothing real happens.] Delete the sender")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("A" * 200, f'to "{"A" * 200}"? Meta'),
        ("Ac\u200bme\u202eevil", 'to "Acmeevil" (not all of its characters can be shown)? Meta'),
        ("A" * 300, '…" (not all of its characters can be shown)? Meta'),
    ],
)
async def test_a_person_sees_the_whole_new_name_or_that_it_cannot_be_seen(era, name, shown):
    person = Person("decline")
    arguments = {"sid": ONLINE_SENDER, "profile": {"name": name}}
    await call(Sandbox(), era, "update_sender", arguments, person)
    assert shown in person.questions[0]


async def test_the_form_of_a_new_name_is_a_box_that_nobody_has_ticked(era):
    person = Person("accept", {"confirm": True})
    await call(Sandbox(), era, "update_sender", RENAME, person)
    assert person.forms == [
        {
            "type": "object",
            "properties": {"confirm": {"type": "boolean", "title": "Submit this name to Meta"}},
            "required": ["confirm"],
        }
    ]


NOT_AGREED = [
    ("delete_sender", DELETE, "decline", None, "declined", "said no. Nothing changed. Do not try"),
    ("update_sender", RENAME, "decline", None, "declined", "said no. Nothing changed. Do not try"),
    ("update_sender", RENAME, "accept", {"confirm": False}, "declined", "said no"),
    (
        "delete_sender",
        DELETE,
        "cancel",
        None,
        "cancelled",
        "closed without an answer. Nothing changed.",
    ),
    ("update_sender", RENAME, "cancel", None, "cancelled", "TWILIO_SENDERS_CONFIRM=never"),
    (
        "delete_sender",
        DELETE,
        "accept",
        {"confirm": "0003"},
        "not_confirmed",
        "did not type the requested text",
    ),
    ("delete_sender", DELETE, "accept", {}, "unanswered", "could not be read. Nothing changed."),
    ("delete_sender", DELETE, "accept", {"confirm": True}, "unanswered", "could not be read"),
    ("update_sender", RENAME, "accept", {}, "unanswered", "could not be read. Nothing changed."),
    ("update_sender", RENAME, "accept", {"confirm": "yes"}, "unanswered", "could not be read"),
]


@pytest.mark.parametrize(("tool", "arguments", "action", "content", "kind", "said"), NOT_AGREED)
async def test_whoever_does_not_agree_has_nothing_changed_and_is_told_what_happened(
    era, tool, arguments, action, content, kind, said
):
    sandbox = Sandbox()
    result = await call(sandbox, era, tool, arguments, Person(action, content))
    assert result.is_error
    assert said in text_of(result)
    facts = meta_of(result)["twilio-senders-mcp/error"]
    assert (facts["type"], facts["outcome"]) == (kind, "nothing_changed")
    assert set(methods(sandbox)) == {"GET"}


@pytest.mark.parametrize(
    ("tool", "arguments"), [("delete_sender", DELETE), ("update_sender", RENAME)]
)
async def test_never_means_that_nobody_is_asked(era, tool, arguments):
    person = Person("decline")
    settings = {"twilio_senders_confirm": "never"}
    async with connected(Sandbox(), era=era, elicitation_callback=person, **settings) as client:
        result = await client.call_tool(tool, arguments)
    assert not result.is_error
    assert person.questions == []


@pytest.mark.parametrize(
    ("tool", "arguments"), [("delete_sender", DELETE), ("update_sender", RENAME)]
)
async def test_always_means_that_a_client_that_cannot_ask_is_refused(era, tool, arguments):
    sandbox = Sandbox()
    async with connected(sandbox, era=era, twilio_senders_confirm="Always") as client:
        result = await client.call_tool(tool, arguments)
    assert "this AI tool cannot ask. Nothing changed." in text_of(result)
    assert meta_of(result)["twilio-senders-mcp/error"]["type"] == "cannot_ask"
    assert set(methods(sandbox)) == {"GET"}


HOSTILE = (
    'Owl"? \u2028\nThis is only a test.\x1b[2J \u202e\u200bDelete "whatsapp:+15550100001'
    + "x" * 5000
)


async def test_a_name_can_neither_end_its_quotation_nor_add_a_line_to_a_question(era):
    sender = {"sender_id": DELETE["sender_id"], "profile": {"name": HOSTILE}, "status": HOSTILE}
    person = Person("decline")
    await call(StandIn([answer(200, sender)]), era, "delete_sender", DELETE, person)
    await call(StandIn([answer(200, sender)]), era, "update_sender", RENAME, person)
    for question in person.questions:
        assert len(question) < 800
        assert question.isprintable()
        assert "Owl'? This is only a test.[2J Delete 'whatsapp:+15550100001" in question
        assert question.count('"') % 2 == 0


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
    sandbox, person = Sandbox(), Person("accept", {"confirm": "0002"})
    arguments = DELETE | {"sender_id": "whatsapp:+15550100001"}
    result = await call(sandbox, era, "delete_sender", arguments, person)
    assert text_of(result) == (
        "Invalid arguments. Nothing changed.\n"
        f"- sender_id: expected the sender_id of {ONLINE_SENDER}, not of another sender\n"
        "Correct these and call again. See get_docs operations/delete-sender."
    )
    assert methods(sandbox) == ["GET"]
    assert person.questions == []


async def test_deleting_what_does_not_exist_is_a_404(era):
    arguments = DELETE | {"sid": "XE" + "9" * 32}
    result = await call(Sandbox(), era, "delete_sender", arguments)
    assert "code 20404" in text_of(result)


async def test_a_delete_whose_answer_was_lost_is_not_repeated(era):
    sandbox = Sandbox()
    async with connected(sandbox, era=era) as client:
        await client.call_tool("get_sender", {"sid": ONLINE_SENDER})
        sandbox.inject(Fault(delay=0.01))  # the read of the sender goes through
        sandbox.inject(Fault(drop=True, apply=True))
        result = await client.call_tool("delete_sender", DELETE)
    assert "It is unknown whether anything changed" in text_of(result)
    assert methods(sandbox) == ["GET", "GET", "DELETE"]


async def test_a_person_is_asked_before_a_whatsapp_name_changes(era):
    sandbox, person = Sandbox(), Person("accept", {"confirm": True})
    result = await call(sandbox, era, "update_sender", RENAME, person)
    assert "pending review" in sentence(result)
    [question] = person.questions
    assert question == (
        'Change the WhatsApp display name of whatsapp:+15550100002 from "Owl Bakery" to "New"? '
        'Meta reviews it; until it is approved "Owl Bakery" stays live. '
        "Meta allows a limited number of changes in 30 days."
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
    result = await call(sandbox, era, "update_sender", RENAME, Person("accept", {"confirm": True}))
    assert "Nothing changed: the request that failed only reads." in text_of(result)
    assert set(methods(sandbox)) == {"GET"}
