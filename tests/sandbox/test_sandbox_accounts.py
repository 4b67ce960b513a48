"""The sandbox's accounts: whose senders are seen, and what the Accounts API says."""

import httpx2 as httpx
import pytest

from twilio_senders_mcp.sandbox import (
    ACCOUNT_SID,
    ACCOUNTS,
    API_KEY,
    API_SECRET,
    AUTH_TOKEN,
    BAKERY,
    BAKERY_SENDER,
    FLORIST,
    FLORIST_SENDER,
    ONLINE_SENDER,
    SUSPENDED,
)

pytestmark = pytest.mark.anyio

SENDERS = "/v2/Channels/Senders"
ACCOUNTS_PATH = "/2010-04-01/Accounts"


@pytest.fixture
def ask(sandbox):
    async def ask(path: str, user: str, password: str, **options) -> httpx.Response:
        transport = httpx.ASGITransport(app=sandbox)
        async with httpx.AsyncClient(transport=transport, base_url="https://a.example") as client:
            method = options.pop("method", "GET")
            return await client.request(method, path, auth=(user, password), **options)

    return ask


def sids(response: httpx.Response, key: str = "senders") -> list[str]:
    return [item["sid"] for item in response.json()[key]]


@pytest.mark.parametrize(
    ("account", "sender"), [(BAKERY, BAKERY_SENDER), (FLORIST, FLORIST_SENDER)]
)
async def test_the_credentials_decide_which_senders_are_seen(ask, account, sender):
    for login in ((account.sid, account.auth_token), (account.api_key, account.api_secret)):
        listed = await ask(f"{SENDERS}?Channel=whatsapp", *login)
        assert sender in sids(listed)
        assert ONLINE_SENDER not in sids(listed)
        assert (await ask(f"{SENDERS}/{sender}", *login)).status_code == 200
        assert (await ask(f"{SENDERS}/{ONLINE_SENDER}", *login)).status_code == 404
    assert (await ask(f"{SENDERS}/{sender}", ACCOUNT_SID, AUTH_TOKEN)).status_code == 404


async def test_each_request_is_recorded_with_its_account(ask, sandbox):
    await ask(f"{SENDERS}/{BAKERY_SENDER}", BAKERY.sid, BAKERY.auth_token)
    await ask(f"{SENDERS}/{BAKERY_SENDER}", BAKERY.sid, "wrong")
    assert [request.account_sid for request in sandbox.requests] == [BAKERY.sid, None]
    assert [request.as_json()["account_sid"] for request in sandbox.requests] == [BAKERY.sid, None]


async def test_a_suspended_account_can_do_nothing(ask):
    refused = await ask(f"{SENDERS}?Channel=rcs", SUSPENDED.sid, SUSPENDED.auth_token)
    assert (refused.status_code, refused.json()["code"]) == (401, 20005)


async def test_a_main_account_sees_itself_and_its_subaccounts_with_their_tokens(ask):
    listed = await ask(f"{ACCOUNTS_PATH}.json", ACCOUNT_SID, AUTH_TOKEN)
    assert sids(listed, "accounts") == [account.sid for account in ACCOUNTS]
    assert listed.json()["accounts"][1] == {
        "sid": BAKERY.sid,
        "friendly_name": "Bakery",
        "status": "active",
        "type": "Full",
        "owner_account_sid": ACCOUNT_SID,
        "auth_token": BAKERY.auth_token,
        "date_created": "Mon, 05 May 2025 08:00:00 +0000",
        "date_updated": "Mon, 05 May 2025 08:00:00 +0000",
        "uri": f"{ACCOUNTS_PATH}/{BAKERY.sid}.json",
        "subresource_uris": {
            "calls": f"{ACCOUNTS_PATH}/{BAKERY.sid}/Calls.json",
            "incoming_phone_numbers": f"{ACCOUNTS_PATH}/{BAKERY.sid}/IncomingPhoneNumbers.json",
            "messages": f"{ACCOUNTS_PATH}/{BAKERY.sid}/Messages.json",
            "notifications": f"{ACCOUNTS_PATH}/{BAKERY.sid}/Notifications.json",
            "recordings": f"{ACCOUNTS_PATH}/{BAKERY.sid}/Recordings.json",
        },
    }


async def test_a_subaccount_sees_only_itself(ask):
    login = (FLORIST.sid, FLORIST.auth_token)
    assert sids(await ask(f"{ACCOUNTS_PATH}.json", *login), "accounts") == [FLORIST.sid]
    assert (await ask(f"{ACCOUNTS_PATH}/{FLORIST.sid}.json", *login)).json()["sid"] == FLORIST.sid
    assert (await ask(f"{ACCOUNTS_PATH}/{BAKERY.sid}.json", *login)).status_code == 404


async def test_a_standard_api_key_may_not_read_accounts(ask):
    refused = await ask(f"{ACCOUNTS_PATH}.json", API_KEY, API_SECRET)
    assert (refused.status_code, refused.json()["code"]) == (401, 20003)


async def test_accounts_are_filtered_and_paged(ask):
    login = (ACCOUNT_SID, AUTH_TOKEN)
    active = await ask(f"{ACCOUNTS_PATH}.json?Status=active&PageSize=2", *login)
    assert sids(active, "accounts") == [ACCOUNT_SID, BAKERY.sid]
    page = active.json()
    assert (page["start"], page["end"], page["page"], page["page_size"]) == (0, 1, 0, 2)
    assert page["previous_page_uri"] is None
    following = await ask(page["next_page_uri"], *login)
    assert sids(following, "accounts") == [FLORIST.sid]
    assert following.json()["next_page_uri"] is None
    back = await ask(following.json()["previous_page_uri"], *login)
    assert sids(back, "accounts") == [ACCOUNT_SID, BAKERY.sid]
    named = await ask(f"{ACCOUNTS_PATH}.json?FriendlyName=Florist", *login)
    assert sids(named, "accounts") == [FLORIST.sid]


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        (f"{ACCOUNTS_PATH}.json?PageSize=0", "GET", 400),
        (f"{ACCOUNTS_PATH}.json?Page=x", "GET", 400),
        (f"{ACCOUNTS_PATH}.json", "POST", 405),
        ("/2010-04-01/Other.json", "GET", 404),
    ],
)
async def test_other_requests_to_the_accounts_api_are_refused(ask, path, method, status):
    answer = await ask(path, ACCOUNT_SID, AUTH_TOKEN, method=method)
    assert answer.status_code == status
