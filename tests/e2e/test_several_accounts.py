"""The installed command with an accounts file, on real sockets."""

import json
import sys
from pathlib import Path

import anyio
import pytest
from many_accounts import ManyAccounts, account_sid, sender_sid, write_accounts_file
from mcp import Client, StdioServerParameters
from processes import PATIENCE, announcement, started
from sandboxed import text_of, text_resource

from twilio_senders_mcp.http.serving import served

pytestmark = pytest.mark.anyio

ACCOUNTS = 20
CALLS = 500


@pytest.fixture
def anyio_backend():
    """The plain event loop: these tests wait for real sockets."""
    return "asyncio"


def command(file: Path) -> StdioServerParameters:
    words = ["-m", "twilio_senders_mcp", "--accounts", str(file)]
    return StdioServerParameters(command=sys.executable, args=words)


@pytest.mark.parametrize("era", ["auto", "legacy"])
async def test_of_500_mixed_calls_at_once_each_request_is_signed_by_its_own_account(tmp_path, era):
    twilio = ManyAccounts(ACCOUNTS, delay=0.01)
    wrong: list[str] = []

    async def one(client: Client, index: int) -> None:
        number = index % ACCOUNTS
        account = account_sid(number) if index % 3 else f"account-{number}"
        arguments = {"sid": sender_sid(number), "account": account}
        match index // ACCOUNTS % 5:
            case 0:
                found = await client.call_tool("get_sender", arguments)
                sid = found.structured_content["sender"]["sid"]
            case 1:
                change = {**arguments, "friendly_name": f"call {index}"}
                found = await client.call_tool("update_sender", change)
                sid = found.structured_content["sender"]["sid"]
            case 2:
                listing = {"channel": "whatsapp", "account": account}
                found = await client.call_tool("list_senders", listing)
                sid = found.structured_content["senders"][0]["sid"]
            case 3:
                uri = f"twilio-sender://{account}/{sender_sid(number)}"
                sid = json.loads(text_resource(await client.read_resource(uri)).text)["sid"]
            case _:
                with anyio.move_on_after(0.001 * (index % 7)):
                    await client.call_tool("get_sender", arguments)
                sid = sender_sid(number)
        if sid != sender_sid(number):
            wrong.append(f"call {index} got {sid}")

    with served(twilio) as base_url:
        file = write_accounts_file(tmp_path, ACCOUNTS, base_url)
        async with Client(command(file), mode=era) as client, anyio.create_task_group() as calls:
            for index in range(CALLS):
                calls.start_soon(one, client, index)
    assert wrong == []
    assert len(twilio.received) >= CALLS * 4 // 5
    signed_by = {path.rpartition("/")[2]: set() for _, _, path in twilio.received}
    for signer, _, path in twilio.received:
        signed_by[path.rpartition("/")[2]].add(signer)
    assert signed_by.pop("Senders") == set(range(ACCOUNTS))
    assert signed_by == {sender_sid(number): {number} for number in range(ACCOUNTS)}
    assert twilio.cookies == []


async def test_a_token_file_that_changes_is_read_again_without_a_restart(tmp_path):
    twilio = ManyAccounts(2)
    with served(twilio) as base_url:
        file = write_accounts_file(tmp_path, 2, base_url)
        async with Client(command(file)) as client:
            arguments = {"sid": sender_sid(1), "account": "account-1"}
            assert not (await client.call_tool("get_sender", arguments)).is_error
            twilio.tokens[1] = "another-token-of-account-1"
            refused = await client.call_tool("get_sender", arguments)
            assert "HTTP 401" in text_of(refused)
            (tmp_path / "1.token").write_text("another-token-of-account-1\n")
            assert not (await client.call_tool("get_sender", arguments)).is_error
    assert [signer for signer, _, _ in twilio.received] == [1, None, None, 1]


def test_over_http_the_accounts_are_announced_without_a_secret(tmp_path):
    file = write_accounts_file(tmp_path, 3, "http://127.0.0.1:9")
    with started("http", "--accounts", str(file), "--port", "0") as process:
        lines = announcement(process)
        process.terminate()
        process.wait(timeout=PATIENCE)
    assert lines[2] == (
        "Tool calls go to the 3 accounts of the accounts file; those that name none go to "
        "account-0."
    )


def test_a_file_that_cannot_be_used_ends_the_server_with_the_reason(tmp_path):
    file = tmp_path / "accounts.toml"
    file.write_text('[accounts.main]\nauth_token = "hush"\n')
    with started("--accounts", str(file)) as process:
        _, errors = process.communicate()
    assert process.returncode == 2
    assert f"twilio-senders-mcp: {file}: accounts.main.account_sid: required" in errors.decode()
    assert "hush" not in errors.decode()
