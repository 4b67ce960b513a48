"""The tool `update_sender`: change a sender's profile, webhooks or configuration."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, cast

import pydantic_core
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field

from twilio_senders_mcp.twilio.client import SenderAnswer, SendersClient
from twilio_senders_mcp.twilio.models import Sender, SenderSid, UpdateSender

from .strict_tool import StrictTool, strict_tool

REQUEST_ID_META: Final = "twilio-senders-mcp/request_id"
"""The key of ``_meta`` under which Twilio's id of the request travels."""

_LISTED_MAX: Final = 8
_STATUS_NOTES: Final = {
    "CREATING": "Twilio is registering it",
    "PENDING_VERIFICATION": "send the code as configuration.verification_code",
    "VERIFYING": "the code is being checked",
    "ONLINE:UPDATING": "usable while the change is applied",
    "OFFLINE": "not usable",
    "TWILIO_REVIEW": "under review",
    "DRAFT": "registration incomplete",
}


class _SenderReference(BaseModel):
    sid: Annotated[SenderSid, Field(exclude=True)]  # part of the path, never of the body


class UpdateSenderArguments(UpdateSender, _SenderReference):
    """The update body with the sender's SID beside it."""


def update_sender_tool(client: SendersClient) -> StrictTool:
    """Return the tool `update_sender`, calling Twilio through ``client``."""

    async def update_sender(arguments: UpdateSenderArguments) -> CallToolResult:
        """Change a WhatsApp or RCS sender: profile, webhooks, verification code, configuration.

        Send only what changes: omitted fields stay; null, "" and [] are sent as given.
        Not for creating or deleting senders, nor for sending messages.
        Twilio accepts first and applies later: the answer's status tells.
        """
        answer = await client.update(arguments.sid, arguments)
        return _result(arguments, answer)

    return strict_tool(
        update_sender,
        arguments=UpdateSenderArguments,
        answer=Sender,
        title="Update sender",
        annotations=ToolAnnotations(
            read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=True
        ),
    )


def _result(arguments: UpdateSenderArguments, answer: SenderAnswer) -> CallToolResult:
    sender = answer.sender
    compact = pydantic_core.to_json(_without_nulls(sender)).decode()
    return CallToolResult(
        content=[TextContent(type="text", text=f"{_sentence(arguments, sender)}\n{compact}")],
        structured_content=cast("dict[str, Any]", sender),
        _meta={REQUEST_ID_META: answer.request_id} if answer.request_id else None,
    )


def _sentence(arguments: UpdateSenderArguments, sender: Sender) -> str:
    """Say what became of the request, field by field as far as Twilio's answer shows it."""
    applied: list[str] = []
    unconfirmed: list[str] = []
    clauses: list[str] = []
    for path, wanted in _leaves(arguments.model_dump()):
        if path == ("configuration", "verification_code"):
            clauses.append("the verification code was submitted")
        elif path == ("profile", "name") and (clause := _name_clause(wanted, sender)):
            clauses.append(clause)
        elif _same(wanted, _at(sender, path)):
            applied.append(".".join(path))
        else:
            unconfirmed.append(".".join(path))
    if unconfirmed:
        clauses.insert(0, f"accepted but not yet shown: {_listed(unconfirmed)}")
    if applied:
        clauses.insert(0, f"applied {_listed(applied)}")
    status = sender.get("status")
    if status:
        note = _STATUS_NOTES.get(str(status))
        clauses.append(f"status is now {status}" + (f" ({note})" if note else ""))
    who = sender.get("sender_id") or arguments.sid
    return f"Twilio accepted the update of {who}: " + "; ".join(clauses or ["no details"]) + "."


def _name_clause(wanted: object, sender: Sender) -> str | None:
    """Tell what became of a new display name; None where it simply stands in the answer.

    Twilio documents ``display_name_status`` at the top level, and one of its pages inside
    ``profile``; both are read.
    """
    live = _at(sender, ("profile", "name"))
    status = sender.get("display_name_status") or _at(sender, ("profile", "display_name_status"))
    stays = f'"{live}" stays live' if live else "the old name stays live"
    if status == "error":
        return f'the name "{wanted}" was not accepted, {stays}, the other fields were accepted'
    if _same(wanted, live):
        return None
    if status == "pending_review":
        return f'the name "{wanted}" was already under review by Meta and {stays} meanwhile'
    return f'the name change to "{wanted}" is pending review by Meta and {stays} meanwhile'


def _leaves(
    body: Mapping[str, object], parents: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], object]]:
    for key, value in body.items():
        if isinstance(value, dict):
            yield from _leaves(cast("dict[str, object]", value), (*parents, key))
        else:
            yield (*parents, key), value


def _at(sender: Sender, path: tuple[str, ...]) -> object:
    value: object = sender
    for key in path:
        value = cast("dict[str, object]", value).get(key) if isinstance(value, dict) else None
    return value


def _same(wanted: object, shown: object) -> bool:
    """Compare as a reader would: null, ``""`` and ``[]`` all mean empty."""
    return wanted == shown or (wanted in (None, "", []) and shown in (None, "", []))


def _listed(paths: list[str]) -> str:
    if len(paths) > _LISTED_MAX:
        return f"{len(paths)} fields of {', '.join(dict.fromkeys(p.split('.')[0] for p in paths))}"
    return ", ".join(paths)


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        return {k: _without_nulls(v) for k, v in entries.items() if v is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in cast("list[object]", value)]
    return value
