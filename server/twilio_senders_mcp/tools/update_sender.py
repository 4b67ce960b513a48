"""The tool `update_sender`: change a sender's profile, webhooks or configuration."""

from typing import Final, cast

from twilio_senders_mcp.senders.display_name import is_reviewed, requested_name, review_outcome
from twilio_senders_mcp.senders.fields import channel_of, field
from twilio_senders_mcp.senders.limits import exceeded_limits
from twilio_senders_mcp.senders.outcome import FieldOutcome, FieldState, outcomes
from twilio_senders_mcp.twilio.requests import UpdateSender
from twilio_senders_mcp.twilio.responses import Sender

from .json_text import to_json
from .outside_text import identifier, one_line, quoted
from .sender_changes import CLEARABLE, SenderChanges
from .sender_reference import SenderReference
from .sender_result import SenderResult
from .sender_text import WAIT, live_name, next_step, status_clause
from .tool import Call, Question, Result, Tool

_LISTED_MAX: Final = 8
_NULLS_MAX: Final = 3
_NAME_LENGTH_MAX: Final = 255
_CODE: Final = ("configuration", "verification_code")
_NAME: Final = ("profile", "name")


class UpdateSenderArguments(SenderChanges, SenderReference):
    """The body of an update, together with the sender's SID."""


async def update_sender(call: Call, arguments: UpdateSenderArguments) -> Result:
    """Change a WhatsApp or RCS sender: profile, webhooks, verification code, configuration.

    Send only what changes: omitted and null fields are kept; "" or [] empties; clear sends null.
    Not for creating or deleting senders or for sending messages.
    Twilio applies an accepted change later: see the result's status.
    """
    name = requested_name(arguments)

    async def question() -> Question | None:
        sender = (await call.twilio.fetch(arguments.sid)).sender
        return _name_question(name, sender) if name and is_reviewed(name, sender) else None

    if name and call.asks and (first := await question()):
        await call.confirm(first, question)
    body = arguments.body()
    updated = await call.twilio.update(arguments.sid, body)
    fields = outcomes(body.model_dump(), updated.sender)
    sentences = [
        _outcome_sentence(arguments.sid, fields, updated.sender),
        _limits_sentence(body, updated.sender),
        _nulls_sentence(call.nulls, arguments.clear),
    ]
    code_was_sent = any(outcome.path == _CODE for outcome in fields)
    return Result(
        summary=" ".join(sentence for sentence in sentences if sentence),
        content={"sender": updated.sender},
        next=next_step(updated.sender) or (WAIT if code_was_sent else ""),
        request_id=updated.request_id,
    )


def _name_question(name: str, sender: Sender) -> Question:
    """Return the question to ask before a new WhatsApp name is submitted."""
    sender_id, live = sender.get("sender_id"), live_name(sender)
    who = identifier(sender_id) if sender_id else "this sender"
    # The person must see what is submitted, or that it cannot be seen.
    shown = quoted(name, _NAME_LENGTH_MAX)
    if one_line(name, _NAME_LENGTH_MAX) != name:
        shown += " (not all of its characters can be shown)"
    text = (
        f"Change the WhatsApp display name of {who}{f' from {live}' if live else ''} to "
        f"{shown}? Meta reviews it; until it is approved {live or 'the old name'} stays "
        "live. Meta allows a limited number of changes in 30 days."
    )
    return Question(
        text=text,
        what="the change of the display name",
        seen=to_json([sender_id, field(sender, *_NAME), name]),
        label="Submit this name to Meta",
    )


