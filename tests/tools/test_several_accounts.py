"""The tools of a server with several Twilio accounts."""

from dataclasses import replace

import anyio
import pytest
from many_accounts import ManyAccounts, account_sid, configured, sender_sid, token
from sandboxed import ERAS, connected, connected_to_several, meta_of, served_by, text_of
from virtual_time import in_virtual_time

from twilio_senders_mcp.accounts.configured import ConfiguredAccount
from twilio_senders_mcp.protocol.calls import ERROR_META
from twilio_senders_mcp.sandbox import (
    ACCOUNT_SID,
    API_KEY,
    API_SECRET,
    AUTH_TOKEN,
    BAKERY,
    BAKERY_SENDER,
    FLORIST_SENDER,
    ONLINE_SENDER,
    Sandbox,
)
from twilio_senders_mcp.settings import load_settings
from twilio_senders_mcp.tools.catalog import ALL_TOOL_NAMES, TOOLS
from twilio_senders_mcp.tools.senders_of_accounts import CONCURRENCY
from twilio_senders_mcp.twilio.credentials import Credentials
from twilio_senders_mcp.twilio.hosts import TwilioAddress

pytestmark = [*in_virtual_time, pytest.mark.parametrize("era", ERAS)]

MAIN = ConfiguredAccount(credentials=Credentials(ACCOUNT_SID, AUTH_TOKEN), subaccounts=True)


def with_subaccounts(sandbox: Sandbox, era: str, *, main: ConfiguredAccount = MAIN, **client):
    return connected_to_several([main], sandbox, era=era, **client)


async def definitions(client) -> list[dict]:
    tools = (await client.list_tools()).tools
    return [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]


async def test_a_file_with_one_account_changes_not_one_byte_of_a_definition(era):
    one = ConfiguredAccount(name="only", credentials=Credentials(ACCOUNT_SID, AUTH_TOKEN))
    async with connected_to_several([one], Sandbox(), era=era) as client:
        with_file = await definitions(client), client.instructions
    async with connected(Sandbox(), era=era) as client:
        assert with_file == (await definitions(client), client.instructions)


async def test_every_sender_tool_takes_an_account_and_the_reference_none(era):
    async with with_subaccounts(Sandbox(), era) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert list(tools) == list(ALL_TOOL_NAMES)
    taking = {name for name, tool in tools.items() if "account" in tool.input_schema["properties"]}
    assert taking == {tool.name for tool in TOOLS if tool.accounts != "none"}
    assert "account" in tools["plan_changes"].input_schema["properties"]["senders"]["properties"]
    assert not [
        name for name in taking if "account" in tools[name].input_schema.get("required", [])
    ]


async def test_without_an_account_the_default_one_is_used(era):
    sandbox = Sandbox()
    async with with_subaccounts(sandbox, era) as client:
        result = await client.call_tool("get_sender", {"sid": ONLINE_SENDER, "account": None})
    assert result.structured_content["account"] == "main"
    assert text_of(result).startswith('Account "main": whatsapp:+15550100002 is ONLINE.')
    assert [request.account_sid for request in sandbox.requests] == [ACCOUNT_SID]


@pytest.mark.parametrize("account", ["Bakery", BAKERY.sid, " Bakery "])
async def test_a_call_goes_to_the_account_that_it_names(era, account):
    sandbox = Sandbox()
    change = {"sid": BAKERY_SENDER, "account": account, "friendly_name": "Rolls"}
    async with with_subaccounts(sandbox, era) as client:
        result = await client.call_tool("update_sender", change)
    assert result.structured_content["account"] == "Bakery"
    assert sandbox.requests[-1].account_sid == BAKERY.sid
    assert sandbox.requests[-1].body == {"friendly_name": "Rolls"}


async def test_create_sends_no_account(era):
    sandbox = Sandbox()
    new = {"sender_id": "whatsapp:+15550100031", "profile": {"name": "N"}, "account": "Florist"}
    async with with_subaccounts(sandbox, era) as client:
        assert not (await client.call_tool("create_sender", new)).is_error
    assert "account" not in str(sandbox.requests[-1].body)


