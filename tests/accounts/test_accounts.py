"""Which accounts there are: names, subaccounts and how long they are remembered."""

import anyio
import pytest
from many_accounts import ManyAccounts, account_sid, configured, sender_sid, token
from virtual_time import in_virtual_time

from twilio_senders_mcp.accounts.accounts import Accounts
from twilio_senders_mcp.accounts.errors import SubaccountsUnavailable, UnknownAccount
from twilio_senders_mcp.twilio.credentials import Credentials
from twilio_senders_mcp.twilio.errors import NotSent, Refused
from twilio_senders_mcp.twilio.requests import UpdateSender
from twilio_senders_mcp.twilio.transports import Transports

pytestmark = in_virtual_time

LISTS = "/2010-04-01/Accounts.json"


def with_subaccounts(twilio: ManyAccounts, *more, **main) -> Accounts:
    """Account 0 with its subaccounts, and the configured accounts ``more``."""
    return Accounts([configured(0, subaccounts=True, **main), *more], Transports(app=twilio))


async def names(accounts: Accounts) -> list[str]:
    return [account.name for account in (await accounts.all()).accounts]


def lists_read(twilio: ManyAccounts) -> int:
    return sum(path == LISTS for _, _, path in twilio.received)


async def test_a_configured_account_is_found_by_its_name_and_its_sid_without_a_request():
    twilio = ManyAccounts(3)
    accounts = Accounts([configured(1), configured(2)], Transports(app=twilio))
    assert (await accounts.find("account-2")).sid == account_sid(2)
    assert (await accounts.find(account_sid(1))).name == "account-1"
    assert accounts.default.name == "account-1"
    assert twilio.received == []


async def test_active_subaccounts_are_found_by_friendly_name_and_by_sid():
    accounts = with_subaccounts(ManyAccounts(3))
    assert await names(accounts) == ["account-0", "Customer 1", "Customer 2"]
    assert (await accounts.find("Customer 2")).sid == account_sid(2)
    assert (await accounts.find(account_sid(1))).name == "Customer 1"


@pytest.mark.parametrize(
    "friendly_name",
    [
        "Customer 2",
        "account-0",
        "*",
        "",
        " x",
        "a\nb",
        "x" * 65,
        account_sid(9),
        "\u202eevil",
        "[x]",
    ],
)
async def test_a_friendly_name_that_names_nothing_clearly_is_replaced_by_the_sid(friendly_name):
    accounts = with_subaccounts(ManyAccounts(3, names={1: friendly_name}))
    assert account_sid(1) in await names(accounts)
    assert friendly_name not in await names(accounts) or friendly_name == "account-0"
    assert (await accounts.find(account_sid(1))).sid == account_sid(1)


async def test_a_subaccount_that_is_configured_itself_is_only_what_the_file_says():
    bakery = configured(1, read_only=True)
    accounts = with_subaccounts(ManyAccounts(3), bakery)
    assert await names(accounts) == ["account-0", "account-1", "Customer 2"]
    for name in ("account-1", account_sid(1)):
        assert (await accounts.find(name)).read_only


async def test_subaccounts_are_read_when_first_needed_and_again_after_ten_minutes():
    twilio = ManyAccounts(3)
    accounts = with_subaccounts(twilio)
    assert lists_read(twilio) == 0
    await accounts.find("Customer 1")
    await accounts.find("Customer 2")
    assert lists_read(twilio) == 1
    await anyio.sleep(601)
    await accounts.find("Customer 1")
    assert lists_read(twilio) == 2


async def test_a_name_that_is_not_known_has_the_subaccounts_read_again():
    twilio = ManyAccounts(3)
    accounts = with_subaccounts(twilio)
    await accounts.all()
    twilio.count = 4
    await anyio.sleep(11)
    assert (await accounts.find("Customer 3")).sid == account_sid(3)
    assert lists_read(twilio) == 2


async def test_unknown_names_in_a_row_do_not_read_the_subaccounts_each_time():
    twilio = ManyAccounts(3)
    accounts = with_subaccounts(twilio)
    for _ in range(5):
        with pytest.raises(UnknownAccount) as caught:
            await accounts.find("customer 11")
    assert caught.value.nearest == "Customer 1"
    assert lists_read(twilio) == 1


async def test_concurrent_calls_read_the_subaccounts_once():
    twilio = ManyAccounts(20, delay=1)
    accounts = with_subaccounts(twilio)
    async with anyio.create_task_group() as tasks:
        for number in range(1, 20):
            tasks.start_soon(accounts.find, f"Customer {number}")
    assert lists_read(twilio) == 1


async def test_a_subaccount_that_is_closed_is_no_longer_found():
    twilio = ManyAccounts(3)
    accounts = with_subaccounts(twilio)
    await accounts.find("Customer 1")
    twilio.closed = {1}
    await anyio.sleep(601)
    with pytest.raises(UnknownAccount):
        await accounts.find("Customer 1")


async def test_a_list_of_several_pages_is_read_to_its_end():
    twilio = PagedAccounts(5)
    assert len(await names(with_subaccounts(twilio))) == 5
    assert lists_read(twilio) == 5


@pytest.mark.parametrize(("repeats", "pages"), [("page", 2), ("list", 20)])
async def test_a_list_that_has_no_end_ends(repeats, pages):
    twilio = PagedAccounts(3, repeats=repeats)
    assert len(await names(with_subaccounts(twilio))) in (2, 3)
    assert lists_read(twilio) == pages