def _outcome_sentence(sid: str, fields: list[FieldOutcome], sender: Sender) -> str:
    """Return a sentence on the outcome of each field, as far as Twilio's response shows it."""
    clauses: list[str] = []
    listed: list[FieldOutcome] = []
    for outcome in fields:
        if outcome.path == _CODE:
            clauses.append("the verification code was submitted")
        elif outcome.path == _NAME and (clause := _name_clause(outcome.wanted, sender)):
            clauses.append(
                clause + (_OTHERS if "not accepted" in clause and len(fields) > 1 else "")
            )
        else:
            listed.append(outcome)
    states = [
        clause.format(fields=names, kind=_KINDS[channel_of(sender)])
        for state, clause in _STATES.items()
        if (names := _names(listed, state))
    ]
    if fields and all(outcome.state == "unavailable" for outcome in fields):
        states.append("nothing was applied")
    clauses = [*states, *clauses]
    if sender.get("status"):
        clauses.append(f"status is now {status_clause(sender)}")
    who = identifier(sender.get("sender_id") or sid)
    outcome = "; ".join(clauses)
    return f"Twilio accepted the update of {who}{': ' if outcome else ''}{outcome}."


_KINDS: Final = {"whatsapp": "a WhatsApp sender", "rcs": "an RCS sender", "unknown": "this sender"}
_OTHERS: Final = "; the other fields were accepted"
_STATES: Final[dict[FieldState, str]] = {
    "applied": "applied {fields}",
    "cleared": "cleared {fields}",
    "unavailable": "{kind} does not have {fields}",
    "not_shown": "the response does not show {fields} yet",
}


def _names(fields: list[FieldOutcome], state: FieldState) -> str:
    """Return the names of the fields in this state, or their number and sections if many."""
    names = [outcome.name for outcome in fields if outcome.state == state]
    if len(names) > _LISTED_MAX:
        sections = dict.fromkeys(name.partition(".")[0] for name in names)
        return f"{len(names)} fields of {', '.join(sections)}"
    return ", ".join(names)


def _name_clause(wanted: object, sender: Sender) -> str | None:
    """Return a clause on the outcome of a new display name, or None if it is not reviewed."""
    status = review_outcome(wanted, sender)
    if status is None:
        return None
    clause = _NAME_OUTCOMES.get(status, "Twilio reports {status} for the name {name}")
    stays = f"{live_name(sender) or 'the old name'} stays live"
    return clause.format(name=quoted(wanted), stays=stays, status=identifier(status))


_NAME_OUTCOMES: Final = {
    "updating": "the name change to {name} is pending review by Meta and {stays} meanwhile",
    "pending_review": "the name {name} was already under review by Meta and {stays} meanwhile",
    "no_change": "the name is already {name}, so nothing was submitted to Meta",
    "live": "the name is {name}",
    "error": "the name {name} was not accepted, perhaps because another one is under review, "
    "and {stays}",
}
"""A clause for each value of Twilio's ``display_name_status``."""


def _limits_sentence(body: UpdateSender, sender: Sender) -> str:
    """Return a warning about fields that exceed Meta's limits, which WhatsApp may reject."""
    profile = cast("dict[str, object]", body.model_dump().get("profile") or {})
    clauses = exceeded_limits(profile, sender)
    return f"Warning: above Meta's limits: {'; '.join(clauses)}." if clauses else ""


def _nulls_sentence(nulls: tuple[str, ...], cleared: list[str]) -> str:
    """Return a sentence on the fields that were null, and so kept, and on how to empty them."""
    kept = [
        path
        for path in nulls
        # An entry of a list is replaced with the list, and the other paths are no kept fields.
        if path in CLEARABLE and not {path, path.partition(".")[0]} & set(cleared)
    ]
    if not kept:
        return ""
    more = len(kept) - _NULLS_MAX
    named = ", ".join(kept[:_NULLS_MAX]) + (f" and {more} more" if more > 0 else "")
    return f'Kept because null: {named} (to empty a field, give "" or [], or list it in clear).'


UPDATE_SENDER = Tool(
    name="update_sender",
    title="Update sender",
    effect="changes",
    arguments=UpdateSenderArguments,
    result=SenderResult,
    run=update_sender,
    page="operations/update-sender",
    instruction="An update sends only the fields you give and keeps the rest. A new WhatsApp name "
    "is reviewed by Meta, which limits the number of changes. A code that a number "
    "receives goes into configuration.verification_code of update_sender. Never ask for a code "
    "before it was sent.",
)
