"""Failed calls to Twilio as plain data, which can be stored and shown later."""

from typing import TypedDict, cast

from twilio_senders_mcp.twilio.errors import (
    NotSent,
    OutcomeUnknown,
    Problem,
    Refused,
    TwilioError,
    advice_for,
)


class Failure(TypedDict, total=False):
    """A failed call. ``kind`` is ``refused``, ``unknown`` or ``not_sent``.

    ``reason`` is that of `NotSent` or `OutcomeUnknown`; ``cure`` comes from the catalogue of
    Twilio's errors. Keys without a value are absent.
    """

    kind: str
    reason: str
    http_status: int
    code: int
    message: str
    more_info: str
    request_id: str
    cure: str


def failure_of(error: TwilioError) -> Failure:
    """Return the data of a failed call."""
    if isinstance(error, Refused):
        return {"kind": "refused", **_problem(error.problem)}
    if isinstance(error, OutcomeUnknown):
        return {"kind": "unknown", "reason": error.reason, **_problem(error.problem)}
    reason = error.reason if isinstance(error, NotSent) else "network"
    return {"kind": "not_sent", "reason": reason}


def _problem(problem: Problem | None) -> Failure:
    if problem is None:
        return {}
    advice = advice_for(problem.code, problem.http_status)
    values = {
        "http_status": problem.http_status,
        "code": problem.code,
        "message": problem.message,
        "more_info": problem.more_info,
        "request_id": problem.request_id,
        "cure": advice.cure if advice else None,
    }
    return cast("Failure", {key: value for key, value in values.items() if value is not None})
