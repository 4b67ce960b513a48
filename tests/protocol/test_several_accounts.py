"""Prompts, completions, the resource and questions of a server with several Twilio accounts."""

import anyio
import pytest
from many_accounts import ManyAccounts, account_sid, configured, sender_sid
from mcp import MCPError
from mcp.types import ElicitResult, InputRequiredResult, PromptReference, ResourceTemplateReference
from sandboxed import ERAS, connected_to_several, text_of_prompt, text_resource
from virtual_time import in_virtual_time

from twilio_senders_mcp.protocol.directory import ACCOUNTS_MAX

pytestmark = in_virtual_time

each_era = pytest.mark.parametrize("era", ERAS)
SENDER = ResourceTemplateReference(type="ref/resource", uri="twilio-sender://{account}/{sid}")
ACCOUNTS = [configured(0), configured(1), configured(2, read_only=True)]


def connected(twilio=None, era="auto", accounts=ACCOUNTS, **client):
    return connected_to_several(accounts, twilio or ManyAccounts(3), era=era, **client)


@each_era
async def test_a_prompt_names_the_account_that_it_is_given(era):
    async with connected(era=era) as client:
        [prompt] = [
            prompt
            for prompt in (await client.list_prompts()).prompts
            if prompt.name == "diagnose_sender"
        ]
        arguments = prompt.arguments or []
        [account] = [argument for argument in arguments if argument.name == "account"]
        assert not account.required
        arguments = {"sender": "x", "account": "account-1"}
        given = text_of_prompt(await client.get_prompt("diagnose_sender", arguments))
        missing = text_of_prompt(await client.get_prompt("diagnose_sender", {"sender": "x"}))
    assert "The Twilio account: account-1. Name it as account in every call." in given
    assert "Find out which one this is about" in missing


@each_era
async def test_the_resource_of_a_sender_names_its_account(era):
    async with connected(era=era) as client:
        templates = (await client.list_resource_templates()).resource_templates
        assert templates[0].uri_template == SENDER.uri
        for uri in (
            f"twilio-sender://account-1/{sender_sid(1)}",
            f"twilio-sender://{account_sid(1)}/{sender_sid(1)}",
            f"twilio-sender://account%2D1/{sender_sid(1)}",
        ):
            assert sender_sid(1) in text_resource(await client.read_resource(uri)).text
        own = text_resource(await client.read_resource(f"twilio-sender://{sender_sid(0)}"))
        assert sender_sid(0) in own.text


@each_era
@pytest.mark.parametrize(
    ("uri", "message"),
    [
        (f"twilio-sender://nobody/{sender_sid(1)}", "There is no such account"),
        (f"twilio-sender://account-1/{sender_sid(0)}", "Twilio has no such sender"),
        ("twilio-sender://account-1/XE1", "A sender's SID is XE and 32 hexadecimal digits"),
    ],
)
async def test_a_resource_that_does_not_exist_says_what_is_missing(era, uri, message):
    async with connected(era=era) as client:
        with pytest.raises(MCPError) as caught:
            await client.read_resource(uri)
    assert caught.value.error.message == message


async def test_where_there_is_one_account_a_uri_names_none():
    async with connected_to_several([configured(0)], ManyAccounts(1)) as client:
        with pytest.raises(MCPError) as caught:
            await client.read_resource(f"twilio-sender://account-0/{sender_sid(0)}")
    assert caught.value.error.message == "There is no such account"


async def complete(client, reference, name, value, **context):
    argument = {"name": name, "value": value}
    completed = await client.complete(
        ref=reference, argument=argument, context_arguments=context or None
    )
    return completed.completion.values


@each_era
async def test_sids_are_completed_across_accounts_and_within_the_chosen_one(era):
    async with connected(era=era) as client:
        both = {sender_sid(number) for number in range(3)}
        assert set(await complete(client, SENDER, "sid", "Shop")) == both
        chosen = await complete(client, SENDER, "sid", "Shop", account="account-1")
        assert set(chosen) == {sender_sid(1)}
        assert await complete(client, SENDER, "sid", "Shop", account="nobody") == []
        prompt = PromptReference(type="ref/prompt", name="diagnose_sender")
        assert set(await complete(client, prompt, "sender", "Shop 2")) == {sender_sid(2)}


@each_era
async def test_accounts_are_completed_by_part_of_their_name(era):
    async with connected(era=era) as client:
        assert await complete(client, SENDER, "account", "T-2") == ["account-2"]
    async with connected_to_several([configured(0)], ManyAccounts(1), era=era) as client:
        prompt = PromptReference(type="ref/prompt", name="diagnose_sender")
        assert await complete(client, prompt, "account", "") == []


async def test_completions_read_only_the_first_accounts_and_each_once():
    twilio = ManyAccounts(100)
    accounts = [configured(number) for number in range(100)]
    async with connected(twilio, accounts=accounts) as client:
        for typed in ("S", "Sh", "Sho"):
            await complete(client, SENDER, "sid", typed)
    assert len(twilio.received) == 2 * ACCOUNTS_MAX


async def test_completions_do_not_wait_for_a_list_of_accounts_that_does_not_come():
    twilio = ManyAccounts(3, delay=100)
    async with connected(twilio, accounts=[configured(0, subaccounts=True)]) as client:
        assert await complete(client, SENDER, "account", "") == []
        assert await complete(client, SENDER, "sid", "Shop") == []


async def test_a_question_names_the_account_and_its_sid():
    asked = []

    async def person(_, params):
        asked.append(params.message)
        return ElicitResult(action="accept", content={"confirm": "0001"})

    deletion = {
        "sid": sender_sid(1),
        "sender_id": "whatsapp:+15550000001",
        "account": "account-1",
    }
    for era in ERAS:
        async with connected(era=era, elicitation_callback=person) as client:
            assert not (await client.call_tool("delete_sender", deletion)).is_error
    for message in asked:
        assert message.startswith(f'Account "account-1" ({account_sid(1)}): Delete the sender')
    assert len(asked) == 2


async def test_consent_for_one_account_does_not_count_for_another_of_the_same_name():
    """A subaccount may be renamed between the question and the answer."""

    class Twins(ManyAccounts):
        """Every account has the same sender."""

        def _response(self, number, method, path, query):
            return super()._response(
                number, method, path.replace(sender_sid(1), sender_sid(number or 0)), query
            )

        def sender(self, number):
            return {**super().sender(number), **super().sender(1)}

    twilio = Twins(3, names={1: "Shop", 2: "Other"})
    deletion = {"sid": sender_sid(1), "sender_id": "whatsapp:+15550000001", "account": "Shop"}

    async def unused(*_):
        raise AssertionError

    accounts = [configured(0, subaccounts=True)]
    async with connected(twilio, accounts=accounts, elicitation_callback=unused) as client:
        first = await client.session.call_tool("delete_sender", deletion, allow_input_required=True)
        assert isinstance(first, InputRequiredResult)
        twilio.names = {1: "Other", 2: "Shop"}
        await anyio.sleep(601)
        yes = ElicitResult(action="accept", content={"confirm": "0001"})
        again = await client.session.call_tool(
            "delete_sender",
            deletion,
            input_responses={"confirm": yes},
            request_state=first.request_state,
            allow_input_required=True,
        )
    assert isinstance(again, InputRequiredResult)
    assert account_sid(2) in str(again.input_requests)
    assert not [method for _, method, _ in twilio.received if method == "DELETE"]
