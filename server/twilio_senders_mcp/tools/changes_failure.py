"""The messages of what goes wrong with plans and runs."""

from typing import Any, Final

from twilio_senders_mcp.changes.errors import (
    ChangesError,
    CodeNotPlannable,
    EmptyPlan,
    ExpiredPlan,
    NamedTwice,
    NothingSelected,
    RunUnfinished,
    StateOfOthers,
    StateUnavailable,
    TooManySenders,
    UnknownPlan,
    UnknownRun,
    UnknownTask,
    UnusableHost,
    UnusablePageToken,
    WrongState,
)

from .failure_result import NOTHING_CHANGED, Failure, failure
from .outside_text import identifier, quoted

_SIDS_MAX: Final = 3
_PARTICIPLES: Final = {"pause": "paused", "resume": "resumed", "cancel": "cancelled"}

_MESSAGES: Final[dict[type[ChangesError], tuple[str, str]]] = {
    NothingSelected: ("nothing_selected", "No sender was named, or none matches."),
    NamedTwice: ("named_twice", "A sender may be named only once: {sids}."),
    TooManySenders: (
        "too_many_senders",
        (
            "{count:,} senders match, and one plan can have {limit:,}. Select fewer, for example "
            "by query, status or account, and make several plans."
        ),
    ),
    CodeNotPlannable: (
        "code_not_plannable",
        (
            "A verification code is for one sender and one moment, so it cannot be planned. Send "
            "it with update_sender."
        ),
    ),
    UnusableHost: (
        "unusable_host",
        (
            "replace_host.{name}: expected a host name such as hooks.example.com, with a port if "
            "the URLs have one."
        ),
    ),
    UnusablePageToken: (
        "unusable_page_token",
        "page_token: expected the next_page_token of this plan or run.",
    ),
    UnknownPlan: ("unknown_plan", "There is no plan {plan}. Make one with plan_changes."),
    ExpiredPlan: (
        "expired_plan",
        (
            "The plan {plan} has expired: a plan can be applied for 24 hours. Make a new one with "
            "plan_changes."
        ),
    ),
    EmptyPlan: (
        "empty_plan",
        "The plan {plan} changes nothing, so there is nothing to apply.",
    ),
    UnknownRun: ("unknown_run", "There is no run {run}; follow_run shows the recent ones."),
    UnknownTask: ("unknown_task", "There is no such task, or it has expired."),
    RunUnfinished: (
        "run_unfinished",
        (
            "The run {run} is {state} and may still change senders. Wait with follow_run, or "
            "cancel it with control_run, then undo it."
        ),
    ),
    WrongState: ("wrong_state", "The run {run} is {state} and cannot be {action}."),
    StateOfOthers: (
        "state_of_others",
        (
            "The database for plans and runs, {place}, belongs to other Twilio accounts or another "
            "base URL. Give these accounts a database of their own."
        ),
    ),
    StateUnavailable: ("state_unavailable", "{problem}"),
}
_PROBLEMS: Final = {
    "folder": "The folder for plans and runs, {place}, cannot be created or written. Choose "
    "another one with TWILIO_SENDERS_STATE.",
    "unreadable": "The plans and runs in {place} cannot be read: they were not written by this "
    "server, or by a newer version of it.",
    "database": "The database for plans and runs, {place}, cannot be reached or refuses access. "
    "Check TWILIO_SENDERS_STATE and the database.",
    "busy": "The database for plans and runs, {place}, is busy. Call again.",
}


def describe_changes_error(error: ChangesError) -> Failure:
    """Return the text and the facts that report ``error``; nothing has changed in any case."""
    kind, message = _MESSAGES[type(error)]
    busy = isinstance(error, StateUnavailable) and error.problem == "busy"
    return failure(
        f"{message.format(**_facts(error))} {NOTHING_CHANGED}",
        type=kind,
        outcome="nothing_changed",
        retryable=busy,
    )


def _facts(error: ChangesError) -> dict[str, Any]:
    """Return the data of an error as a message shows it."""
    facts: dict[str, Any] = {
        name: identifier(value) if isinstance(value, str) else value
        for name, value in vars(error).items()
    }
    if isinstance(error, NamedTwice):
        more = len(error.sids) - _SIDS_MAX
        rest = f" and {more} more" if more > 0 else ""
        facts["sids"] = ", ".join(identifier(sid) for sid in error.sids[:_SIDS_MAX]) + rest
    if isinstance(error, WrongState):
        facts["action"] = _PARTICIPLES[error.action]
    if isinstance(error, StateUnavailable):
        facts["place"] = quoted(error.place)
        facts["problem"] = _PROBLEMS[error.problem].format(place=facts["place"])
    return facts
