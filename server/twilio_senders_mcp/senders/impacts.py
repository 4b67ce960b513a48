"""What a change of many senders means, as sentences with counts for the person who decides.

Sources: Meta's and Twilio's pages that `.display_name` and `.status` name.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from twilio_senders_mcp.twilio.responses import Sender

from .diff import NAME, FieldChange, is_empty, is_of_other_channel
from .display_name import is_reviewed
from .fields import channel_of
from .hosts import WEBHOOK_URLS, host_of
from .limits import exceeded_limits
from .status import is_online, name_is_under_review

_KINDS: Final = {"whatsapp": "WhatsApp", "rcs": "RCS", "unknown": "other"}
_HOSTS_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class ChangedSender:
    """A sender as it is, and the fields that would change."""

    sender: Sender
    fields: Sequence[FieldChange]


def impacts(changed: Sequence[ChangedSender], known_hosts: set[str]) -> list[str]:
    """Return a sentence for each consequence. ``known_hosts`` are those of today's webhooks."""
    return [
        *_names(changed),
        *_not_online(changed),
        *_counted(changed, _loses_entries, "{field} loses entries on {senders}."),
        *_counted(changed, _becomes_empty, "{field} becomes empty on {senders}."),
        *_unavailable(changed),
        *_new_hosts(changed, known_hosts),
    ]


def warnings(changed: ChangedSender) -> tuple[str, ...]:
    """Return a clause for each thing to know about one sender's changes."""
    sender = changed.sender
    profile: dict[str, object] = {
        each.field.removeprefix("profile."): each.after
        for each in changed.fields
        if each.field.startswith("profile.")
    }
    clauses = exceeded_limits(profile, sender)
    if _reviewed_name(changed) is not None and name_is_under_review(sender):
        clauses.append("another display name of this sender is under review")
    kind = _KINDS[channel_of(sender)]
    clauses += [
        f"{kind} senders do not have {each.field}"
        for each in changed.fields
        if is_of_other_channel(each.field, sender)
    ]
    return tuple(clauses)


def _names(changed: Sequence[ChangedSender]) -> Iterator[str]:
    count = sum(_reviewed_name(each) is not None for each in changed)
    if count:
        goes = "goes" if count == 1 else "go"
        yield (
            f"{_number(count, 'display name')} {goes} to Meta's review; each uses one of the "
            "limited number of changes, and the old name stays until it is approved."
        )


def _reviewed_name(changed: ChangedSender) -> str | None:
    for each in changed.fields:
        if each.field == NAME and isinstance(each.after, str) and each.after:
            return each.after if is_reviewed(each.after, changed.sender) else None
    return None


def _not_online(changed: Sequence[ChangedSender]) -> Iterator[str]:
    count = sum(not is_online(each.sender) for each in changed)
    if count:
        yield f"{_number(count, 'sender')} {'is' if count == 1 else 'are'} not ONLINE."


def _loses_entries(each: FieldChange) -> bool:
    before, after = each.before, each.after
    if not isinstance(before, list) or not isinstance(after, list) or not after:
        return False
    return any(entry not in after for entry in before)


def _becomes_empty(each: FieldChange) -> bool:
    return is_empty(each.after)


def _counted(
    changed: Sequence[ChangedSender], applies: Callable[[FieldChange], bool], sentence: str
) -> Iterator[str]:
    counts = Counter(each.field for one in changed for each in one.fields if applies(each))
    for name, count in counts.items():
        yield sentence.format(field=name, senders=_number(count, "sender"))


def _unavailable(changed: Sequence[ChangedSender]) -> Iterator[str]:
    counts = Counter(
        (_KINDS[channel_of(one.sender)], each.field)
        for one in changed
        for each in one.fields
        if is_of_other_channel(each.field, one.sender)
    )
    for (kind, name), count in counts.items():
        does = "does" if count == 1 else "do"
        yield f"{_number(count, f'{kind} sender')} {does} not have {name}."


def _new_hosts(changed: Sequence[ChangedSender], known: set[str]) -> Iterator[str]:
    counts = Counter(host for one in changed for host in _hosts_after(one.fields) - known)
    for host, count in counts.most_common(_HOSTS_MAX):
        yield f"{host[:100]} is a new webhook host, for {_number(count, 'sender')}."
    if len(counts) > _HOSTS_MAX:
        yield f"{_number(len(counts) - _HOSTS_MAX, 'more webhook host')} are new."


def _hosts_after(fields: Iterable[FieldChange]) -> set[str]:
    urls = {f"webhook.{name}" for name in WEBHOOK_URLS}
    hosts = (host_of(each.after) for each in fields if each.field in urls)
    return {host for host in hosts if host}


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
