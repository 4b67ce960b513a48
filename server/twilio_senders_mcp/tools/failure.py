"""The one place where a failure of any tool is put into words.

A caller learns four things: what was refused and by whom; whether anything changed; what to do
next; and Twilio's code, link and request id. The same facts are kept as data.
"""

import logging
import traceback
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

from .errors import Declined, InvalidArguments, Issue, Unanswered

Outcome = Literal["nothing_sent", "nothing_changed", "unknown"]

_MESSAGE_MAX: Final = 1000
_ID_MAX: Final = 100
_OUTCOMES: Final[dict[Outcome, str]] = {
    "nothing_sent": "Nothing was sent, nothing changed.",
    "nothing_changed": "Nothing changed.",
    "unknown": "It is unknown whether anything changed: {check}.",
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure in words and in facts; ``docs`` is the page of the reference that helps."""

    text: str
    facts: dict[str, Any]
    docs: str | None = None


def describe_failure(
    error: BaseException, *, check: str, page: str = "", has_docs: bool = True
) -> Failure:
    """Return the words and the facts that report ``error`` to a model and to a program.

    ``check`` is what to do before a call is repeated whose outcome is unknown, ``page`` the page
    of the reference on what was called, ``has_docs`` whether the caller can read the reference.
    """
    failure = _describe(error, check, page)
    if not failure.docs or not has_docs:
        return failure
    text = f"{failure.text} See get_docs {failure.docs}."
    return Failure(text, {**failure.facts, "docs": failure.docs}, failure.docs)


def _describe(error: BaseException, check: str, page: str) -> Failure:  # noqa: PLR0911 - one line for each kind
    match error:
        case InvalidArguments():
            return _invalid_arguments(error, page)
        case Declined():
            return _declined(error)
        case Unanswered():
            return _unanswered()
        case NotSent():
            return _not_sent(error)
        case Refused():
            return _refused(error.problem)
        case OutcomeUnknown():
            return _only_read(error) if error.reading else _unknown(error, check)
        case _:
            return _unexpected(error, check)


def _invalid_arguments(error: InvalidArguments, page: str) -> Failure:
    lines = [_issue_line(issue) for issue in error.issues]
    if error.total > len(error.issues):
        lines.append(f"and {error.total - len(error.issues)} more")
    outcome: Outcome = "nothing_changed" if error.compared else "nothing_sent"
    text = "\n- ".join([f"Invalid arguments. {_OUTCOMES[outcome]}", *lines])
    issues = [
        {"path": issue.path, "expected": issue.expected}
        | ({"suggestion": issue.suggestion} if issue.suggestion else {})
        for issue in error.issues
    ]
    return _failure(
        f"{text}\nCorrect these and call again.",
        docs=page or None,
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
    "busy": "No connection became free in time: too many calls at once, or none gets an answer. "
    "Call again, fewer at a time.",
    "configuration": "Twilio could not be reached: the proxy or certificate settings of this "
    "machine cannot be used. Check HTTPS_PROXY (http:// or https://) and SSL_CERT_FILE.",
    "credentials": "There are no complete Twilio credentials.",
}


def _not_sent(error: NotSent) -> Failure:
    text = _NOT_SENT[error.reason]
    if isinstance(error, MissingCredentials):
        text += (
            f" {error.remedy} Or start the server with --sandbox: "
            "an embedded Twilio that needs no account."
        )
    return _failure(
        f"{text} {_OUTCOMES['nothing_sent']}",
        type="missing_credentials" if error.reason == "credentials" else "not_sent",
        outcome="nothing_sent",
        reason=error.reason,
        retryable=retry.may_pass(error),
    )


_REDIRECTION: Final = range(300, 400)


def _refused(problem: Problem) -> Failure:
    if problem.http_status in _REDIRECTION:
        said = f"Twilio's address answered with a redirect (HTTP {problem.http_status}). "
        said += "It was not followed: credentials go to no other host. Check TWILIO_BASE_URL."
    else:
        said = f"Twilio refused the request ({_status(problem)}){_quoted(problem)}"
    return _failure(
        _joined(said, _OUTCOMES["nothing_changed"], _advice(problem), _traces(problem)),
        docs=_page(problem),
        type="refused",
        outcome="nothing_changed",
        **_facts(problem),
        retryable=problem.http_status == retry.TOO_MANY_REQUESTS,
    )


_UNKNOWN: Final[dict[UnknownReason, str]] = {
    "timeout": "Twilio did not answer in time.",
    "connection_lost": "The connection broke before Twilio's answer was complete.",
    "server_error": "Twilio failed",
    "unreadable": "What came back is not an answer of Twilio's API",
}


def _only_read(error: OutcomeUnknown) -> Failure:
    return _no_answer(error, "nothing_changed", "Nothing changed: this only reads. Call again.")


def _unknown(error: OutcomeUnknown, check: str) -> Failure:
    return _no_answer(error, "unknown", _OUTCOMES["unknown"].format(check=check))


def _no_answer(error: OutcomeUnknown, outcome: Outcome, consequence: str) -> Failure:
    said, problem = _UNKNOWN[error.reason], error.problem
    if problem is not None:
        said += f" ({_status(problem)}){_quoted(problem)}"
    elif error.reason == "unreadable":
        said += "."
    return _failure(
        _joined(
            said,
            consequence,
            _advice(problem) if problem else "",
            _traces(problem) if problem else "",
        ),
        docs=_page(problem) if problem else None,
        type="outcome_unknown" if outcome == "unknown" else "no_answer",
        outcome=outcome,
        reason=error.reason,
        **(_facts(problem) if problem else {}),
        retryable=retry.is_safe_to_repeat(error),
    )


def _declined(error: Declined) -> Failure:
    return _failure(
        f"A person was asked and did not agree to {error.what}. {_OUTCOMES['nothing_changed']} "
        "Do not try again unless the person asks for it.",
        type="declined",
        outcome="nothing_changed",
        retryable=False,
    )


def _unanswered() -> Failure:
    return _failure(
        "A person should have been asked, but the AI tool's answer could not be read. "
        f"{_OUTCOMES['nothing_changed']} Ask the person, then call again.",
        type="unanswered",
        outcome="nothing_changed",
        retryable=False,
    )


def _unexpected(error: BaseException, check: str) -> Failure:
    # Only where it happened is logged: the text of an exception may hold what a caller sent.
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("Unexpected %s\n%s", type(error).__name__, frames)
    return _failure(
        "An error inside this server; please report it with the server's log. "
        + _OUTCOMES["unknown"].format(check=check),
        type="internal_error",
        outcome="unknown",
        retryable=False,
    )


def _status(problem: Problem) -> str:
    code = f", code {problem.code}" if problem.code is not None else ""
    return f"HTTP {problem.http_status}{code}"


def _quoted(problem: Problem) -> str:
    """Twilio's own message as one sentence of bounded length, or a full stop."""
    if problem.message is None:
        return "."
    message = " ".join(problem.message.split())
    if len(message) > _MESSAGE_MAX:
        return f": {message[:_MESSAGE_MAX]}…"
    return f": {message}" if message.endswith((".", "!", "?")) else f": {message}."


def _advice(problem: Problem) -> str:
    advice = advice_for(problem.code, problem.http_status)
    said = f"{advice.meaning} {advice.cure}" if advice else ""
    if problem.retry_after is not None:
        said = _joined(said, f"Twilio asks to wait {problem.retry_after:.0f} s.")
    return said


def _page(problem: Problem) -> str | None:
    """Return the page of the reference that explains the problem's code, if there is one."""
    known = problem.code is not None and str(problem.code) in known_codes()
    return f"errors/{problem.code}" if known else None


def _traces(problem: Problem) -> str:
    link = f"More: {problem.more_info}." if problem.more_info else ""
    request = f"Twilio request id: {problem.request_id[:_ID_MAX]}." if problem.request_id else ""
    return _joined(link, request)


def _facts(problem: Problem) -> dict[str, Any]:
    facts = {
        "http_status": problem.http_status,
        "code": problem.code,
        "message": problem.message and problem.message[:_MESSAGE_MAX],
        "more_info": problem.more_info,
        "request_id": problem.request_id and problem.request_id[:_ID_MAX],
        "retry_after": problem.retry_after,
    }
    return {key: value for key, value in facts.items() if value is not None}


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _failure(text: str, *, docs: str | None = None, **facts: Any) -> Failure:
    return Failure(text, facts, docs)
