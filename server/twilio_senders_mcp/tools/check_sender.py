"""The tool `check_sender`: one sender, or the draft of one, checked thoroughly."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Annotated, Any, Final, cast

import anyio
from pydantic import MISSING, Field

from twilio_senders_mcp.accounts.account import Account
from twilio_senders_mcp.senders.fields import channel_of
from twilio_senders_mcp.senders.finding import (
    Finding,
    State,
    Verdict,
    most_urgent_first,
    verdict_of,
)
from twilio_senders_mcp.senders.name_rules import name_findings
from twilio_senders_mcp.senders.paging import find_senders
from twilio_senders_mcp.senders.profile_rules import profile_findings
from twilio_senders_mcp.senders.status_rules import status_findings
from twilio_senders_mcp.senders.survey_keys import webhook_urls
from twilio_senders_mcp.twilio.errors import OutcomeUnknown, TwilioError
from twilio_senders_mcp.twilio.requests import CreateSender, StrictModel
from twilio_senders_mcp.twilio.responses import Sender
from twilio_senders_mcp.twilio.schema import UNPUBLISHED
from twilio_senders_mcp.twilio.values import SENDER_SID

from .check_addresses import look_at, missing_https, unusable_addresses
from .check_webhooks import check_alerts, check_delivery, check_test_delivery
from .errors import InvalidArguments, Issue
from .json_text import to_json
from .outside_text import one_line, quoted
from .sender_result import AnyResult
from .sender_text import sender_name
from .tool import Call, Question, Result, Tool
from .twilio_failure import describe_cause

READ_SECONDS: Final = 20.0
PARTS_SECONDS: Final = 24.0
"""How long reading the sender, and then everything else, may take: together less than 45 s."""

FINDINGS_MAX: Final = 40
_FOUND_MAX: Final = 400
_OUTSIDE_MAX: Final = 160
_PAGE_SIZE: Final = 1000
_READ_ONLY: Final = "not allowed: the server or the account is read-only"

Part = Callable[[], Awaitable[list[Finding]]]


class CheckSenderArguments(StrictModel):
    """Which sender or draft to check, and how."""

    sid: Annotated[
        str | None | MISSING, Field(pattern=SENDER_SID, description="The sender's SID (XE…).")
    ] = MISSING
    draft: Annotated[
        CreateSender | None | MISSING,
        Field(
            description="Instead: arguments for create_sender.",
            json_schema_extra={UNPUBLISHED: True},
        ),
    ] = MISSING
    probe: Annotated[bool, Field(description="Open the URLs from this server.")] = True
    twilio_test: Annotated[
        bool, Field(description="Let Twilio POST a test to each webhook; asks a person.")
    ] = False


class CheckedSender(AnyResult):
    """The verdict, and the checklist with the most urgent first."""

    verdict: Annotated[str, Field(description="ready, needs_attention or blocked.")]
    sid: str
    sender_id: str
    checks: list[dict[str, Any]]


async def check_sender(call: Call, arguments: CheckSenderArguments) -> Result:
    """Find out why a sender does not work, or check a draft.

    Checks status, name, profile, pictures, addresses, certificates, Twilio's errors with the
    webhooks, and their delivery.
    """
    account = await call.accounts.find(call.account) if call.account else call.accounts.default
    _require_allowed(call, account, arguments)
    sender = await _subject(call, arguments)
    urls = webhook_urls(sender)
    if arguments.twilio_test and urls:
        question = _question(sender, urls)

        async def current_question() -> Question:
            return question

        await call.confirm(question, current_question)
    findings = [*status_findings(sender)] if "sid" in sender else []
    findings += [*name_findings(sender), *profile_findings(sender)]
    findings += [*_missing_webhook(urls), *missing_https(sender)]
    parts = _parts(call, account, sender, urls, arguments)
    probing, skipped = _probing(call, sender, arguments)
    findings += skipped
    findings += await _carry_out({**probing, **parts})
    return _result(sender, most_urgent_first(findings), draft="sid" not in sender)


def _require_allowed(call: Call, account: Account, arguments: CheckSenderArguments) -> None:
    """Check what the arguments' model cannot.

    Raises:
        InvalidArguments: if they are not allowed.

    """
    if isinstance(arguments.sid, str) == isinstance(arguments.draft, CreateSender):
        raise InvalidArguments([Issue("", "expected either sid or draft")], 1)
    if arguments.twilio_test and (call.read_only or account.read_only):
        raise InvalidArguments([Issue("twilio_test", _READ_ONLY)], 1)


async def _subject(call: Call, arguments: CheckSenderArguments) -> Sender:
    """Return the sender, or the draft as a sender without a SID."""
    if isinstance(arguments.draft, CreateSender):
        return cast("Sender", arguments.draft.model_dump(exclude={"configuration"}))
    try:
        with anyio.fail_after(READ_SECONDS):
            sender = (await call.twilio.fetch(str(arguments.sid))).sender
    except TimeoutError:
        raise OutcomeUnknown("timeout", reading=True) from None
    return {**sender, "sid": str(arguments.sid)}


def _question(sender: Sender, urls: dict[str, str]) -> Question:
    shown = ", ".join(quoted(url) for url in dict.fromkeys(urls.values()))
    name = sender_name(sender)
    return Question(
        text=f"Let Twilio send a test request to the webhooks of {name}? A real request arrives at "
        f"{shown}.",
        what=f"sending test requests to the webhooks of {name}",
        seen=to_json(urls),
        label="Send the test requests",
        # Clients may let a model call a tool that reads without asking anybody.
        required=True,
    )


def _parts(
    call: Call,
    account: Account,
    sender: Sender,
    urls: dict[str, str],
    arguments: CheckSenderArguments,
) -> dict[str, Part]:
    """Return the parts that ask Twilio, by the names of their checks."""
    parts: dict[str, Part] = {}
    if "sid" not in sender:
        parts["registration"] = lambda: _check_new(call, sender)
    if urls:
        parts["alerts"] = lambda: check_alerts(account.monitor, urls)
        parts["delivery_rule"] = lambda: check_delivery(account.webhooks, urls)
    if urls and arguments.twilio_test:
        parts["delivery_test"] = lambda: check_test_delivery(account.webhooks, urls)
    return parts


def _missing_webhook(urls: dict[str, str]) -> Iterator[Finding]:
    if "callback_url" not in urls:
        yield Finding(
            check="webhook",
            state="warn",
            found="webhook.callback_url is not set, so no server receives inbound messages.",
            cure="Set webhook.callback_url.",
            page="topics/webhooks",
        )


async def _check_new(call: Call, sender: Sender) -> list[Finding]:
    sender_id = sender.get("sender_id")
    found = await find_senders(
        call.twilio,
        "rcs" if channel_of(sender) == "rcs" else "whatsapp",
        wanted=lambda other: other.get("sender_id") == sender_id,
        count=1,
        page_size=_PAGE_SIZE,
    )
    cure, outside = "", (sender_id,)
    state: State
    if found.senders:
        state, text = "fail", "The account already has {}, as {}."
        cure, outside = "Change that sender instead.", (sender_id, found.senders[0].get("sid"))
    elif found.complete and not found.interrupted:
        state, text = "pass", "The account does not have {} yet."
    else:
        state = "unknown"
        text = "Not all senders of the account could be read; those that were do not include {}."
    return [
        Finding(
            check="registration",
            state=state,
            found=text,
            cure=cure,
            page="operations/create-sender",
            outside=outside,
        )
    ]


def _probing(
    call: Call, sender: Sender, arguments: CheckSenderArguments
) -> tuple[dict[str, Part], list[Finding]]:
    """Return the part that opens addresses, and the findings of what it does not open."""
    prober = call.prober
    findings, usable = unusable_addresses(sender, sandbox=call.sandbox)
    if not usable:
        return {}, findings
    if prober is not None and arguments.probe:
        return {"address": lambda: look_at(usable, sender, prober)}, findings
    reason = "this server does not open them" if arguments.probe else "probe is false"
    count = len(usable)
    findings.append(
        Finding(
            check="address",
            state="skipped",
            found=f"{count} address{'' if count == 1 else 'es'} not opened: {reason}.",
        )
    )
    return {}, findings


async def _carry_out(parts: dict[str, Part]) -> list[Finding]:
    """Carry out parts side by side; one that fails or takes too long does not hide the others."""
    found: dict[str, list[Finding]] = {}

    async def carry_out(name: str, part: Part) -> None:
        try:
            found[name] = await part()
        except TwilioError as error:
            found[name] = [
                Finding(
                    check=name,
                    state="skipped",
                    found="Not checked: {}",
                    outside=(describe_cause(error),),
                )
            ]

    with anyio.move_on_after(PARTS_SECONDS):
        async with anyio.create_task_group() as working:
            for name, part in parts.items():
                working.start_soon(carry_out, name, part)
    late = f"Not finished within {PARTS_SECONDS:.0f} s."
    return [
        one
        for name in parts
        for one in found.get(name, [Finding(check=name, state="skipped", found=late)])
    ]


def _result(sender: Sender, findings: list[Finding], *, draft: bool) -> Result:
    verdict = verdict_of(findings)
    checks = [_shown(finding) for finding in findings[:FINDINGS_MAX]]
    more = len(findings) - len(checks)
    return Result(
        summary=_summary(sender, verdict, findings),
        content={
            "verdict": verdict,
            "sid": sender.get("sid"),
            "sender_id": sender.get("sender_id"),
            "checks": checks,
            "more_checks": more or None,
        },
        next=_next(verdict, draft=draft),
    )


def _shown(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "state": finding.state,
        "found": _found(finding),
        "cure": finding.cure or None,
        "page": finding.page if finding.state in ("fail", "warn") else None,
    }


def _found(finding: Finding) -> str:
    text = finding.found.format(*(quoted(text, _OUTSIDE_MAX) for text in finding.outside))
    return one_line(text, _FOUND_MAX)


_VERDICTS: Final[dict[Verdict, str]] = {
    "ready": "is ready",
    "needs_attention": "needs attention",
    "blocked": "is blocked",
}


def _summary(sender: Sender, verdict: Verdict, findings: list[Finding]) -> str:
    failed = sum(finding.state == "fail" for finding in findings)
    warned = sum(finding.state == "warn" for finding in findings)
    text = f"{sender_name(sender)} {_VERDICTS[verdict]}"
    if verdict == "ready":
        open_ = sum(finding.state in ("unknown", "skipped") for finding in findings)
        return f"{text}: no check failed" + (f"; {open_} could not be completed." if open_ else ".")
    counts = f"{failed} failed, {warned} warning{'' if warned == 1 else 's'}"
    return f"{text} ({counts}). First: {_found(findings[0])}"


def _next(verdict: Verdict, *, draft: bool) -> str:
    if draft:
        good = "Register it with create_sender."
        return good if verdict != "blocked" else "Correct the draft and check it with check_sender."
    if verdict == "ready":
        return ""
    return "Apply the cures, with update_sender where a field is wrong, then check again."


CHECK_SENDER = Tool(
    name="check_sender",
    title="Check sender",
    effect="reads",
    arguments=CheckSenderArguments,
    result=CheckedSender,
    run=check_sender,
    page="topics/checks",
    instruction="check_sender finds out why a sender does not work.",
)
