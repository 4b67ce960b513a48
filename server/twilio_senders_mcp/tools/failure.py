"""The messages of all failures, written in this module and `.twilio_failure`.

A message says what was refused and by whom, whether anything changed, what to do next, and gives
Twilio's code, link and request id. The same facts are also returned as data.
"""

import logging
import traceback
from collections.abc import Collection
from typing import Final

from twilio_senders_mcp.accounts.errors import (
    ReadOnlyAccount,
    SubaccountsUnavailable,
    UnknownAccount,
)
from twilio_senders_mcp.changes.errors import ChangesError
from twilio_senders_mcp.twilio.errors import Refused, TwilioError
from twilio_senders_mcp.twilio.responses import Sender

from .changes_failure import describe_changes_error
from .consent_text import consent_text
from .errors import AlreadyRegistered, ConsentMissing, InvalidArguments, Issue
from .failure_result import (
    NOTHING_CHANGED,
    NOTHING_SENT,
    Failure,
    Outcome,
    failure,
    unknown_outcome_sentence,
)
from .outside_text import identifier, quoted
from .sender_text import sender_name
from .twilio_failure import describe_cause, describe_twilio_error

_NOT_FOUND: Final = 404
_NOT_AUTHORIZED: Final = (401, 403)
_CHECKABLE: Final = (63100, 63124)

logger = logging.getLogger(__name__)


def describe_failure(
    error: BaseException,
    *,
    check: str | None = None,
    page: str = "",
    offered: Collection[str] = (),
    account: str = "",
) -> Failure:
    """Return the text and the facts that report ``error`` to a model and to a program.

    ``check`` is the advice shown when the outcome of a call is unknown, None for a call that only
    reads. ``page`` is the page of the reference about the tool. ``offered`` are the names of the
    tools that the caller has; no other one is named. ``account`` is the account of the call, where
    there are several.
    """
    described = _describe(error, check, page, offered, account)
    text, facts = described.text, described.facts
    if account:
        text, facts = f"Account {quoted(account)}: {text}", {**facts, "account": account}
    if described.docs and "get_docs" in offered:
        text, facts = f"{text} See get_docs {described.docs}.", {**facts, "docs": described.docs}
    return Failure(text, facts, described.docs)


def _describe(  # noqa: PLR0911 - one line for each kind
    error: BaseException,
    check: str | None,
    page: str,
    offered: Collection[str],
    account: str,
) -> Failure:
    match error:
        case UnknownAccount():
            return _unknown_account(error, offered)
        case ReadOnlyAccount():
            return _read_only()
        case InvalidArguments():
            return _invalid_arguments(error, page)
        case AlreadyRegistered():
            return _already_registered(error.sender, offered)
        case ConsentMissing():
            return _consent_missing(error)
        case ChangesError():
            return describe_changes_error(error)
        case TwilioError():
            notes = (_other_accounts(error, offered, account), _check_first(error, offered))
            return describe_twilio_error(error, check, " ".join(note for note in notes if note))
        case _:
            return _unexpected(error, check)


def _unknown_account(error: UnknownAccount, offered: Collection[str]) -> Failure:
    expected = "there is no such account"
    if "list_accounts" in offered:
        expected += "; list_accounts shows all of them"
    suggestion = quoted(error.nearest) if error.nearest else None
    described = _invalid_arguments(
        InvalidArguments([Issue("account", expected, suggestion)], 1), page=""
    )
    notes = [f" {describe_unavailable(unavailable)}" for unavailable in error.unavailable]
    return Failure(described.text + "".join(notes), described.facts)


def describe_unavailable(error: SubaccountsUnavailable) -> str:
    """Return sentences on the subaccounts that could not be read, and why."""
    text = f"The subaccounts of {quoted(error.parent)} could not be read: "
    cause = error.cause
    if isinstance(cause, Refused) and cause.problem.http_status in _NOT_AUTHORIZED:
        text += "its credentials may not. A standard API key may not, the auth token may. "
    return text + describe_cause(cause)


def _read_only() -> Failure:
    return failure(
        f"This account is read-only (read_only in the accounts file). {NOTHING_SENT}",
        type="read_only_account",
        outcome="nothing_sent",
        retryable=False,
    )


def _other_accounts(error: TwilioError, offered: Collection[str], account: str) -> str:
    """Return how to search the other accounts, if a sender was not found in ``account``."""
    if not account or not isinstance(error, Refused) or error.problem.http_status != _NOT_FOUND:
        return ""
    text = "It was looked for in this account only"
    search = '; list_senders with account "*" searches all' if "list_senders" in offered else ""
    return f"{text}{search}."


def _check_first(error: TwilioError, offered: Collection[str]) -> str:
    """Return how to find everything that is wrong, if Twilio refused what can be checked before."""
    refused = isinstance(error, Refused) and error.problem.code in _CHECKABLE
    if not refused or "check_sender" not in offered:
        return ""
    return "check_sender with a draft finds such problems before anything is sent."


def _invalid_arguments(error: InvalidArguments, page: str) -> Failure:
    lines = [_issue_line(issue) for issue in error.issues]
    if error.total > len(error.issues):
        lines.append(f"and {error.total - len(error.issues)} more")
    outcome: Outcome = "nothing_changed" if error.compared else "nothing_sent"
    consequence = NOTHING_CHANGED if error.compared else NOTHING_SENT
    text = "\n- ".join([f"Invalid arguments. {consequence}", *lines])
    issues = [
        {"path": issue.path, "expected": issue.expected}
        | ({"suggestion": issue.suggestion} if issue.suggestion else {})
        for issue in error.issues
    ]
    return failure(
        f"{text}\nCorrect these and call again.",
        docs=page if page and any(issue.on_page for issue in error.issues) else None,
        type="invalid_arguments",
        outcome=outcome,
        issues=issues,
    )


def _issue_line(issue: Issue) -> str:
    line = f"{issue.path}: {issue.expected}" if issue.path else issue.expected
    return f"{line}; did you mean {issue.suggestion}?" if issue.suggestion else line


def _already_registered(sender: Sender, offered: Collection[str]) -> Failure:
    sid, status = sender.get("sid"), sender.get("status")
    facts = ", ".join(identifier(fact) for fact in (sid, status) if fact)
    return failure(
        f"This account already has {sender_name(sender)}{f' ({facts})' if facts else ''}. It was "
        f"not registered again. {NOTHING_CHANGED}"
        + (" Change it with update_sender." if "update_sender" in offered else ""),
        type="already_registered",
        outcome="nothing_changed",
        **({"sid": sid} if sid else {}),
        retryable=False,
    )


def _consent_missing(error: ConsentMissing) -> Failure:
    kind, text = consent_text(error)
    return failure(text, type=kind, outcome="nothing_changed", retryable=False)


def _unexpected(error: BaseException, check: str | None) -> Failure:
    # Only the traceback is logged: the exception's text may contain a caller's input.
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("Unexpected %s\n%s", type(error).__name__, frames)
    return failure(
        "This server had an internal error. Please report it with the server's log. "
        + (NOTHING_CHANGED if check is None else unknown_outcome_sentence(check)),
        type="internal_error",
        outcome="nothing_changed" if check is None else "unknown",
        retryable=False,
    )
