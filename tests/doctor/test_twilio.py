"""Twilio as doctor sees it: on the sandbox over a real socket, and where it cannot be reached."""

from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import pytest
from many_accounts import ManyAccounts, configured

from twilio_senders_mcp.accounts.configured import ConfiguredAccount
from twilio_senders_mcp.doctor import twilio
from twilio_senders_mcp.doctor.diagnosis import Diagnosis
from twilio_senders_mcp.doctor.twilio import check_twilio
from twilio_senders_mcp.http.serving import served
from twilio_senders_mcp.sandbox import (
    ACCOUNT_SID,
    API_KEY,
    API_SECRET,
    AUTH_TOKEN,
    SUSPENDED,
    Fault,
    Sandbox,
)
from twilio_senders_mcp.server import create_accounts
from twilio_senders_mcp.settings import load_settings
from twilio_senders_mcp.twilio.credentials import Credentials
from twilio_senders_mcp.twilio.hosts import TwilioAddress

pytestmark = pytest.mark.anyio
TOKEN = Credentials(ACCOUNT_SID, AUTH_TOKEN)
KEY = Credentials(ACCOUNT_SID, API_SECRET, API_KEY)


async def found(*accounts: ConfiguredAccount, app=None) -> list[Diagnosis]:
    settings = replace(load_settings(), accounts=accounts)
    known = create_accounts(settings, app)
    try:
        return await check_twilio(known, accounts, in_process=app is not None)
    finally:
        await known.aclose()


@asynccontextmanager
async def socket_of(app):
    with served(app) as url:
        yield TwilioAddress(base_url=url)


def levels(diagnoses: list[Diagnosis]) -> list[tuple[str, str]]:
    return [(each.check, each.level) for each in diagnoses]


async def test_with_the_auth_token_everything_can_be_read():
    async with socket_of(Sandbox()) as address:
        [host, senders, status, rights] = await found(
            ConfiguredAccount(credentials=TOKEN, address=address)
        )
    assert host.level == "ok"
    assert senders.found == "A page was read; there is at least one WhatsApp sender."
    assert status.found == "The account is active."
    assert rights.found == "It may also read the account, Monitor's alerts, webhook rules."


async def test_a_standard_api_key_may_not_read_accounts_and_needs_not():
    async with socket_of(Sandbox()) as address:
        [*_, rights, account] = await found(ConfiguredAccount(credentials=KEY, address=address))
    assert rights.found == "It may also read Monitor's alerts, webhook rules."
    assert account.level == "ok"
    assert account.found == (
        "It may not read the account (HTTP 401); no standard API key may, and only subaccounts "
        "need it."
    )


async def test_subaccounts_with_a_key_that_may_not_list_them_are_a_problem():
    account = ConfiguredAccount(credentials=KEY, subaccounts=True)
    [*_, refused] = await found(account, app=Sandbox())
    assert (refused.level, refused.found) == (
        "problem",
        "It may not read the account (HTTP 401), so its subaccounts cannot be used.",
    )


async def test_the_senders_of_subaccounts_are_read():
    account = ConfiguredAccount(credentials=TOKEN, subaccounts=True)
    diagnoses = await found(account, app=Sandbox())
    assert [each.check for each in diagnoses if each.check.startswith("senders")] == [
        "senders of main",
        "senders of Bakery",
        "senders of Florist",
    ]


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (Credentials(ACCOUNT_SID, "hunter2"), "20003"),
        (Credentials(SUSPENDED.sid, SUSPENDED.auth_token), "20005"),
    ],
)
async def test_credentials_that_twilio_refuses_are_a_problem_with_the_cure(credentials, code):
    async with socket_of(Sandbox()) as address:
        [_, senders] = await found(ConfiguredAccount(credentials=credentials, address=address))
    assert (senders.check, senders.level) == ("senders of main", "problem")
    assert f"HTTP 401, code {code}" in senders.found
    assert senders.cure
    assert credentials.password not in f"{senders}"


async def test_an_account_without_senders_is_no_problem():
    sandbox = Sandbox(seed=False)
    [_, senders, *_] = await found(ConfiguredAccount(credentials=TOKEN), app=sandbox)
    assert senders.found == "A page was read; there is no WhatsApp sender."


