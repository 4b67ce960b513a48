"""Credentials that change while the server runs."""

import anyio
import pytest
from many_accounts import ManyAccounts, account_sid, sender_sid, token
from stand_in import StandIn, answer
from virtual_time import in_virtual_time

from twilio_senders_mcp.twilio.account_credentials import AccountCredentials
from twilio_senders_mcp.twilio.api import TwilioApi
from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.credentials import Credentials
from twilio_senders_mcp.twilio.errors import Refused
from twilio_senders_mcp.twilio.requests import UpdateSender
from twilio_senders_mcp.twilio.transports import Transports

pytestmark = in_virtual_time

OLD = Credentials(account_sid(1), "old-token" * 3)
NEW = Credentials(account_sid(1), token(1))
CHANGE = UpdateSender(friendly_name="x")


class Source:
    """Where the credentials come from; counts how often it is asked."""

    def __init__(self, credentials: Credentials | None) -> None:
        self.credentials = credentials
        self.asked = 0

    async def __call__(self) -> Credentials | None:
        self.asked += 1
        return self.credentials


def client(twilio, source: Source) -> SendersClient:
    credentials = AccountCredentials(OLD, source)
    return SendersClient(TwilioApi(credentials, Transports(app=twilio), "https://a.example"))


async def test_new_credentials_are_used_after_a_401_also_for_a_write():
    twilio, source = ManyAccounts(2), Source(NEW)
    senders = client(twilio, source)
    await senders.update(sender_sid(1), CHANGE)
    await senders.update(sender_sid(1), CHANGE)
    assert [signer for signer, _, _ in twilio.received] == [None, 1, 1]
    assert source.asked == 1


@pytest.mark.parametrize("credentials", [OLD, None])
async def test_unchanged_credentials_are_not_tried_again(credentials):
    twilio, source = ManyAccounts(2), Source(credentials)
    with pytest.raises(Refused) as caught:
        await client(twilio, source).update(sender_sid(1), CHANGE)
    assert caught.value.problem.http_status == 401
    assert len(twilio.received) == 1
    assert source.asked == 1


async def test_they_are_looked_up_once_in_a_call_that_is_refused_again():
    twilio = StandIn([answer(401, {"code": 20003}), answer(429, {}), answer(401, {"code": 20003})])
    source = Source(NEW)
    with pytest.raises(Refused):
        await client(twilio, source).fetch(sender_sid(1))
    assert len(twilio.received) == 3
    assert source.asked == 1


async def test_concurrent_calls_look_them_up_once():
    twilio, source = ManyAccounts(2, delay=1), Source(NEW)
    senders = client(twilio, source)
    async with anyio.create_task_group() as calls:
        for _ in range(10):
            calls.start_soon(senders.fetch, sender_sid(1))
    assert source.asked == 1
    assert [signer for signer, _, _ in twilio.received].count(1) == 10


async def test_the_old_and_the_new_secret_are_redacted():
    said = {"code": 20003, "message": f"{OLD.password} {NEW.password}"}
    twilio = StandIn([answer(401, said)])
    with pytest.raises(Refused) as caught:
        await client(twilio, Source(NEW)).fetch(sender_sid(1))
    assert caught.value.problem.message == "[redacted] [redacted]"