@pytest.mark.parametrize(
    ("account", "line"),
    [
        (
            "Bakry",
            (
                "account: there is no such account; list_accounts shows all of them; "
                'did you mean "Bakery"?'
            ),
        ),
        ("zzz", "account: there is no such account; list_accounts shows all of them"),
        ("*", "account: expected the name of one account"),
        ("x" * 101, "account: expected at most 100 characters"),
    ],
)
async def test_an_account_that_does_not_exist_is_refused_before_anything_is_sent(
    era, account, line
):
    sandbox = Sandbox()
    change = {"sid": BAKERY_SENDER, "account": account, "friendly_name": "x"}
    async with with_subaccounts(sandbox, era) as client:
        result = await client.call_tool("update_sender", change)
    assert result.is_error
    assert f"- {line}\n" in text_of(result)
    assert meta_of(result)[ERROR_META]["outcome"] == "nothing_sent"
    assert not [request for request in sandbox.requests if request.method == "POST"]


async def test_a_sender_that_is_not_found_has_the_other_accounts_named(era):
    async with with_subaccounts(Sandbox(), era) as client:
        result = await client.call_tool("get_sender", {"sid": BAKERY_SENDER})
    assert text_of(result).startswith('Account "main": Twilio refused the request (HTTP 404')
    assert (
        'It was looked for in this account only; list_senders with account "*" searches all.'
        in text_of(result)
    )
    assert meta_of(result)[ERROR_META]["account"] == "main"


async def test_a_search_in_all_accounts_names_the_account_of_each_sender(era):
    async with with_subaccounts(Sandbox(), era) as client:
        arguments = {"channel": "whatsapp", "account": "*", "status": "OFFLINE"}
        result = await client.call_tool("list_senders", arguments)
    found = result.structured_content
    assert [(sender["account"], sender["sid"]) for sender in found["senders"]] == [
        ("main", "XE" + "c" * 32),
        ("Florist", FLORIST_SENDER),
    ]
    assert (found["accounts_searched"], found["looked_at"], found["complete"]) == (3, 7, True)
    assert "failed" not in found
    assert "account" not in found
    assert text_of(result).startswith(
        "2 whatsapp senders found among 7 in 3 accounts; all accounts were searched."
    )


async def test_an_unknown_status_in_all_accounts_is_explained(era):
    async with with_subaccounts(Sandbox(), era) as client:
        arguments = {"channel": "rcs", "account": "*", "status": "DOWN"}
        result = await client.call_tool("list_senders", arguments)
    assert '"DOWN" is not a known status' in text_of(result) or "DOWN is not a known" in text_of(
        result
    )


async def test_one_account_is_listed_with_its_name_beside_each_sender(era):
    async with with_subaccounts(Sandbox(), era) as client:
        arguments = {"channel": "whatsapp", "account": "Florist", "detail": "full"}
        found = (await client.call_tool("list_senders", arguments)).structured_content
    assert [sender["account"] for sender in found["senders"]] == ["Florist", "Florist"]
    assert "account" not in found


async def test_pages_of_all_accounts_lose_and_repeat_nothing(era):
    seen, token = [], None
    async with with_subaccounts(Sandbox(), era) as client:
        for _ in range(20):
            arguments = {"channel": "whatsapp", "account": "*", "page_size": 2, "page_token": token}
            found = (await client.call_tool("list_senders", arguments)).structured_content
            seen += [sender["sid"] for sender in found["senders"]]
            token = found.get("next_page_token")
            if token is None:
                break
    assert len(seen) == len(set(seen)) == 7


async def test_a_page_token_of_no_account_is_refused(era):
    async with with_subaccounts(Sandbox(), era) as client:
        arguments = {"channel": "whatsapp", "account": "*", "page_token": "PA1"}
        result = await client.call_tool("list_senders", arguments)
    assert "page_token: expected the next_page_token of a previous result" in text_of(result)


async def test_accounts_that_fail_are_named_with_the_reason_and_the_others_are_searched(era):
    twilio = ManyAccounts(30, failing={3, 7})
    accounts = [configured(number) for number in range(30)]
    async with connected_to_several(accounts, twilio, era=era) as client:
        arguments = {"channel": "whatsapp", "account": "*", "query": "Shop"}
        result = await client.call_tool("list_senders", arguments)
    found = result.structured_content
    assert len(found["senders"]) == 28
    assert [failed["account"] for failed in found["failed"]] == ["account-3", "account-7"]
    assert found["failed"][0]["reason"].startswith("Twilio returned an error (HTTP 500")
    assert found["complete"] is False
    assert "2 accounts could not be read completely." in found["summary"]


