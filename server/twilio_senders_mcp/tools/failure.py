"""The messages of all failures, written in this one module.

A message says what was refused and by whom, whether anything changed, what to do next, and gives
Twilio's code, link and request id. The same facts are also returned as data.
"""

import logging
import re
import traceback
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, Literal

from twilio_senders_mcp.twilio import retry
from twilio_senders_mcp.twilio.errors import (
    MissingCredentials,
    NotSent,
    NotSentReason,
    OutcomeUnknown,
    Problem,
    Refused,
    UnknownReason,
    advice_for,
    known_codes,
)
from twilio_senders_mcp.twilio.responses import Sender

from .consent_text import consent_text
from .errors import AlreadyRegistered, ConsentMissing, InvalidArguments, Issue
from .outside_text import MESSAGE_MAX, identifier, one_line, quoted
from .sender_text import sender_name

Outcome = Literal["nothing_sent", "nothing_changed", "unknown"]

_NOTHING_SENT: Final = "Nothing was sent, nothing changed."
_NOTHING_CHANGED: Final = "Nothing changed."
_REQUEST_ID: Final = re.compile(r"[\w-]{1,100}", re.ASCII)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure as text and as facts; ``docs`` is the page of the reference that helps."""

    text: str
    facts: dict[str, Any]
    docs: str | None = None


def describe_failure(
    error: BaseException,
    *,
    check: str | None = None,
    page: str = "",
    offered: Collection[str] = (),
) -> Failure:
    """Return the text and the facts that report ``error`` to a model and to a program.

    ``check`` is the advice shown when the outcome of a call is unknown, None for a call that only
    reads. ``page`` is the page of the reference about the tool. ``offered`` are the names of the
    tools that the caller has; no other one is named.
    """
    failure = _describe(error, check, page, offered)
    if not failure.docs or "get_docs" not in offered:
        return failure
    text = f"{failure.text} See get_docs {failure.docs}."
    return Failure(text, {**failure.facts, "docs": failure.docs}, failure.docs)


def _describe(  # noqa: PLR0911 - one line for each kind
    error: BaseException, check: str | None, page: str, offered: Collection[str]
) -> Failure:
    match error:
        case InvalidArguments():
            return _invalid_arguments(error, page)
        case AlreadyRegistered():
            return _already_registered(error.sender, offered)
        case ConsentMissing():
            return _consent_missing(error)
        case NotSent():
            return _not_sent(error)
        case Refused():
            return _refused(error.problem)
        case OutcomeUnknown():
            return _failed_read(error) if error.reading else _unknown_write(error, check)
        case _:
            return _unexpected(error, check)


def _unknown_outcome_sentence(check: str | None) -> str:
    return f"It is unknown whether anything changed{f': {check}' if check else ''}."


def _invalid_arguments(error: InvalidArguments, page: str) -> Failure:
    lines = [_issue_line(issue) for issue in error.issues]
    if error.total > len(error.issues):
        lines.append(f"and {error.total - len(error.issues)} more")
    outcome: Outcome = "nothing_changed" if error.compared else "nothing_sent"
    consequence = _NOTHING_CHANGED if error.compared else _NOTHING_SENT
    text = "\n- ".join([f"Invalid arguments. {consequence}", *lines])
    issues = [
        {"path": issue.path, "expected": issue.expected}
        | ({"suggestion": issue.suggestion} if issue.suggestion else {})
        for issue in error.issues
    ]
    return _failure(
        f"{text}\nCorrect these and call again.",
        docs=page if page and any(issue.on_page for issue in error.issues) else None,
        type="invalid_arguments",
        outcome=outcome,
        issues=issues,
    )


def _issue_line(issue: Issue) -> str:
    line = f"{issue.path}: {issue.expected}" if issue.path else issue.expected
    return f"{line}; did you mean {issue.suggestion}?" if issue.suggestion else line


_NOT_SENT: Final[dict[NotSentReason, str]] = {
    "refused": "Twilio could not be reached: the connection was refused. "
    "Check TWILIO_BASE_URL and the network, then call again.",
    "dns": "Twilio could not be reached: its host name did not resolve. "
    "Check TWILIO_REGION, TWILIO_EDGE, TWILIO_BASE_URL and the network, then call again.",
    "tls": "Twilio could not be reached: no trusted TLS connection could be made. "
    "Check the certificates of this machine and of any proxy in between.",
    "timeout": "Twilio could not be reached: connecting took too long. "
    "Check the network, then call again.",
    "network": "Twilio could not be reached: no connection could be made. "
    "Check the network and any proxy, then call again.",
    "busy": "No connection became free in time: too many calls at once, or Twilio does not "
    "respond. Call again with fewer calls at a time.",
    "configuration": "Twilio could not be reached: the address, or the proxy or certificate "
    "settings of this machine, cannot be used. Check TWILIO_BASE_URL, HTTPS_PROXY (http:// or "
    "https://) and SSL_CERT_FILE.",
    "credentials": "There are no complete Twilio credentials.",
}


def _not_sent(error: NotSent) -> Failure:
    text = _NOT_SENT[error.reason]
    if isinstance(error, MissingCredentials):
        text += (
            f" {error.remedy} Or start the server with --sandbox to use "
            "an embedded Twilio that needs no account."
        )
    return _failure(
        f"{text} {_NOTHING_SENT}",
        type="missing_credentials" if error.reason == "credentials" else "not_sent",
        outcome="nothing_sent",
        reason=error.reason,
        retryable=retry.is_temporary(error),
    )


_REDIRECTION: Final = range(300, 400)


def _refused(problem: Problem) -> Failure:
    if problem.http_status in _REDIRECTION:
        cause = f"Twilio's address responded with a redirect (HTTP {problem.http_status}). It was "
        cause += "not followed: credentials are sent to no other host. Check TWILIO_BASE_URL."
    else:
        cause = f"Twilio refused the request ({_status(problem)}){_message(problem)}"
    return _failure(
        _joined(cause, _NOTHING_CHANGED, _advice(problem), _link_and_request_id(problem)),
        docs=_page(problem),
        type="refused",
        outcome="nothing_changed",
        **_facts(problem),
        retryable=problem.http_status == retry.TOO_MANY_REQUESTS,
    )


_UNKNOWN: Final[dict[UnknownReason, str]] = {
    "timeout": "Twilio did not respond in time.",
    "connection_lost": "The connection broke before Twilio's response was complete.",
    "server_error": "Twilio returned an error",
    "unreadable": "The response is not a valid Twilio API response",
    "other_sender": "Twilio's response does not name this sender",
}


def _failed_read(error: OutcomeUnknown) -> Failure:
    consequence = "Nothing changed: the request that failed only reads."
    return _outcome_unknown(error, "nothing_changed", consequence)


def _unknown_write(error: OutcomeUnknown, check: str | None) -> Failure:
    return _outcome_unknown(error, "unknown", _unknown_outcome_sentence(check))


def _outcome_unknown(error: OutcomeUnknown, outcome: Outcome, consequence: str) -> Failure:
    cause, problem = _UNKNOWN[error.reason], error.problem
    if problem is not None:
        cause += f" ({_status(problem)}){_message(problem)}"
    elif error.reason == "unreadable":
        cause += "."
    return _failure(
        _joined(
            cause,
            consequence,
            _advice(problem) if problem else "",
            _link_and_request_id(problem) if problem else "",
        ),
        docs=_page(problem) if problem else None,
        type="outcome_unknown" if outcome == "unknown" else "no_answer",
        outcome=outcome,
        reason=error.reason,
        **(_facts(problem) if problem else {}),
        retryable=retry.is_safe_to_repeat(error),
    )


def _already_registered(sender: Sender, offered: Collection[str]) -> Failure:
    sid, status = sender.get("sid"), sender.get("status")
    facts = ", ".join(identifier(fact) for fact in (sid, status) if fact)
    return _failure(
        f"This account already has {sender_name(sender)}{f' ({facts})' if facts else ''}. It was "
        f"not registered again. {_NOTHING_CHANGED}"
        + (" Change it with update_sender." if "update_sender" in offered else ""),
        type="already_registered",
        outcome="nothing_changed",
        **({"sid": sid} if sid else {}),
        retryable=False,
    )


def _consent_missing(error: ConsentMissing) -> Failure:
    kind, text = consent_text(error)
    return _failure(text, type=kind, outcome="nothing_changed", retryable=False)


def _unexpected(error: BaseException, check: str | None) -> Failure:
    # Only the traceback is logged: the exception's text may contain a caller's input.
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("Unexpected %s\n%s", type(error).__name__, frames)
    return _failure(
        "This server had an internal error. Please report it with the server's log. "
        + (_NOTHING_CHANGED if check is None else _unknown_outcome_sentence(check)),
        type="internal_error",
        outcome="nothing_changed" if check is None else "unknown",
        retryable=False,
    )


def _status(problem: Problem) -> str:
    code = f", code {problem.code}" if problem.code is not None else ""
    return f"HTTP {problem.http_status}{code}"


def _message(problem: Problem) -> str:
    """Quote Twilio's message and end the sentence."""
    return f": {quoted(problem.message, MESSAGE_MAX)}." if problem.message else "."


