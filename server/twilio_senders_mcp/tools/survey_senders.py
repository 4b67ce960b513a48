"""The tool `survey_senders`: how all senders are, in one call."""

import re
from typing import Annotated, Any, Final

from pydantic import MISSING, Field

from twilio_senders_mcp.accounts.account import Account
from twilio_senders_mcp.senders.survey import Survey
from twilio_senders_mcp.senders.survey_keys import key
from twilio_senders_mcp.twilio.requests import StrictModel
from twilio_senders_mcp.twilio.values import CHANNELS, SENDER_SID, AnyText, Channel

from .account_argument import ALL_ACCOUNTS
from .errors import InvalidArguments, Issue
from .failure import describe_unavailable
from .json_text import to_json
from .optional_text import text_of
from .outside_text import identifier, one_line, quoted
from .sender_result import AnyResult
from .survey_reading import SurveyReading, Unread
from .survey_text import member, survey_content
from .tool import Call, Result, Tool

PAGE_SIZE: Final = 30
"""Senders of a group on one page."""

_UNREAD_MAX: Final = 3
_REASON_MAX: Final = 110
_FIRST_GROUPS: Final = 3
_NEXT: Final = "Examine a sender with check_sender, or list a group: survey_senders with group."
_MORE: Final = "Call survey_senders again with this group and this next_page_token as page_token."

RESULT_MAX: Final = 4_000
"""Maximum size of a survey in either form, in bytes, whatever the senders contain."""

_FRAME: Final = 150
"""For the names of the fields and for what the protocol adds, in bytes."""


class SurveySendersArguments(StrictModel):
    """Which senders to survey, and what of the survey to show."""

    channel: Annotated[Channel | None | MISSING, Field(description="Both if omitted.")] = MISSING
    problems_only: Annotated[bool, Field(description="Omit the counts.")] = False
    group: Annotated[
        AnyText | None | MISSING,
        Field(
            max_length=60,
            description="List this group of a survey, or e.g. status:ONLINE.",
        ),
    ] = MISSING
    page_token: Annotated[
        AnyText | None | MISSING,
        Field(max_length=100, description="next_page_token of the previous result."),
    ] = MISSING


class SurveyedSenders(AnyResult):
    """Counts, and the groups of senders that need attention; or the senders of one group."""

    looked_at: int
    complete: bool
    unread: list[dict[str, Any]]
    counts: dict[str, Any]
    groups: list[dict[str, Any]]
    senders: list[dict[str, Any]]
    next_page_token: str


async def survey_senders(call: Call, arguments: SurveySendersArguments) -> Result:
    """Summarize the state of all senders: counts, and which need attention.

    Groups offline reasons, low quality, names in review, webhooks and incomplete profiles, with
    cures and the next call. Use it instead of listing everything.
    """
    group, after = text_of(arguments.group), text_of(arguments.page_token)
    _require_page_of_group(group, after)
    group = key(*group.split(":", 1)) if ":" in group else group
    survey = Survey(group, after=after, page_size=PAGE_SIZE)
    accounts, failed = await _accounts(call)
    reading = SurveyReading(
        survey,
        accounts,
        tuple(one for one in CHANNELS if one == arguments.channel) or CHANNELS,
        call.progress,
        naming=call.accounts.several,
    )
    unread = await reading.read()
    errors = [one.error for one in unread if one.error]
    if errors and len(errors) == reading.lists:
        raise errors[0]
    facts = {
        "looked_at": survey.senders,
        "complete": not unread and not failed,
        "unread": _shown(unread, failed, naming=call.accounts.several) or None,
    }
    ending = "" if not unread and not failed else " Not all senders could be read: see unread."
    if group:
        return _group_page(survey, group, facts, ending)
    summary = _summary(survey, len(accounts) if call.accounts.several else 0) + ending
    content = survey_content(
        survey,
        problems_only=arguments.problems_only,
        offered=frozenset(call.offered),
        senders=_selection(call, arguments),
        room=RESULT_MAX - len(to_json([facts, summary, _NEXT]).encode()) - _FRAME,
    )
    return Result(
        summary=summary,
        content={**facts, **content},
        next=_NEXT if content["groups"] else "",
    )


def _require_page_of_group(group: str, after: str) -> None:
    """Check what the arguments' model cannot.

    Raises:
        InvalidArguments: if there is a page token without a group, or if it is none of ours.

    """
    if after and not group:
        raise InvalidArguments([Issue("page_token", "only with group")], 1)
    if after and not re.fullmatch(SENDER_SID, after):
        expected = "expected the next_page_token of the previous result"
        raise InvalidArguments([Issue("page_token", expected)], 1)


def _selection(call: Call, arguments: SurveySendersArguments) -> dict[str, str]:
    """Return the senders that are surveyed as plan_changes selects them."""
    selection = {"channel": arguments.channel} if isinstance(arguments.channel, str) else {}
    if call.accounts.several:
        selection["account"] = call.account or ALL_ACCOUNTS
    return selection if "channel" in selection else {"query": "", **selection}


async def _accounts(call: Call) -> tuple[list[Account], list[tuple[str, str]]]:
    """Return the accounts to survey, and whose subaccounts could not be read, with the reason."""
    if not call.accounts.several:
        return [call.accounts.default], []
    if call.account:
        return [await call.accounts.find(call.account)], []
    known = await call.accounts.all()
    failed = [(error.parent, describe_unavailable(error)) for error in known.unavailable]
    return known.accounts, failed


def _shown(
    unread: list[Unread], failed: list[tuple[str, str]], *, naming: bool
) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = [
        {
            "account": one.account if naming else None,
            "channel": one.channel,
            "reason": one_line(one.reason, _REASON_MAX),
        }
        for one in unread
    ] + [{"account": name, "reason": one_line(reason, _REASON_MAX)} for name, reason in failed]
    more = len(lines) - _UNREAD_MAX
    return [*lines[:_UNREAD_MAX], *([{"reason": f"and {more} more"}] if more > 0 else [])]


def _group_page(survey: Survey, group: str, facts: dict[str, Any], ending: str) -> Result:
    count = survey.count_of(group)
    members = survey.members
    plural = "" if count == 1 else "s"
    return Result(
        summary=f"{count} sender{plural} of {survey.senders} in the group {identifier(group)}."
        + ending,
        content={
            **facts,
            "senders": [member(one) for one in members],
            "next_page_token": members[-1].sid if survey.more_members else None,
        },
        next=_MORE if survey.more_members else "",
    )


def _summary(survey: Survey, accounts: int) -> str:
    total, online = survey.senders, survey.counts("status").get("ONLINE", 0)
    where = f" in {accounts} account{'' if accounts == 1 else 's'}" if accounts else ""
    text = f"{total} sender{'' if total == 1 else 's'}{where}, {online} ONLINE."
    groups = survey.groups()
    if not groups:
        return f"{text} None needs attention, as far as the lists show." if total else text
    first = ", ".join(f"{quoted(one.key)} ({one.count})" for one in groups[:_FIRST_GROUPS])
    more = len(groups) - _FIRST_GROUPS
    return f"{text} Needs attention: {first}{f' and {more} more groups' if more > 0 else ''}."


SURVEY_SENDERS = Tool(
    name="survey_senders",
    title="Survey senders",
    effect="reads",
    arguments=SurveySendersArguments,
    accounts="all",
    result=SurveyedSenders,
    run=survey_senders,
    page="topics/checks",
    instruction="survey_senders summarizes all senders.",
)
