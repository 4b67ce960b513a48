"""The result of a survey: bounded in size, whatever the senders contain."""

import re
from typing import Any, Final

from twilio_senders_mcp.senders.survey import Group, Survey, Surveyed
from twilio_senders_mcp.twilio.errors import advice_for

from .json_text import to_json
from .outside_text import one_line
from .sender_text import name_note

_DIMENSIONS: Final = ("status", "quality", "limit", "host", "account")
# A group's key may cut a longer host, and replaces other characters by underscores.
_HOST: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?<!.{55})")
_CURE_MAX: Final = 110
_NAME_MAX: Final = 40
_ID_MAX: Final = 60

# How much is shown of the counts, of the groups and of each group: the first that fits.
_AMOUNTS: Final = ((6, 12, 5), (6, 10, 3), (6, 10, 2), (5, 9, 1), (4, 6, 1), (3, 4, 1), (2, 2, 1))

_CURES: Final = {
    "offline:no_reason": "This is normal in the first minutes after registration.",
    "status:PENDING_VERIFICATION": "Submit the code that the number receives.",
    "status:DRAFT": "Complete the registration in the Twilio Console.",
    "webhook:none": "Set webhook.callback_url to receive messages.",
    "webhook:not_https": "Use https URLs for the webhooks.",
    "profile:name": "WhatsApp needs a display name.",
    "profile:logo_url": "Set it, so that people recognize the business.",
    "profile:vertical": "Set the business category.",
    "profile:banner_url": "An RCS launch requires it.",
    "profile:privacy_url": "An RCS launch requires it.",
    "profile:terms_of_service_url": "An RCS launch requires it.",
    "profile:contact": "An RCS launch requires a phone number, website or email.",
}
_CURE_OF_QUALITY: Final = "Find out in WhatsApp Manager which messages people block or report."


def survey_content(
    survey: Survey,
    *,
    problems_only: bool,
    offered: frozenset[str],
    senders: dict[str, str],
    room: int,
) -> dict[str, Any]:
    """Return the counts and the groups that need attention, as many as fit into ``room`` bytes.

    ``senders`` selects the surveyed senders in `plan_changes`.
    """
    groups = survey.groups()

    def content(most: int, groups_max: int, examples: int) -> dict[str, Any]:
        counts = {} if problems_only else _counts(survey, most)
        shown = [_group(group, examples, offered, senders) for group in groups[:groups_max]]
        return {
            "counts": counts or None,
            "groups": shown,
            "more_groups": max(0, len(groups) - len(shown)) or None,
        }

    made = (content(*amounts) for amounts in _AMOUNTS)
    fitting = (one for one in made if len(to_json(one).encode()) <= room)
    return next(fitting, None) or content(*_AMOUNTS[-1])


def member(surveyed: Surveyed) -> dict[str, Any]:
    """Return a sender of a group in few words."""
    return {
        "sid": surveyed.sid,
        "sender_id": one_line(surveyed.sender_id, _ID_MAX),
        "name": one_line(surveyed.name, _NAME_MAX) or None,
        "status": one_line(surveyed.status, _NAME_MAX),
        "account": surveyed.account or None,
    }


def _counts(survey: Survey, most: int) -> dict[str, dict[str, int]]:
    """Return the most frequent values of each dimension, and how many senders have others."""
    shown: dict[str, dict[str, int]] = {}
    for dimension in _DIMENSIONS:
        counts = list(survey.counts(dimension).items())
        if not counts:
            continue
        shown[dimension] = dict(counts[:most])
        if rest := sum(count for _, count in counts[most:]):
            shown[dimension]["(others)"] = rest
    return shown


def _group(
    group: Group, examples: int, offered: frozenset[str], senders: dict[str, str]
) -> dict[str, Any]:
    return {
        "group": group.key,
        "count": group.count,
        "sids": [surveyed.sid for surveyed in group.examples[:examples]],
        "cure": _cure(group) or None,
        "call": _call(group, offered, senders) or None,
    }


def _cure(group: Group) -> str:
    dimension, _, value = group.key.partition(":")
    if group.usual:
        return f"Nearly all other senders use {group.usual}."
    if dimension == "offline" and (advice := advice_for(value)):
        return one_line(advice.cure, _CURE_MAX)
    if dimension == "quality":
        return _CURE_OF_QUALITY
    return name_note(value) if dimension == "name" else _CURES.get(group.key, "")


def _call(group: Group, offered: frozenset[str], senders: dict[str, str]) -> str:
    """Return the call that comes next, if its tool is offered."""
    first = group.examples[0]
    account = {"account": first.account} if first.account else {}
    move = {"from": group.key.removeprefix("host:"), "to": group.usual}
    if "plan_changes" in offered and all(_HOST.fullmatch(host) for host in move.values()):
        return f"plan_changes {to_json({'senders': senders, 'replace_host': move})}"
    if "check_sender" in offered:
        return f"check_sender {to_json({'sid': first.sid, **account})}"
    return ""