async def test_a_next_page_that_cannot_be_read_is_told_and_the_other_accounts_are_searched(era):
    class Odd(ManyAccounts):
        """Account 0 has a second page that fails, account 1 a link without a token."""

        def _response(self, number, method, path, query):
            if "PageToken" in query:
                return 404, {}
            status, body = super()._response(number, method, path, query)
            links = {0: "https://a.example?PageToken=PA1", 1: "https://a.example"}
            return status, {**body, "meta": {"next_page_url": links.get(number or 0)}}

    accounts = [configured(number) for number in range(3)]
    async with connected_to_several(accounts, Odd(3), era=era) as client:
        arguments = {"channel": "whatsapp", "account": "*", "query": "Shop"}
        found = (await client.call_tool("list_senders", arguments)).structured_content
    assert len(found["senders"]) == 3
    assert found["failed"] == [
        {"account": "account-0", "reason": "Its next page could not be read."},
        {"account": "account-1", "reason": "Twilio's next-page link is unusable."},
    ]


@pytest.mark.parametrize("refusal", [401, 404])
async def test_an_account_without_complete_credentials_or_permission_is_told(era, refusal):
    class Refusing(ManyAccounts):
        def _response(self, number, method, path, query):
            if number == 1:
                return refusal, {"code": 20003, "message": "no"}
            return super()._response(number, method, path, query)

    accounts = [configured(0), configured(1)]
    async with connected_to_several(accounts, Refusing(2), era=era) as client:
        arguments = {"channel": "whatsapp", "account": "*"}
        found = (await client.call_tool("list_senders", arguments)).structured_content
    [failed] = found["failed"]
    assert failed["reason"].startswith(f"Twilio refused the request (HTTP {refusal}")


async def test_an_address_that_cannot_be_used_is_told(era):
    wrong = TwilioAddress(base_url="https://1.2.3.400")
    accounts = [configured(0, address=wrong, subaccounts=True)]
    async with connected_to_several(accounts, None, era=era) as client:
        arguments = {"channel": "whatsapp", "account": "*"}
        found = (await client.call_tool("list_senders", arguments)).structured_content
    first, second = (failed["reason"] for failed in found["failed"])
    assert first.startswith("Twilio could not be reached: the address, or the proxy")
    assert second.startswith('The subaccounts of "account-0" could not be read: Twilio could not')


async def test_where_list_accounts_is_not_offered_it_is_not_named(era):
    settings = replace(
        load_settings(account=False, twilio_senders_tools="get_sender"), accounts=(MAIN,)
    )
    async with served_by(settings, Sandbox(), era=era) as client:
        wrong = {"sid": ONLINE_SENDER, "account": "nobody"}
        refused = await client.call_tool("get_sender", wrong)
        missing = await client.call_tool("get_sender", {"sid": BAKERY_SENDER})
    assert "- account: there is no such account\n" in text_of(refused)
    assert "It was looked for in this account only." in text_of(missing)


async def test_a_search_in_all_accounts_is_bounded_and_reports_progress(era):
    twilio = ManyAccounts(200, delay=1)
    accounts = [configured(number) for number in range(200)]
    seen = []

    async def reported(progress, total, message):
        seen.append((progress, total, message))

    async with connected_to_several(accounts, twilio, era=era) as client:
        arguments = {"channel": "whatsapp", "account": "*", "query": "Shop 19", "page_size": 100}
        found = await client.call_tool("list_senders", arguments, progress_callback=reported)
    assert len(found.structured_content["senders"]) == 11
    assert twilio.most_at_once == CONCURRENCY
    assert seen[-1] == (200, 200, "200 of 200 accounts")
    assert len(seen) == 20
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)


async def test_a_search_ends_within_a_minute_and_can_be_continued(era):
    twilio = ManyAccounts(200, delay=5)
    accounts = [configured(number) for number in range(200)]
    async with connected_to_several(accounts, twilio, era=era) as client:
        arguments = {"channel": "whatsapp", "account": "*", "query": "Shop"}
        begun = anyio.current_time()
        first = (await client.call_tool("list_senders", arguments)).structured_content
        assert anyio.current_time() - begun <= 60
        assert first["accounts_searched"] < 200
        arguments = {**arguments, "page_size": 200, "page_token": first["next_page_token"]}
        second = (await client.call_tool("list_senders", arguments)).structured_content
    sids = [sender["sid"] for sender in [*first["senders"], *second["senders"]]]
    assert sids == [sender_sid(number) for number in range(len(sids))]


