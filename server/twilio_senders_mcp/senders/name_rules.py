"""What is documented of Meta's rules for the display name of a WhatsApp sender.

Only Twilio's own limit of the length makes a name fail. Meta's reviewers decide about the rest, so
everything else is a warning. Meta makes exceptions for names that a business uses everywhere.

Twilio's error pages were read themselves. Meta's guidelines were read as other providers quote
them, several of them alike (such as Wati, Botmaker, Unifonic and DoubleTick).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from twilio_senders_mcp.twilio.responses import Sender

from .fields import channel_of, field, name_field
from .finding import Finding, State

NAME_MAX: Final = 255
NAME_MIN: Final = 3
PAGE: Final = "topics/display-name"

_TWILIO_63124: Final = "Twilio error page 63124"
_TWILIO_63060: Final = "Twilio error page 63060"
_META: Final = "Meta's display name guidelines, as other providers quote them"
_OURS: Final = "our advice"

_ADDRESS: Final = re.compile(
    r"https?:|www\.|\S@\S+\.\S|\b[\w-]+\.(com|net|org|io|co|app|shop|store|info|biz|de|uk|fr|eu)\b",
    re.IGNORECASE,
)
_PHONE: Final = re.compile(r"\+?\d[\d ()./-]{6,}\d")
_REPEATED: Final = re.compile(r"[!?.,;:*~_=#$%^+|<>\[\]{}\\/@-]{2,}")
_UNUSUAL: Final = re.compile(r"[!?*~_=#$%^+|<>\[\]{}\\@™®©]")
_GENERIC: Final = frozenset(
    {
        "and",
        "bakery",
        "bar",
        "beauty",
        "business",
        "cafe",
        "clinic",
        "company",
        "customer",
        "delivery",
        "fashion",
        "food",
        "help",
        "hotel",
        "info",
        "information",
        "marketing",
        "news",
        "of",
        "online",
        "order",
        "orders",
        "restaurant",
        "sales",
        "service",
        "services",
        "shop",
        "store",
        "support",
        "team",
        "test",
        "the",
        "travel",
    }
)
_PROMOTIONAL: Final = re.compile(
    r"\b(best|cheap|cheapest|discount|free|lowest|no\.? ?1|number one|offer|offers|sale)\b",
    re.IGNORECASE,
)
_ENDORSED: Final = re.compile(r"\b(official|verified)\b", re.IGNORECASE)
_OF_META: Final = re.compile(r"\b(whatsapp|facebook|instagram|meta)\b", re.IGNORECASE)
_ACRONYM_MAX: Final = 4
_SYMBOLS: Final = ("So", "Sk", "Cs", "Co", "Cn")


class NameRule(NamedTuple):
    """A rule: whether a name breaks it, what that means, and where the rule is documented."""

    name: str
    breaks: Callable[[str], bool]
    state: State
    found: str
    cure: str
    source: str


def _is_too_long(name: str) -> bool:
    return len(name) > NAME_MAX


def _is_too_short(name: str) -> bool:
    return len(name.strip()) < NAME_MIN


def _is_in_capitals(name: str) -> bool:
    words = re.findall(r"[^\W\d_]+", name)
    long = any(len(word) > _ACRONYM_MAX for word in words)
    return long and name == name.upper() and name != name.lower()


def _has_unusual_characters(name: str) -> bool:
    if _REPEATED.search(name) or _UNUSUAL.search(name):
        return True
    return any(unicodedata.category(character) in _SYMBOLS for character in name)


def _has_unusual_spaces(name: str) -> bool:
    return name != " ".join(name.split())


def _has_address(name: str) -> bool:
    return bool(_ADDRESS.search(name))


def _has_phone_number(name: str) -> bool:
    return bool(_PHONE.search(name))


def _is_generic(name: str) -> bool:
    words = re.findall(r"[^\W\d_]+", name.casefold())
    return bool(words) and all(word in _GENERIC for word in words)


def _is_promotional(name: str) -> bool:
    return bool(_PROMOTIONAL.search(name))


def _claims_endorsement(name: str) -> bool:
    return bool(_ENDORSED.search(name))


def _names_meta(name: str) -> bool:
    return bool(_OF_META.search(name))


NAME_RULES: Final = (
    NameRule(
        "length",
        _is_too_long,
        "fail",
        f"has more than {NAME_MAX} characters",
        f"Shorten it to {NAME_MAX} characters at most.",
        _TWILIO_63124,
    ),
    NameRule(
        "minimum",
        _is_too_short,
        "warn",
        f"has fewer than {NAME_MIN} characters",
        f"Use at least {NAME_MIN} characters.",
        _META,
    ),
    NameRule(
        "capitals",
        _is_in_capitals,
        "warn",
        "is all in capitals",
        "Capitalize it as usual, unless the brand is written so everywhere.",
        f"{_META}; {_TWILIO_63060}",
    ),
    NameRule(
        "characters",
        _has_unusual_characters,
        "warn",
        "has unusual punctuation, symbols or emoji",
        "Leave them out, unless the brand is written so everywhere.",
        f"{_META}; {_TWILIO_63124}; {_TWILIO_63060}",
    ),
    NameRule(
        "spaces",
        _has_unusual_spaces,
        "warn",
        "has unusual spaces",
        "Use one space between words, and none around them.",
        _META,
    ),
    NameRule(
        "address",
        _has_address,
        "warn",
        "contains a web address or an e-mail address",
        "Put addresses into the profile instead.",
        _META,
    ),
    NameRule(
        "number",
        _has_phone_number,
        "warn",
        "contains a phone number",
        "Leave it out: people see the number anyway.",
        _OURS,
    ),
    NameRule(
        "generic",
        _is_generic,
        "warn",
        "consists of generic words only",
        "Use the name of the business or the brand.",
        f"{_META}; {_TWILIO_63124}",
    ),
    NameRule(
        "promotional",
        _is_promotional,
        "warn",
        "sounds like an advertisement",
        "Use the name of the business or the brand only.",
        f"{_META}; {_TWILIO_63124}",
    ),
    NameRule(
        "endorsement",
        _claims_endorsement,
        "warn",
        "says that the business is official or verified",
        "Leave that out: only Meta decides about it.",
        _META,
    ),
    NameRule(
        "trademark",
        _names_meta,
        "warn",
        "contains the name of Meta or of one of its products",
        "Leave it out.",
        f"{_META}; {_TWILIO_63124}; {_TWILIO_63060}",
    ),
)


def name_findings(sender: Sender) -> Iterator[Finding]:
    """Yield what is to be said about the display name and a pending one."""
    if channel_of(sender) != "whatsapp":
        return
    pending, status = (
        name_field(sender, "pending_display_name"),
        name_field(sender, "pending_display_name_status"),
    )
    name = field(sender, "profile", "name")
    if status:
        yield _of_pending(pending or "", status)
    if not isinstance(name, str) or not name:
        if not status:
            yield Finding(
                check="name",
                state="fail",
                found="There is no display name.",
                cure="Set profile.name; WhatsApp requires it.",
                page=PAGE,
            )
        return
    broken = [rule for rule in NAME_RULES if rule.breaks(name)]
    for rule in broken:
        yield Finding(
            check="name",
            state=rule.state,
            found=f"The name {{}} {rule.found}.",
            cure=rule.cure,
            page=PAGE,
            outside=(name,),
        )
    if not broken:
        yield Finding(
            check="name",
            state="pass",
            found="The name {} breaks no documented rule.",
            page=PAGE,
            outside=(name,),
        )


_PENDING: Final[dict[str, tuple[State, str, str]]] = {
    "PENDING_REVIEW": ("warn", "Meta is reviewing it, and the old name stays live", "Wait."),
    "APPROVED": ("pass", "Meta approved it, and it goes live automatically", ""),
    "COMPLETED": ("pass", "it is live", ""),
    "DECLINED": (
        "warn",
        "Meta declined it, and the number may be limited to 250 messages in 24 hours",
        "Choose another name and submit it as profile.name.",
    ),
    "PIN_MISMATCH": (
        "warn",
        "Meta approved it, but it was not applied",
        "Correct the two-step verification PIN, then submit the same name again.",
    ),
    "REGISTRATION_FAILED": (
        "warn",
        "Meta approved it, but it was not applied",
        "Submit the same name again.",
    ),
    "EXPIRED": (
        "warn",
        "Meta approved it, but it was not applied within 14 days",
        "Submit the same name again.",
    ),
}


def _of_pending(name: str, status: str) -> Finding:
    state, found, cure = _PENDING.get(status, ("unknown", "its state is not documented", ""))
    return Finding(
        check="name",
        state=state,
        found=f"The new name {{}} is {{}}: {found}.",
        cure=cure,
        page=PAGE,
        outside=(name, status),
    )