async def test_a_failure_of_twilio_is_told_with_what_to_do():
    sandbox = Sandbox()
    sandbox.inject(Fault(status=400, body=b"<html>"))
    [_, senders] = await found(ConfiguredAccount(credentials=TOKEN), app=sandbox)
    assert (senders.level, "HTTP 400" in senders.found) == ("problem", True)
    sandbox.inject(Fault(body=b"no JSON"))
    [_, senders] = await found(ConfiguredAccount(credentials=TOKEN), app=sandbox)
    assert senders.cure == "Run doctor again later."


class WithoutSome:
    """A sandbox in front of which some paths are answered otherwise."""

    def __init__(self, answers: dict[str, tuple[int, bytes]]) -> None:
        self.sandbox = Sandbox()
        self.answers = answers

    async def __call__(self, scope, receive, send):
        for path, (status, body) in self.answers.items():
            if scope["type"] == "http" and scope["path"].startswith(path):
                headers = [(b"content-type", b"application/json")]
                await send({"type": "http.response.start", "status": status, "headers": headers})
                await send({"type": "http.response.body", "body": body})
                return
        await self.sandbox(scope, receive, send)


async def test_what_a_few_tools_need_is_a_warning():
    app = WithoutSome({"/v1/Alerts": (403, b"{}"), "/v1/Webhooks": (200, b"{}")})
    [*_, rights, alerts, rules] = await found(ConfiguredAccount(credentials=TOKEN), app=app)
    assert rights.found == "It may also read the account."
    assert alerts.level == "warning"
    assert alerts.found == (
        "It may not read Monitor's alerts (HTTP 403); check_sender and check_webhooks then tell "
        "less."
    )
    assert (rules.level, rules.found.startswith("webhook rules could not be read: ")) == (
        "warning",
        True,
    )


async def test_a_key_that_may_read_nothing_else_and_an_account_that_is_closed():
    refused = (403, b"{}")
    app = WithoutSome(dict.fromkeys(("/v1/", "/2010-04-01/"), refused))
    diagnoses = await found(ConfiguredAccount(credentials=TOKEN), app=app)
    assert [each.level for each in diagnoses[2:]] == ["ok", "warning", "warning"]
    assert diagnoses[2].found == "It may not read the account (HTTP 403)."
    closed = f'{{"sid": "{ACCOUNT_SID}", "status": "closed"}}'.encode()
    app = WithoutSome({"/2010-04-01/": (200, closed)})
    [_, _, status, _] = await found(ConfiguredAccount(credentials=TOKEN), app=app)
    assert (status.level, status.found) == ("problem", "The account is closed.")


async def test_the_accounts_of_a_host_that_cannot_be_reached_are_not_read():
    nowhere = TwilioAddress(base_url="https://twilio.invalid")
    async with socket_of(Sandbox()) as address:
        diagnoses = await found(
            ConfiguredAccount(name="lost", credentials=TOKEN, address=nowhere),
            ConfiguredAccount(name="good", credentials=TOKEN, address=address),
        )
    assert ("twilio.invalid", "problem") in levels(diagnoses)
    assert ("senders of lost", "warning") in levels(diagnoses)
    assert ("senders of good", "ok") in levels(diagnoses)


async def test_of_very_many_accounts_the_first_are_read():
    many = ManyAccounts(25)
    diagnoses = await found(*(configured(number) for number in range(25)), app=many)
    read = [each for each in diagnoses if each.check.startswith("senders of ")]
    assert len(read) == 20
    assert diagnoses[-1].found == "Those of 5 more accounts were not read."


async def test_a_list_of_subaccounts_that_does_not_come_keeps_nothing_else_waiting(monkeypatch):
    monkeypatch.setattr(twilio, "_LIST_SECONDS", 0.1)

    class Slow(WithoutSome):
        async def __call__(self, scope, receive, send):
            if scope["type"] == "http" and scope["path"] == "/2010-04-01/Accounts.json":
                await anyio.sleep_forever()
            await super().__call__(scope, receive, send)

    account = ConfiguredAccount(credentials=TOKEN, subaccounts=True)
    diagnoses = await found(account, app=Slow({}))
    assert [check for check, _ in levels(diagnoses) if "senders" in check] == ["senders of main"]
