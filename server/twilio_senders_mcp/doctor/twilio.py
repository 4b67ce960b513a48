"""Twilio as this server reaches it: first its hosts, then each account."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Final, get_args

import anyio

from twilio_senders_mcp.accounts.account import Account
from twilio_senders_mcp.accounts.accounts import Accounts
from twilio_senders_mcp.accounts.configured import ConfiguredAccount
from twilio_senders_mcp.twilio.hosts import Product

from .checking import within
from .configuration import ACCOUNTS_MAX
from .connections import check_connection
from .diagnosis import Diagnosis
from .rights import check_rights, check_senders

ACCOUNT_SECONDS: Final = 20.0
TWILIO_SECONDS: Final = 45.0
"""How long all of it may take: a connection, the list of subaccounts, and the account checks."""

_LIST_SECONDS: Final = 10.0
_PRODUCTS: Final[tuple[Product, ...]] = get_args(Product)


async def check_twilio(
    accounts: Accounts, configured: Sequence[ConfiguredAccount], *, in_process: bool
) -> list[Diagnosis]:
    """Check the hosts of the accounts, then each account whose host can be reached.

    ``accounts`` are those of ``configured``. ``in_process`` tells that the sandbox answers in this
    process, without a connection.
    """
    chosen = configured[:ACCOUNTS_MAX]
    if in_process:
        found = [Diagnosis("sandbox", "ok", "The embedded Twilio responds in this process.")]
        reached = list(chosen)
    else:
        connections = await _connections(chosen)
        found = list(connections.values())
        unreachable = {url for url, each in connections.items() if each.level == "problem"}
        reached = [
            account for account in chosen if account.address.url("messaging") not in unreachable
        ]
        found += [_not_read(account) for account in chosen if account not in reached]
    return found + await _check_accounts(accounts, reached, configured)


async def _connections(configured: Sequence[ConfiguredAccount]) -> dict[str, Diagnosis]:
    """Return what was found about each host, by its URL."""
    urls = {account.address.url(product): None for product in _PRODUCTS for account in configured}
    found: dict[str, Diagnosis] = {}

    async def connect(url: str) -> None:
        found[url] = await check_connection(url)

    async with anyio.create_task_group() as tasks:
        for url in urls:
            tasks.start_soon(connect, url)
    return {url: found[url] for url in urls}


def _not_read(account: ConfiguredAccount) -> Diagnosis:
    return Diagnosis(
        f"senders of {account.name}",
        "warning",
        "They were not read, because the host cannot be reached.",
        "Cure that first.",
    )


async def _check_accounts(
    accounts: Accounts,
    reached: Sequence[ConfiguredAccount],
    configured: Sequence[ConfiguredAccount],
) -> list[Diagnosis]:
    by_sid = {account.sid: account for account in reached}
    wanted = [await accounts.find(account.name) for account in reached]
    if any(account.subaccounts for account in reached):
        wanted += await _subaccounts(accounts, {account.sid for account in configured})
    chosen = wanted[:ACCOUNTS_MAX]
    found: dict[str, Sequence[Diagnosis]] = {}

    async def check(account: Account) -> None:
        run = partial(_check_account, account, by_sid.get(account.sid))
        found[account.sid] = await within(ACCOUNT_SECONDS, f"senders of {account.name}", run)

    async with anyio.create_task_group() as tasks:
        for account in chosen:
            tasks.start_soon(check, account)
    diagnoses = [diagnosis for account in chosen for diagnosis in found[account.sid]]
    if left_out := len(wanted) - len(chosen) + len(configured[ACCOUNTS_MAX:]):
        text = f"Those of {left_out} more accounts were not read."
        diagnoses.append(Diagnosis("senders", "ok", text))
    return diagnoses


async def _subaccounts(accounts: Accounts, configured_sids: Collection[str]) -> list[Account]:
    with anyio.move_on_after(_LIST_SECONDS):
        known = (await accounts.all()).accounts
        return [account for account in known if account.sid not in configured_sids]
    return []


async def _check_account(account: Account, configured: ConfiguredAccount | None) -> list[Diagnosis]:
    """Check the senders and, of an account of the settings, the rights."""
    senders = await check_senders(account)
    if configured is None or senders.level == "problem":
        return [senders]
    return [senders, *await check_rights(account, configured)]