def _advice(problem: Problem) -> str:
    advice = advice_for(problem.code, problem.http_status)
    text = f"{advice.meaning} {advice.cure}" if advice else ""
    if problem.retry_after is not None:
        text = _joined(text, f"Twilio asks you to wait {problem.retry_after:.0f} s.")
    return text


def _page(problem: Problem) -> str | None:
    """Return the page of the reference about the problem's code, if there is one."""
    known = problem.code is not None and str(problem.code) in known_codes()
    return f"errors/{problem.code}" if known else None


def _link_and_request_id(problem: Problem) -> str:
    link = f"More: {problem.more_info}." if problem.more_info else ""
    request = f"Twilio request id: {_request_id(problem)}." if _request_id(problem) else ""
    return _joined(link, request)


def _request_id(problem: Problem) -> str | None:
    known = problem.request_id and _REQUEST_ID.fullmatch(problem.request_id)
    return known[0] if known else None


def _facts(problem: Problem) -> dict[str, Any]:
    facts = {
        "http_status": problem.http_status,
        "code": problem.code,
        "message": problem.message and one_line(problem.message, MESSAGE_MAX),
        "more_info": problem.more_info,
        "request_id": _request_id(problem),
        "retry_after": problem.retry_after,
    }
    return {key: value for key, value in facts.items() if value is not None}


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _failure(text: str, *, docs: str | None = None, **facts: Any) -> Failure:
    return Failure(text, facts, docs)
