"""What the commands ``check`` and ``survey`` show in a terminal: the tools' results as tables."""

import textwrap
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple, cast

from twilio_senders_mcp.server import create_call
from twilio_senders_mcp.settings import Settings
from twilio_senders_mcp.tools.check_sender import CheckSenderArguments, check_sender
from twilio_senders_mcp.tools.failure import describe_failure
from twilio_senders_mcp.tools.survey_senders import SurveySendersArguments, survey_senders
from twilio_senders_mcp.tools.tool import Call, Result

_STATE_WIDTH: Final = 8
_CHECK_WIDTH: Final = 14
_WIDTH_MIN: Final = 40
_OFFERED: Final = ("check_sender", "survey_senders")


class Line(NamedTuple):
    """A line: a label in the style of its role, and the rest."""

    role: str
    label: str
    text: str


class ReportFailed(Exception):  # noqa: N818 - an outcome, worded for a person
    """There is no report."""


async def check_report(
    settings: Settings, sid: str, *, account: str, sandbox: bool, width: int
) -> tuple[list[Line], bool]:
    """Check a sender; return the report, and whether the sender is not blocked.

    Raises:
        ReportFailed: if the sender cannot be checked.

    """
    arguments = CheckSenderArguments(sid=sid)
    result = await _called(settings, account, sandbox, lambda call: check_sender(call, arguments))
    return list(_checklist(result, width)), result.content["verdict"] != "blocked"


async def survey_report(
    settings: Settings, *, account: str, sandbox: bool, width: int
) -> tuple[list[Line], bool]:
    """Survey all senders; return the report, and whether all senders could be read.

    Raises:
        ReportFailed: if no sender can be read.

    """
    arguments = SurveySendersArguments()
    result = await _called(settings, account, sandbox, lambda call: survey_senders(call, arguments))
    return list(_survey(result, width)), result.content["complete"]


async def _called(
    settings: Settings,
    account: str,
    sandbox: bool,  # noqa: FBT001 - as in the callers, which name it
    run: Callable[[Call], Awaitable[Result]],
) -> Result:
    async with create_call(settings, sandbox=sandbox, offered=_OFFERED) as chosen:
        try:
            return await run(await chosen(account))
        except Exception as error:  # noqa: BLE001 - every failure is worded in one place
            raise ReportFailed(describe_failure(error).text) from None


def _checklist(result: Result, width: int) -> Iterator[Line]:
    yield Line("heading", result.summary.partition(" First: ")[0], "")
    yield Line("", "", "")
    checks = cast("list[dict[str, Any]]", result.content["checks"])
    indent = " " * (_STATE_WIDTH + _CHECK_WIDTH)
    for one in checks:
        state = one["state"]
        first, *others = _wrapped(one["found"], width - len(indent))
        yield Line(
            state, state.upper().ljust(_STATE_WIDTH), f"{one['check']:<{_CHECK_WIDTH}}{first}"
        )
        yield from (Line("", "", f"{indent}{line}") for line in others)
        if cure := one.get("cure"):
            yield from (
                Line("cure", "", f"{indent}{line}")
                for line in _wrapped(f"-> {cure}", width - len(indent))
            )
    if more := result.content["more_checks"]:
        yield Line("", "", f"and {more} more findings")


def _survey(result: Result, width: int) -> Iterator[Line]:
    content = result.content
    yield Line("heading", result.summary.partition(" Needs attention: ")[0], "")
    yield Line("", "", "")
    counted = cast("dict[str, dict[str, int]]", content["counts"] or {})
    for dimension, counts in counted.items():
        shown = ", ".join(f"{value} {count}" for value, count in counts.items())
        for position, line in enumerate(_wrapped(shown, width - _CHECK_WIDTH)):
            label = "" if position else dimension
            yield Line("label", label.ljust(_CHECK_WIDTH), line)
    yield from _groups(content["groups"], width)
    if more := content["more_groups"]:
        yield Line("", "", f"and {more} more groups")
    for one in content["unread"] or ():
        where = " ".join(str(one[key]) for key in ("account", "channel") if one.get(key))
        yield Line("warn", f"Not all read: {where}".rstrip(" :") + ": ", one["reason"])


def _groups(groups: list[dict[str, Any]], width: int) -> Iterator[Line]:
    if not groups:
        return
    yield Line("", "", "")
    yield Line("label", "needs attention", "")
    longest = max(len(group["group"]) for group in groups)
    indent = " " * (longest + 8)
    for group in groups:
        cure, *others = _wrapped(group["cure"] or "", width - len(indent))
        yield Line("warn", group["group"].ljust(longest), f"{group['count']:>6}  {cure}".rstrip())
        yield from (Line("", "", f"{indent}{line}") for line in others)
        yield from (
            Line("", "", f"{indent}{line}")
            for line in _wrapped(" ".join(group["sids"]), width - len(indent))
        )


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(_WIDTH_MIN, width)) or [""]


def shown(lines: Iterable[Line], style: Callable[[str, str], str]) -> str:
    """Return the lines as text; ``style`` returns a label in the style of its role."""
    return "\n".join(f"{style(line.label, line.role)}{line.text}".rstrip() for line in lines)
