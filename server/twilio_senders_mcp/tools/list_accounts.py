"""The tool `list_accounts`: which Twilio accounts there are."""

from typing import Annotated, Any, Final

import anyio
from pydantic import MISSING, Field

from twilio_senders_mcp.accounts.account import Account
from twilio_senders_mcp.accounts.accounts import Accounts
from twilio_senders_mcp.twilio.requests import StrictModel
from twilio_senders_mcp.twilio.values import AnyText

from .failure import describe_unavailable
from .optional_text import text_of
from .sender_result import AnyResult
from .senders_of_accounts import account_position
from .tool import Call, Result, Tool

_STATUS_SECONDS: Final = 10.0


class ListAccountsArguments(StrictModel):
    """Which accounts to list."""

    query: Annotated[
        AnyText | None | MISSING,
        Field(max_length=100, description="Part of a name, description or SID."),
    ] = MISSING
    page_size: Annotated[int, Field(ge=1, le=200, description="50 by default.")] = 50
    page_token: Annotated[
        AnyText | None | MISSING,
        Field(max_length=100, description="next_page_token of the previous result."),
    ] = MISSING


class ListedAccounts(AnyResult):
    """The accounts on this page, and how many match altogether."""

    accounts: list[dict[str, Any]]
    total: int
    unavailable: list[str]
    next_page_token: str


async def list_accounts(call: Call, arguments: ListAccountsArguments) -> Result:
    """List the Twilio accounts that the other tools can use as account, with their SIDs."""
    known = await call.accounts.all()
    query = text_of(arguments.query).casefold()
    found = [account for account in known.accounts if _matches(account, query)]
    after = text_of(arguments.page_token)
    start = account_position(found, after) + 1 if after else 0
    page = found[start : start + arguments.page_size]
    more = start + len(page) < len(found)
    unavailable = [describe_unavailable(error) for error in known.unavailable]
    plural = "" if len(found) == 1 else "s"
    summary = f"{len(found)} account{plural}{'; this is one page of them' if more else ''}."
    return Result(
        summary=" ".join([summary, *unavailable]),
        content={
            "accounts": await _described(call.accounts, page),
            "total": len(found),
            "unavailable": unavailable or None,
            "next_page_token": page[-1].sid if more else None,
        },
        next="Call list_accounts again with this next_page_token as page_token." if more else "",
    )


def _matches(account: Account, query: str) -> bool:
    texts = (account.name, account.description, account.sid)
    return any(query in text.casefold() for text in texts)


async def _described(accounts: Accounts, page: list[Account]) -> list[dict[str, Any]]:
    """Return the facts about each account, without a status that cannot be read in time."""
    statuses: dict[str, str] = {}

    async def read_status(account: Account) -> None:
        statuses[account.sid] = await accounts.status_of(account)

    with anyio.move_on_after(_STATUS_SECONDS):
        async with anyio.create_task_group() as reading:
            for account in page:
                reading.start_soon(read_status, account)
    return [
        {
            "name": account.name,
            "sid": account.sid,
            "description": account.description or None,
            "status": statuses.get(account.sid) or None,
            "read_only": account.read_only or None,
            "default": account is accounts.default or None,
        }
        for account in page
    ]


LIST_ACCOUNTS = Tool(
    name="list_accounts",
    title="List accounts",
    effect="reads",
    accounts="none",
    arguments=ListAccountsArguments,
    result=ListedAccounts,
    run=list_accounts,
    instruction="There are several Twilio accounts: name one as account, or the default one is "
    "used.",
)
