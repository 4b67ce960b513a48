"""The tool `update_sender`: change a sender's profile, webhooks or configuration."""

from typing import Any, Final, cast

from twilio_senders_mcp.senders.display_name import is_reviewed, requested_name, review_outcome
from twilio_senders_mcp.senders.fields import field
from twilio_senders_mcp.senders.outcome import FieldState, outcomes
from twilio_senders_mcp.twilio.models import Sender, UpdateSender

from .json_text import to_json
from .sender_reference import SenderReference
from .sender_text import status_clause
from .tool import Call, Question, Result, Tool

_LISTED_MAX: Final = 8


class UpdateSenderArguments(UpdateSender, SenderReference):
    """The update body with the sender's SID beside it."""


async def update_sender(call: Call, arguments: UpdateSenderArguments) -> Result:
    """Change a WhatsApp or RCS sender: profile, webhooks, verification code, configuration.

    Send only what changes: omitted fields stay; "" or [] empties; null is sent as null.
    Not for creating or deleting senders, nor for sending messages.
    Twilio accepts first and applies later: the answer's status tells.
    """
    name = requested_name(arguments)

    async def question() -> Question | None:
        sender = (await call.twilio.fetch(arguments.sid)).sender
        return _name_question(name, sender) if name and is_reviewed(name, sender) else None

    if name and call.asks and (first := await question()):
        await call.confirm(first, question)
    updated = await call.twilio.update(arguments.sid, arguments)
    return Result(
        summary=_sentence(arguments, updated.sender),
        content=cast("dict[str, Any]", updated.sender),
        request_id=updated.request_id,
    )


def _name_question(name: str, sender: Sender) -> Question:
    """Return what to ask before a new WhatsApp name is submitted."""
    live = field(sender, "profile", "name")
    old = f' from "{live}"' if live else ""
    stays = f'"{live}"' if live else "the old name"
    who = sender.get("sender_id") or "this sender"
    text = (
        f'Change the WhatsApp display name of {who}{old} to "{name}"? '
        f"Meta reviews it; until it is approved {stays} stays live. "
        "Meta allows ten changes in thirty days."
    )
    seen = to_json([sender.get("sender_id"), live])
    return Question(text=text, what="the change of the display name", seen=seen)


def _sentence(arguments: UpdateSenderArguments, sender: Sender) -> str:
    """Say what became of the request, field by field as far as Twilio's response shows it."""
    names: dict[FieldState, list[str]] = {state: [] for state in _STATES}
    clauses: list[str] = []
    for outcome in outcomes(arguments.model_dump(), sender):
        if outcome.path == ("configuration", "verification_code"):
            if outcome.wanted is not None:
                clauses.append("the verification code was submitted")
        elif outcome.path == ("profile", "name") and (
            clause := _name_clause(outcome.wanted, sender)
        ):
            clauses.append(clause)
        else:
            names[outcome.state].append(outcome.name)
    states = [f"{_STATES[state]} {_listed(paths)}" for state, paths in names.items() if paths]
    clauses = [*states, *clauses]
    if sender.get("status"):
        clauses.append(f"status is now {status_clause(sender)}")
    who = sender.get("sender_id") or arguments.sid
    said = "; ".join(clauses)
    return f"Twilio accepted the update of {who}{': ' if said else ''}{said}."


_STATES: Final[dict[FieldState, str]] = {
    "applied": "applied",
    "cleared": "cleared",
    "foreign": "this channel does not have",
    "not_shown": "accepted but not yet shown:",
}


def _name_clause(wanted: object, sender: Sender) -> str | None:
    """Say what becomes of a new display name; None where it is a field like any other."""
    status = review_outcome(wanted, sender)
    if status is None:
        return None
    live = field(sender, "profile", "name")
    stays = f'"{live}" stays live' if live else "the old name stays live"
    words = _NAME_OUTCOMES.get(status, 'for the name "{name}" Twilio says {status}')
    return words.format(name=wanted, stays=stays, status=status)


_NAME_OUTCOMES: Final = {
    "updating": 'the name change to "{name}" is pending review by Meta and {stays} meanwhile',
    "pending_review": 'the name "{name}" was already under review by Meta and {stays} meanwhile',
    "no_change": 'Twilio reports no change of the name to "{name}"',
    "error": 'the name "{name}" was not accepted, perhaps because another one is under review, '
    "and {stays}; the other fields were accepted",
}
"""What Twilio's ``display_name_status`` means for the one who asked."""


def _listed(paths: list[str]) -> str:
    if len(paths) > _LISTED_MAX:
        return f"{len(paths)} fields of {', '.join(dict.fromkeys(p.split('.')[0] for p in paths))}"
    return ", ".join(paths)


UPDATE_SENDER = Tool(
    name="update_sender",
    title="Update sender",
    effect="changes",
    arguments=UpdateSenderArguments,
    result=Sender,
    run=update_sender,
    page="operations/update-sender",
    instruction="An update sends only the fields you give and keeps the rest. A new WhatsApp name "
    "is reviewed by Meta and costs one of ten changes in thirty days. A code that a number "
    "receives goes into configuration.verification_code of update_sender. Never ask for a code "
    "before it was sent.",
)
