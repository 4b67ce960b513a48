"""What a sender's status, its quality and its approvals mean for its use.

Sources: the statuses as in `.status`; quality and compliance from Twilio's OpenAPI file of
2026-04-14; that low quality leads to limits is Meta's documentation.
"""

from collections.abc import Iterator
from typing import Final, cast

from twilio_senders_mcp.twilio.errors import advice_for
from twilio_senders_mcp.twilio.responses import Sender

from .fields import channel_of, field
from .finding import Finding, State
from .status import is_offline_without_reason, status_of

_PAGE: Final = "topics/statuses"
_STATUSES: Final[dict[str, tuple[State, str, str]]] = {
    "ONLINE": ("pass", "It is ONLINE: messages can be sent.", ""),
    "ONLINE:UPDATING": ("pass", "It is usable while a change is applied.", ""),
    "CREATING": ("warn", "Twilio is registering it.", "Wait until it settles."),
    "VERIFYING": ("warn", "The code is being checked.", "Wait until it settles."),
    "TWILIO_REVIEW": ("warn", "It is under review.", "Wait."),
    "PENDING_VERIFICATION": (
        "fail",
        "It is waiting for its verification code.",
        "Submit the code that the number receives as configuration.verification_code.",
    ),
    "DRAFT": (
        "fail",
        "Its registration is not complete.",
        "Complete the registration in the Twilio Console.",
    ),
}
_LOW: Final = ("LOW", "MEDIUM", "RED", "YELLOW")
_HIGH: Final = ("HIGH", "GREEN")
_REFUSED: Final = ("REJECTED", "SUSPENDED")
_APPROVED: Final = "APPROVED"
_REASONS_MAX: Final = 5


def status_findings(sender: Sender) -> Iterator[Finding]:
    """Yield what is to be said about the status, the quality and the approvals."""
    status = status_of(sender)
    if status == "OFFLINE":
        yield from _offline(sender)
    else:
        state, found, cure = _STATUSES.get(
            status, ("unknown", "Its status {} is not documented.", "")
        )
        outside = () if status in _STATUSES else (status,)
        yield Finding(
            check="status", state=state, found=found, cure=cure, page=_PAGE, outside=outside
        )
    if channel_of(sender) == "whatsapp":
        yield from _quality(sender)
    if channel_of(sender) == "rcs":
        yield from _compliance(sender)


def _offline(sender: Sender) -> Iterator[Finding]:
    reasons: object = sender.get("offline_reasons")
    known = [
        cast("dict[str, object]", reason)
        for reason in (cast("list[object]", reasons) if isinstance(reasons, list) else [])
        if isinstance(reason, dict)
    ]
    for reason in known[:_REASONS_MAX]:
        code, message = str(reason.get("code") or ""), str(reason.get("message") or "")
        advice = advice_for(code)
        yield Finding(
            check="status",
            state="fail",
            found="It is OFFLINE, reason {}: {}.",
            cure=advice.cure if advice else "Look the code up in Twilio's error dictionary.",
            page=f"errors/{code}" if advice else "topics/offline",
            outside=(code or "without a code", message),
        )
    if not known:
        new = is_offline_without_reason(sender)
        yield Finding(
            check="status",
            state="warn" if new else "fail",
            found="It is OFFLINE without a reason, as in the minutes after a registration.",
            cure="Wait a few minutes, then check again.",
            page="topics/offline",
        )


def _quality(sender: Sender) -> Iterator[Finding]:
    quality = field(sender, "properties", "quality_rating")
    limit = field(sender, "properties", "messaging_limit")
    if quality is None and limit is None:
        return
    rating = str(quality or "").upper()
    low = rating in _LOW
    yield Finding(
        check="quality",
        state="warn" if low else ("pass" if rating in _HIGH else "unknown"),
        found="The quality rating is {}, the messaging limit {}.",
        cure="Find out in WhatsApp Manager which messages people block or report. Low quality "
        "leads to lower limits."
        if low
        else "",
        page="topics/profile-limits",
        outside=(quality or "not known", limit or "not known"),
    )


def _compliance(sender: Sender) -> Iterator[Finding]:
    carriers = list(_carriers(sender))
    if not carriers:
        return
    refused = [f"{name} ({status})" for name, status in carriers if status in _REFUSED]
    approved = sum(status == _APPROVED for _, status in carriers)
    yield Finding(
        check="approvals",
        state="warn" if refused or not approved else "pass",
        found=f"{approved} of {len(carriers)} carriers approved it."
        + (" Refused: {}." if refused else ""),
        cure="Ask Twilio Support for the reason." if refused else ("" if approved else "Wait."),
        page="topics/rcs",
        outside=(", ".join(refused),) if refused else (),
    )


def _carriers(sender: Sender) -> Iterator[tuple[str, str]]:
    countries = field(sender, "compliance", "countries")
    for country in cast("list[object]", countries) if isinstance(countries, list) else []:
        entry = cast("dict[str, object]", country) if isinstance(country, dict) else {}
        carriers = entry.get("carriers")
        for carrier in cast("list[object]", carriers) if isinstance(carriers, list) else []:
            if isinstance(carrier, dict):
                facts = cast("dict[str, object]", carrier)
                name = f"{facts.get('name')} in {entry.get('country')}"
                yield name, str(facts.get("status"))
