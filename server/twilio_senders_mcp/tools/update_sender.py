"""The tool `update_sender`: change a sender's profile, webhooks or configuration."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, cast

from mcp.server.mcpserver import Context, Elicit, ElicitationResult, Resolve
from mcp.types import CallToolResult, ToolAnnotations

from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.models import (
    RCS_FIELDS,
    WHATSAPP_FIELDS,
    Profile,
    Sender,
    UpdateSender,
)

from .confirmation import NOT_ASKED, Confirmation, can_ask, require_consent
from .sender_answer import field, name_field, sender_result
from .sender_reference import SenderReference
from .status import status_clause
from .strict_tool import StrictTool, strict_tool

_LISTED_MAX: Final = 8
# A reader takes all of these for "nothing".
_EMPTY: Final[tuple[object, ...]] = (None, "", [])


class UpdateSenderArguments(UpdateSender, SenderReference):
    """The update body with the sender's SID beside it."""


def update_sender_tool(client: SendersClient) -> StrictTool:
    """Return the tool `update_sender`, calling Twilio through ``client``."""

    async def ask_about_name(
        arguments: UpdateSenderArguments, context: Context[Any, Any]
    ) -> Confirmation | Elicit[Confirmation]:
        name = _new_name(arguments)
        if name is None or not can_ask(context):
            return NOT_ASKED
        sender = (await client.fetch(arguments.sid)).sender
        question = _name_question(name, sender)
        return Elicit(question, Confirmation) if question else NOT_ASKED

    async def update_sender(
        arguments: UpdateSenderArguments,
        consent: Annotated[ElicitationResult[Confirmation], Resolve(ask_about_name)],
    ) -> CallToolResult:
        """Change a WhatsApp or RCS sender: profile, webhooks, verification code, configuration.

        Send only what changes: omitted fields stay; "" or [] empties; null is sent as null.
        Not for creating or deleting senders, nor for sending messages.
        Twilio accepts first and applies later: the answer's status tells.
        """
        require_consent(consent, "the change of the display name")
        answer = await client.update(arguments.sid, arguments)
        return sender_result(_sentence(arguments, answer.sender), answer)

    return strict_tool(
        update_sender,
        arguments=UpdateSenderArguments,
        answer=Sender,
        title="Update sender",
        page="operations/update-sender",
        annotations=ToolAnnotations(
            read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=True
        ),
    )


def _new_name(arguments: UpdateSender) -> str | None:
    profile = arguments.profile
    name = profile.name if isinstance(profile, Profile) else None
    return name if isinstance(name, str) and name else None


def _name_question(name: str, sender: Sender) -> str | None:
    """Return what to ask before a new WhatsApp name is submitted, None where none is."""
    live = field(sender, "profile", "name")
    if name == live or _is_rcs(sender):
        return None
    old = f' from "{live}"' if live else ""
    stays = f'"{live}"' if live else "the old name"
    who = sender.get("sender_id") or "this sender"
    return (
        f'Change the WhatsApp display name of {who}{old} to "{name}"? '
        f"Meta reviews it; until it is approved {stays} stays live. "
        "Meta allows ten changes in thirty days."
    )


def _sentence(arguments: UpdateSenderArguments, sender: Sender) -> str:
    """Say what became of the request, field by field as far as Twilio's answer shows it."""
    told: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    clauses: list[str] = []
    for path, wanted in _leaves(arguments.model_dump()):
        if path == ("configuration", "verification_code"):
            clauses += ["the verification code was submitted"] if wanted is not None else []
        elif path == ("profile", "name") and (clause := _name_clause(wanted, sender)):
            clauses.append(clause)
        else:
            told[_kind(path, wanted, sender)].append(".".join(path))
    for kind, paths in reversed(told.items()):
        if paths:
            clauses.insert(0, f"{kind} {_listed(paths)}")
    if sender.get("status"):
        clauses.append(f"status is now {status_clause(sender)}")
    who = sender.get("sender_id") or arguments.sid
    said = "; ".join(clauses)
    return f"Twilio accepted the update of {who}{': ' if said else ''}{said}."


_APPLIED: Final = "applied"
_CLEARED: Final = "cleared"
_FOREIGN: Final = "this channel does not have"
_NOT_SHOWN: Final = "accepted but not yet shown:"
_KINDS: Final = (_APPLIED, _CLEARED, _FOREIGN, _NOT_SHOWN)


def _kind(path: tuple[str, ...], wanted: object, sender: Sender) -> str:
    """Tell what became of one field, by what the answer shows of it."""
    shown = field(sender, *path)
    if wanted in _EMPTY and shown in _EMPTY:
        return _CLEARED
    if wanted == shown:
        return _APPLIED
    foreign = WHATSAPP_FIELDS if _is_rcs(sender) else RCS_FIELDS
    is_foreign = path[0] == "profile" and path[-1] in foreign and sender.get("sender_id")
    return _FOREIGN if is_foreign else _NOT_SHOWN


def _is_rcs(sender: Sender) -> bool:
    return str(sender.get("sender_id")).startswith("rcs:")


def _name_clause(wanted: object, sender: Sender) -> str | None:
    """Tell what becomes of a new display name; None where it is a field like any other."""
    live = field(sender, "profile", "name")
    status = name_field(sender, "display_name_status")
    if wanted in _EMPTY or _is_rcs(sender) or (wanted == live and status != "error"):
        return None
    if status is None:
        if not live:
            return None
        status = "updating"  # an API that does not tell, and still shows the old name
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


def _leaves(
    body: Mapping[str, object], parents: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], object]]:
    for key, value in body.items():
        if isinstance(value, dict):
            yield from _leaves(cast("dict[str, object]", value), (*parents, key))
        else:
            yield (*parents, key), value


def _listed(paths: list[str]) -> str:
    if len(paths) > _LISTED_MAX:
        return f"{len(paths)} fields of {', '.join(dict.fromkeys(p.split('.')[0] for p in paths))}"
    return ", ".join(paths)
