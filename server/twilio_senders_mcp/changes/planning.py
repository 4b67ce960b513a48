"""Pure functions from senders that were read to what a plan would change on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from pydantic import MISSING, JsonValue, ValidationError

from twilio_senders_mcp.senders.diff import (
    NAME,
    FieldChange,
    body_of,
    field_changes,
    is_empty,
    same_value,
    value_of,
)
from twilio_senders_mcp.senders.fields import name_field
from twilio_senders_mcp.senders.hosts import is_host, moved_webhooks, webhook_hosts
from twilio_senders_mcp.senders.impacts import ChangedSender, impacts, warnings
from twilio_senders_mcp.senders.status import name_is_under_review, status_of
from twilio_senders_mcp.twilio.requests import Configuration, UpdateSender
from twilio_senders_mcp.twilio.responses import Sender

from .accounts import Account
from .errors import CodeNotPlannable, UnusableHost
from .plans import Change, PlanItem, ReplaceHost, SetFields, SetRows, Skipped

Body = dict[str, JsonValue]
_IN_REVIEW: Final = (
    "Display names that the run submitted and that Meta is still reviewing: {}. An undo cannot "
    "withdraw them."
)
_SECTIONS: Final = ("configuration", "webhook", "profile")


@dataclass(frozen=True, slots=True)
class Found:
    """A sender that was read, and its account."""

    account: Account
    sender: Sender

    @property
    def sid(self) -> str:
        """The sender's SID."""
        return str(self.sender.get("sid"))


@dataclass(frozen=True, slots=True)
class PlannedSender:
    """A sender that the plan changes, as it is stored.

    ``body`` is what is sent. ``null_sections`` are the sections that Twilio showed as null, which
    an undo restores as such.
    """

    item: PlanItem
    account_sid: str
    body: Body
    null_sections: tuple[str, ...]


@dataclass(slots=True)
class Planned:
    """Everything that a plan would change, and what it would leave alone."""

    senders: list[PlannedSender] = field(default_factory=list[PlannedSender])
    unchanged: int = 0
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    impacts: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class Restorable:
    """What a run wrote on a sender: the fields' values before and after, by their paths."""

    sid: str
    account_sid: str
    fields: Mapping[str, tuple[JsonValue, JsonValue]]
    null_sections: tuple[str, ...]

    def body(self) -> Body:
        """Return the body that would restore every field."""
        return body_of({path: before for path, (before, _) in self.fields.items()})


def check_change(change: Change) -> None:
    """Refuse what cannot be planned for any sender.

    Raises:
        CodeNotPlannable, UnusableHost: see `.errors`.

    """
    if isinstance(change, ReplaceHost):
        for name, value in (("from", change.old), ("to", change.new)):
            if not is_host(value):
                raise UnusableHost(name, value)
    bodies = [change.body] if isinstance(change, SetFields) else []
    bodies += change.bodies.values() if isinstance(change, SetRows) else []
    if any(_has_code(body) for body in bodies):
        raise CodeNotPlannable


def wanted_body(change: Change, sender: Sender) -> Body:
    """Return the fields that a change sets on this sender, whether or not they differ."""
    if isinstance(change, ReplaceHost):
        moved = moved_webhooks(sender, change.old, change.new)
        return {"webhook": cast("JsonValue", moved)} if moved else {}
    if isinstance(change, SetFields):
        return change.body.model_dump(mode="json")
    return change.bodies[str(sender.get("sid"))].model_dump(mode="json")


def plan_change(change: Change, found: Sequence[Found], skipped: Sequence[Skipped]) -> Planned:
    """Return what ``change`` would do to the senders that were found."""
    planned = Planned(skipped=list(skipped))
    changed: list[ChangedSender] = []
    for each in found:
        body = wanted_body(change, each.sender)
        _add(planned, changed, each, body, field_changes(body, each.sender))
    return _with_impacts(planned, changed, found)