class PagedAccounts(ManyAccounts):
    """Lists one account per page."""

    def __init__(self, count: int, *, repeats: str = "") -> None:
        super().__init__(count)
        self.repeats = repeats

    def _response(self, number, method, path, query):
        status, body = super()._response(number, method, path, query)
        if path != LISTS:
            return status, body
        page = int(dict(pair.split("=") for pair in query.split("&")).get("Page", 0))
        following = min(page + 1, 1) if self.repeats == "page" else page + 1
        more = self.repeats or following < self.count
        uri = f"http://evil.example{LISTS}?Status=active&Page={following}" if more else None
        page %= self.count
        return status, {"accounts": body["accounts"][page : page + 1], "next_page_uri": uri}


async def test_credentials_that_may_not_read_subaccounts_leave_the_configured_accounts():
    twilio = ManyAccounts(3, standard_keys=True)
    accounts = with_subaccounts(twilio, configured(1))
    known = await accounts.all()
    assert [account.name for account in known.accounts] == ["account-0", "account-1"]
    [error] = known.unavailable
    assert isinstance(error, SubaccountsUnavailable)
    assert error.parent == "account-0"
    assert isinstance(error.cause, Refused)
    assert (await accounts.find("account-1")).sid == account_sid(1)
    with pytest.raises(UnknownAccount) as caught:
        await accounts.find("Customer 2")
    assert [unavailable.parent for unavailable in caught.value.unavailable] == ["account-0"]


@pytest.mark.parametrize("body", [{}, {"accounts": "none"}, {"accounts": [1, {"sid": 7}, {}]}])
async def test_a_list_that_cannot_be_read_gives_no_subaccount(body):
    class Odd(ManyAccounts):
        def _response(self, *_):
            return 200, body

    accounts = with_subaccounts(Odd(3))
    assert await names(accounts) == ["account-0"]


async def test_a_read_only_account_and_its_subaccounts_receive_no_write():
    twilio = ManyAccounts(3)
    accounts = with_subaccounts(twilio, read_only=True)
    for name in ("account-0", "Customer 1"):
        account = await accounts.find(name)
        with pytest.raises(NotSent) as caught:
            await account.senders.update("XE", UpdateSender(friendly_name="x"))
        assert caught.value.reason == "read_only"
        with pytest.raises(NotSent):
            await account.senders.delete("XE")
    assert accounts.read_only
    assert {method for _, method, _ in twilio.received} == {"GET"}


async def test_the_token_of_a_subaccount_that_changed_at_twilio_is_read_again():
    twilio = ManyAccounts(3)
    accounts = with_subaccounts(twilio)
    account = await accounts.find("Customer 1")
    twilio.tokens[1] = "changed" * 5
    await anyio.sleep(11)
    page = await account.senders.list_page("whatsapp", page_size=1)
    assert len(page.senders) == 1
    assert account.credentials.current == Credentials(account_sid(1), "changed" * 5)


async def test_a_subaccount_that_is_refused_for_good_is_refused_once():
    twilio = ManyAccounts(3)
    accounts = with_subaccounts(twilio)
    account = await accounts.find("Customer 1")
    account.credentials.current = Credentials(account_sid(1), "stale" * 6)
    twilio.standard_keys = True
    await anyio.sleep(11)
    with pytest.raises(Refused):
        await account.senders.list_page("whatsapp", page_size=1)
    assert [path for _, _, path in twilio.received].count("/v2/Channels/Senders") == 1


async def test_the_status_of_an_account_is_read_once_in_ten_minutes():
    twilio = ManyAccounts(3)
    accounts = with_subaccounts(twilio, configured(1))
    for _ in range(3):
        assert await accounts.status_of(accounts.default) == "active"
    assert len(twilio.received) == 1
    assert await accounts.status_of(await accounts.find("Customer 2")) == "active"
    twilio.standard_keys = True
    assert await accounts.status_of(await accounts.find("account-1")) == ""


async def test_an_account_of_another_sid_tells_no_status():
    class Lying(ManyAccounts):
        def _account(self, number):
            return {**super()._account(number), "sid": account_sid(9)}

    accounts = Accounts([configured(0), configured(1)], Transports(app=Lying(2)))
    assert await accounts.status_of(accounts.default) == ""


async def test_a_next_page_that_is_no_address_ends_the_list():
    class Odd(ManyAccounts):
        def _response(self, *request):
            status, body = super()._response(*request)
            return status, {**body, "next_page_uri": "https://[broken"}

    assert len(await names(with_subaccounts(Odd(3)))) == 3


async def test_concurrent_refusals_of_a_subaccount_read_the_list_again_once():
    twilio = ManyAccounts(3, delay=1)
    accounts = with_subaccounts(twilio)
    account = await accounts.find("Customer 1")
    twilio.tokens[1] = "changed" * 5
    await anyio.sleep(11)
    async with anyio.create_task_group() as calls:
        for _ in range(5):
            calls.start_soon(account.senders.fetch, sender_sid(1))
    assert lists_read(twilio) == 2


async def test_no_token_shows_in_a_repr():
    accounts = with_subaccounts(ManyAccounts(3))
    known = await accounts.all()
    assert token(1) not in repr(known)
    records = await accounts.default.accounts.active()
    assert token(1) not in repr(records)
