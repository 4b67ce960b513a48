"""The messages of what goes wrong between this server and Twilio."""

import re
from typing import Any, Final

from twilio_senders_mcp.twilio import retry
from twilio_senders_mcp.twilio.errors import (
    MissingCredentials,
    NotSent,
    NotSentReason,
    OutcomeUnknown,
    Problem,
    Refused,
    TwilioError,
    UnknownReason,
    advice_for,
    known_codes,
)

from .failure_result import (
    NOTHING_CHANGED,
    NOTHING_SENT,
    Failure,
    Outcome,
    failure,
    unknown_outcome_sentence,
)
from .outside_text import MESSAGE_MAX, one_line, quoted

_REQUEST_ID: Final = re.compile(r"[\w-]{1,100}", re.ASCII)

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
    "read_only": "This account is read-only.",
}


def describe_twilio_error(error: TwilioError, check: str | None, note: str = "") -> Failure:
    """Return the text and the facts that report ``error``.

    ``check`` is the advice shown when the outcome of a call is unknown, None for a call that only
    reads. ``note`` is a sentence to add if Twilio refused the request.
    """
    match error:
        case NotSent():
            return _not_sent(error)
        case Refused():
            return _refused(error.problem, note)
        case OutcomeUnknown() if error.reading:
            return _failed_read(error)
        case OutcomeUnknown():
            return _unknown_write(error, check)
        case _:  # pragma: no cover - there are no other kinds
            raise AssertionError


def describe_cause(error: TwilioError) -> str:
    """Return what went wrong in one or two sentences, for a list of failures."""
    match error:
        case NotSent():
            return _NOT_SENT[error.reason]
        case Refused():
            return _refusal(error.problem)
        case OutcomeUnknown():
            return _unknown_cause(error)
        case _:  # pragma: no cover - there are no other kinds
            raise AssertionError


def _not_sent(error: NotSent) -> Failure:
    text = _NOT_SENT[error.reason]
    if isinstance(error, MissingCredentials):
        text += (
            f" {error.remedy} Or start the server with --sandbox to use "
            "an embedded Twilio that needs no account."
        )
    return failure(
        f"{text} {NOTHING_SENT}",
        type="missing_credentials" if error.reason == "credentials" else "not_sent",
        outcome="nothing_sent",
        reason=error.reason,
        retryable=retry.is_temporary(error),
    )


_REDIRECTION: Final = range(300, 400)


def _refusal(problem: Problem) -> str:
    if problem.http_status in _REDIRECTION:
        return (
            f"Twilio's address responded with a redirect (HTTP {problem.http_status}). It was not "
            "followed: credentials are sent to no other host. Check TWILIO_BASE_URL."
        )
    return f"Twilio refused the request ({_status(problem)}){_message(problem)}"


def _refused(problem: Problem, note: str) -> Failure:
    parts = (_refusal(problem), NOTHING_CHANGED, _advice(problem), note)
    return failure(
        _joined(*parts, _link_and_request_id(problem)),
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
    return _outcome_unknown(error, "unknown", unknown_outcome_sentence(check))


def _unknown_cause(error: OutcomeUnknown) -> str:
    cause, problem = _UNKNOWN[error.reason], error.problem
    if problem is not None:
        return f"{cause} ({_status(problem)}){_message(problem)}"
    return f"{cause}{'' if cause.endswith('.') else '.'}"


def _outcome_unknown(error: OutcomeUnknown, outcome: Outcome, consequence: str) -> Failure:
    problem = error.problem
    return failure(
        _joined(
            _unknown_cause(error),
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
