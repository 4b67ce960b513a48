"""The tool `plan_changes`: what exactly a change of many senders would do."""

from collections.abc import Sequence
from typing import Final

from pydantic import MISSING

from twilio_senders_mcp.changes import (
    Change,
    PlanView,
    ReplaceHost,
    Selection,
    SendersByQuery,
    SendersBySid,
    SetFields,
    SetRows,
)
from twilio_senders_mcp.twilio.values import Channel

from .account_argument import ALL_ACCOUNTS
from .change_arguments import (
    PlanChangesArguments,
    PlanChangesOfAccountsArguments,
    Row,
    SelectedSenders,
)
from .locate_senders import accounts_of_senders
from .optional_text import text_of
from .plan_result import PlanResult, plan_content, plan_sentence, plan_text
from .tool import Call, Result, Tool

_NOT_GIVEN: Final = (None, MISSING)


async def plan_changes(call: Call, arguments: PlanChangesArguments) -> Result:
    """Plan a change of many senders, or of one: shows each field before and after, and impacts.

    Only reads; apply_plan applies it. Give exactly one of set, replace_host, rows, undo, or plan.
    """
    view = await _plan(call, arguments)
    several = call.accounts.several
    following = ""
    if view.run is not None:
        following = f"It was applied as the run {view.run}: see follow_run."
    elif view.counts.changes:
        following = "Show the person the impacts and some changes, then call apply_plan."
    return Result(
        summary=plan_sentence(view),
        content=plan_content(view, several=several),
        next=following,
        text=plan_text(view, several=several),
    )


async def _plan(call: Call, arguments: PlanChangesArguments) -> PlanView:
    async def progress(done: int, total: int) -> None:
        await call.progress(done, total, f"{done} of {total} senders read")

    changes = call.changes
    if isinstance(arguments.plan, str):
        token = arguments.page_token if isinstance(arguments.page_token, str) else None
        return await changes.show_plan(arguments.plan, token)
    if isinstance(arguments.undo, str):
        return await changes.plan_undo(arguments.undo, progress=progress)
    selection, change = await _request(call, arguments)
    return await changes.plan(selection, change, progress=progress)


async def _request(call: Call, arguments: PlanChangesArguments) -> tuple[Selection, Change]:
    if isinstance(arguments.rows, list):
        rows = arguments.rows
        named = [(_account_of(row, call), row.sid) for row in rows]
        bodies = {row.sid: row.body() for row in rows}
        return await _by_sid(call, named), SetRows(bodies)
    senders = arguments.senders
    assert isinstance(senders, SelectedSenders)  # noqa: S101 - the model requires it
    selection = await _selection(call, senders)
    if arguments.set not in _NOT_GIVEN:
        return selection, SetFields(arguments.set.body())
    host = arguments.replace_host
    assert host is not None and host is not MISSING  # noqa: S101, PT018 - as above
    return selection, ReplaceHost(host.old, host.new)


async def _selection(call: Call, senders: SelectedSenders) -> Selection:
    account = _account_of(senders, call)
    if isinstance(senders.sids, list):
        return await _by_sid(call, [(account, sid) for sid in senders.sids])
    accounts = (
        (await call.accounts.all()).accounts
        if account == ALL_ACCOUNTS
        else [await call.accounts.find(account)]
    )
    channel: Channel | None = senders.channel if isinstance(senders.channel, str) else None
    return SendersByQuery(accounts, channel, text_of(senders.query), text_of(senders.status))


async def _by_sid(call: Call, named: Sequence[tuple[str, str]]) -> SendersBySid:
    """Return the senders with their accounts, which are looked up for those given with ``*``."""
    unplaced = [sid for account, sid in named if account == ALL_ACCOUNTS]
    found = await accounts_of_senders(call, unplaced) if unplaced else {}
    return SendersBySid(
        [
            (found.get(sid, account) if account == ALL_ACCOUNTS else account, sid)
            for account, sid in named
        ]
    )


def _account_of(given: SelectedSenders | Row, call: Call) -> str:
    return text_of(getattr(given, "account", None)) or call.accounts.default.name


PLAN_CHANGES = Tool(
    name="plan_changes",
    title="Plan changes",
    effect="reads",
    accounts="none",
    arguments=PlanChangesArguments,
    arguments_of_accounts=PlanChangesOfAccountsArguments,
    result=PlanResult,
    run=plan_changes,
    page="topics/many-senders",
)