def plan_restoration(
    restorable: Mapping[str, Restorable], found: Sequence[Found], skipped: Sequence[Skipped]
) -> Planned:
    """Return what restores the fields of a run, as far as they still hold what the run set."""
    planned = Planned(skipped=list(skipped))
    changed: list[ChangedSender] = []
    for each in found:
        one = restorable[each.sid]
        restored, taken, lost = _restoration(one, each.sender)
        if not restored and (taken or lost):
            reason = "changed_since" if taken else "not_restorable"
            fields = tuple(taken or lost)
            planned.skipped.append(Skipped(each.sid, reason, each.account.name, fields))
            continue
        body = _with_null_sections(body_of(restored), one, each.sender)
        changes = tuple(
            FieldChange(path, value_of(each.sender, path), value)
            for path, value in restored.items()
        )
        more = [f"{path} was changed by somebody else and is left alone" for path in taken]
        more += [f"{path} cannot be set to what it was and is left alone" for path in lost]
        _add(planned, changed, each, body, changes, more)
    in_review = sum(_is_in_review(restorable[each.sid], each.sender) for each in found)
    if in_review:
        planned.impacts.append(_IN_REVIEW.format(in_review))
    return _with_impacts(planned, changed, found)


def _is_in_review(one: Restorable, sender: Sender) -> bool:
    """Tell whether a name that the run submitted is still under review."""
    _, submitted = one.fields.get(NAME, (None, None))
    pending = name_field(sender, "pending_display_name")
    return submitted is not None and submitted == pending and name_is_under_review(sender)


def _has_code(body: UpdateSender) -> bool:
    configuration = body.configuration
    if not isinstance(configuration, Configuration):
        return False
    return configuration.verification_code not in (MISSING, None)


def _add(
    planned: Planned,
    changed: list[ChangedSender],
    found: Found,
    body: Body,
    fields: tuple[FieldChange, ...],
    more_warnings: Sequence[str] = (),
) -> None:
    if not fields:
        planned.unchanged += 1
        return
    sender = found.sender
    one = ChangedSender(sender, fields)
    changed.append(one)
    item = PlanItem(
        sid=found.sid,
        sender_id=str(sender.get("sender_id") or ""),
        account=found.account.name,
        status=status_of(sender),
        fields=fields,
        warnings=(*warnings(one), *more_warnings),
    )
    nulls = tuple(name for name in _SECTIONS if name in sender and sender.get(name) is None)
    planned.senders.append(
        PlannedSender(item, found.account.sid, _only_changed(body, fields), nulls)
    )


def _only_changed(body: Body, fields: Sequence[FieldChange]) -> Body:
    """Return the body without the fields that are already as wanted."""
    paths = {each.field for each in fields}
    kept: Body = {}
    for name, value in body.items():
        if isinstance(value, dict):
            section = {key: each for key, each in value.items() if f"{name}.{key}" in paths}
            kept |= {name: section} if section else {}
        elif name in paths or any(path.startswith(f"{name}.") for path in paths):
            kept[name] = value
    return kept


def _with_impacts(
    planned: Planned, changed: Sequence[ChangedSender], found: Sequence[Found]
) -> Planned:
    hosts = set[str]().union(*(webhook_hosts(each.sender) for each in found))
    planned.impacts += impacts(changed, hosts)
    return planned


def _restoration(one: Restorable, sender: Sender) -> tuple[Body, list[str], list[str]]:
    """Return the values to restore, the fields that others changed, and those that are lost."""
    restored: Body = {}
    taken: list[str] = []
    lost: list[str] = []
    for path, (before, after) in one.fields.items():
        now = value_of(sender, path)
        if same_value(now, before):
            continue
        if not same_value(now, after):
            taken.append(path)
        elif _can_be_sent(path, before):
            restored[path] = before
        else:
            lost.append(path)
    return restored, taken, lost


def _can_be_sent(path: str, value: JsonValue) -> bool:
    if path == NAME and is_empty(value):
        return False
    try:
        UpdateSender.model_validate(body_of({path: value}))
    except ValidationError:
        return False
    return True


def _with_null_sections(body: Body, one: Restorable, sender: Sender) -> Body:
    """Return the body with null for each section that was null and would be empty again."""
    for name in one.null_sections:
        restored = body.get(name)
        shown = sender.get(name)
        if not isinstance(restored, dict) or not isinstance(shown, dict):
            continue  # pragma: no cover - nothing of this section is restored
        after = {**cast("Body", shown), **restored}
        if all(is_empty(value) for value in after.values()):  # pragma: no branch - or others set
            body[name] = None
    return body
