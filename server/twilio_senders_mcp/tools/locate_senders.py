"""In which account each of some senders is, where the caller does not know."""

from collections.abc import Collection
from functools import partial
from typing import Final

from twilio_senders_mcp.senders.paging import FoundSenders, find_senders
from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.values import CHANNELS, Channel

from .senders_of_accounts import find_in_accounts
from .tool import Call

_PAGE_SIZE: Final = 1000


async def accounts_of_senders(call: Call, sids: Collection[str]) -> dict[str, str]:
    """Return the account of each SID that any account lists; the others are left out."""
    wanted, found = set(sids), dict[str, str]()

    async def progress(done: int, total: int) -> None:
        await call.progress(done, total, f"{done} of {total} accounts")

    accounts = (await call.accounts.all()).accounts
    for channel in CHANNELS:
        listed = await find_in_accounts(
            accounts,
            partial(_search, channel, wanted),
            count=len(wanted),
            page_token=None,
            progress=progress,
        )
        found |= {str(sender.get("sid")): account for account, sender in listed.senders}
        wanted -= found.keys()
        if not wanted:
            break
    return found


async def _search(
    channel: Channel, wanted: set[str], client: SendersClient, page_token: str | None
) -> FoundSenders:
    return await find_senders(
        client,
        channel,
        wanted=lambda sender: sender.get("sid") in wanted,
        page_size=_PAGE_SIZE,
        page_token=page_token,
    )