async def test_accounts_are_listed_with_what_a_caller_needs(era):
    accounts = [
        configured(0, description="Our own", subaccounts=True),
        configured(5, read_only=True),
    ]
    async with connected_to_several(accounts, ManyAccounts(6), era=era) as client:
        listed = (await client.call_tool("list_accounts", {})).structured_content
        assert listed["accounts"][:3] == [
            {
                "name": "account-0",
                "sid": account_sid(0),
                "description": "Our own",
                "status": "active",
                "default": True,
            },
            {"name": "account-5", "sid": account_sid(5), "status": "active", "read_only": True},
            {"name": "Customer 1", "sid": account_sid(1), "status": "active"},
        ]
        assert listed["total"] == 6
        arguments = {"query": "customer", "page_size": 3}
        first = (await client.call_tool("list_accounts", arguments)).structured_content
        token_of_page = {**arguments, "page_token": first["next_page_token"]}
        second = (await client.call_tool("list_accounts", token_of_page)).structured_content
        names = [account["name"] for account in [*first["accounts"], *second["accounts"]]]
        assert names == [f"Customer {number}" for number in range(1, 5)]
        assert "next_page_token" not in second
        wrong = await client.call_tool("list_accounts", {"page_token": "AC"})
        assert "page_token: expected the next_page_token" in text_of(wrong)


async def test_accounts_that_do_not_answer_are_listed_without_a_status(era):
    twilio = ManyAccounts(3, delay=100)
    async with connected_to_several([configured(1), configured(2)], twilio, era=era) as client:
        listed = (await client.call_tool("list_accounts", {})).structured_content
    assert [set(account) for account in listed["accounts"]] == [
        {"name", "sid", "default"},
        {"name", "sid"},
    ]


async def test_a_standard_key_is_told_that_it_may_not_read_subaccounts(era):
    main = ConfiguredAccount(
        credentials=Credentials(ACCOUNT_SID, API_SECRET, api_key=API_KEY), subaccounts=True
    )
    sandbox = Sandbox()
    why = (
        'The subaccounts of "main" could not be read: its credentials may not. A standard API key '
        "may not, the auth token may."
    )
    async with with_subaccounts(sandbox, era, main=main) as client:
        listed = await client.call_tool("list_accounts", {})
        assert why in listed.structured_content["unavailable"][0]
        assert why in text_of(listed)
        unknown = await client.call_tool("get_sender", {"sid": ONLINE_SENDER, "account": "Bakery"})
        assert why in text_of(unknown)
        searched = await client.call_tool("list_senders", {"channel": "rcs", "account": "*"})
        assert searched.structured_content["failed"][0]["account"] == "main"
        works = await client.call_tool("get_sender", {"sid": ONLINE_SENDER})
        assert not works.is_error


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("update_sender", {"friendly_name": "x"}),
        ("delete_sender", {"sender_id": "whatsapp:+15550000001"}),
        ("create_sender", {"sender_id": "whatsapp:+15550100031", "profile": {"name": "N"}}),
    ],
)
async def test_a_read_only_account_refuses_writes_before_anything_is_sent(era, tool, arguments):
    twilio = ManyAccounts(3)
    accounts = [configured(0), configured(1, read_only=True)]
    sid = {} if tool == "create_sender" else {"sid": sender_sid(1)}
    async with connected_to_several(accounts, twilio, era=era) as client:
        result = await client.call_tool(tool, {**sid, **arguments, "account": "account-1"})
    assert text_of(result) == (
        'Account "account-1": This account is read-only (read_only in the accounts '
        "file). Nothing was sent, nothing changed."
    )
    assert twilio.received == []


async def test_where_every_account_is_read_only_no_tool_writes(era):
    accounts = [configured(0, read_only=True), configured(1, read_only=True)]
    async with connected_to_several(accounts, ManyAccounts(2), era=era) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
    assert names == ["list_accounts", *(tool.name for tool in TOOLS if not tool.writes)]


async def test_no_cookie_of_one_account_travels_with_another(era):
    twilio = ManyAccounts(3)
    accounts = [configured(number) for number in range(3)]
    async with connected_to_several(accounts, twilio, era=era) as client:
        for number in (0, 1, 2, 0):
            arguments = {"sid": sender_sid(number), "account": f"account-{number}"}
            assert not (await client.call_tool("get_sender", arguments)).is_error
    assert twilio.cookies == []


async def test_the_secrets_of_every_account_are_redacted_whoever_calls(era):
    class Quoting(ManyAccounts):
        def _response(self, *_):
            return 400, {"code": 20001, "message": f"{token(0)} {token(1)} {token(2)}"}

    accounts = [configured(number) for number in range(3)]
    async with connected_to_several(accounts, Quoting(3), era=era) as client:
        result = await client.call_tool("get_sender", {"sid": sender_sid(0)})
    assert '"[redacted] [redacted] [redacted]"' in text_of(result)
