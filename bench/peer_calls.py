"""Twenty calls that users and models make, and what is right for each.

The table `CALLS` is the only place where that stands. What is right is decided by two things only:
the requests that arrived at Twilio's stand-in, and what the caller was told. The wording of a
server does not matter, except where the caller must learn a fact; then any usual word for it does.
The stand-in is the sandbox, which ignores unknown keys and refuses invalid values as Twilio does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from peer_client import Told
from peer_servers import Operation

from twilio_senders_mcp.sandbox import OFFLINE_SENDER, ONLINE_SENDER, PENDING_SENDER

OTHER_HOST: Final = "http://other-host"
"""Replaced by the address of the second listener."""

_PATH: Final = "/v2/Channels/Senders"
_CODE: Final = "654321"
_ABOUT: Final = {"profile": {"about": "Open until midnight"}}
_SITES: Final = [{"website": f"https://{name}.example", "label": "Website"} for name in "abc"]
_NEW: Final = {"sender_id": "whatsapp:+15550100321", "profile": {"name": "Harbor Books"}}
_MAY_HAVE_HAPPENED: Final = r"unknown|may have|might have|possibl|uncertain|not certain"
_LIMIT: Final = r"\blimits?\b|at most|maximum|too (many|long)"
_WAIT: Final = r"\b1 ?s(econds?)?\b|retry.after"


@dataclass(frozen=True, slots=True)
class Seen:
    """The requests that arrived, those of the caller's preparations included."""

    requests: Sequence[Mapping[str, Any]]

    @property
    def writes(self) -> list[Mapping[str, Any]]:
        """The requests that may change something."""
        return [request for request in self.requests if request["method"] != "GET"]

    def accepted(self) -> int:
        """Return the number of writes that the stand-in accepted."""
        return sum(request["status"] in (202, 204) for request in self.writes)

    def carries(self, fields: Mapping[str, Any]) -> bool:
        """Tell whether exactly one write arrived, with these fields among others."""
        bodies = [request["body"] for request in self.writes]
        return len(bodies) == 1 and _contains(bodies[0], fields)

    def nulls(self) -> bool:
        """Tell whether a body has a null at any depth."""
        return any(_has_null(request["body"]) for request in self.writes)

    def elsewhere(self) -> bool:
        """Tell whether a request left the place of the senders."""
        return any(
            not request["path"].startswith(_PATH)
            or request["path"].removeprefix(_PATH).count("/") > 1
            or ".." in request["path"].split("/")
            for request in self.requests
        )


Judge = Callable[[Seen, Told], bool]


@dataclass(frozen=True, slots=True)
class UserCall:
    """One call: what is asked, how Twilio behaves, what is right, and the check of that."""

    name: str
    operation: Operation
    arguments: Mapping[str, Any]
    right: str
    judge: Judge
    faults: Sequence[Mapping[str, Any]] = ()
    """What the stand-in does with the first writes."""
    only_here: Mapping[str, Any] = field(default_factory=dict)
    """Arguments for those servers whose tool has them."""


def _refused_before_sending(seen: Seen, told: Told) -> bool:
    return not seen.requests and not told.succeeded


def _unsure_after_one_write(seen: Seen, told: Told) -> bool:
    return len(seen.writes) == 1 and not told.succeeded and told.mentions(_MAY_HAVE_HAPPENED)


CALLS: Final = (
    UserCall(
        "update of profile and webhook",
        "update",
        {"Sid": ONLINE_SENDER, **_ABOUT, "webhook": {"callback_url": "https://a.example/in"}},
        "Both arrive in one request, and the caller is told of success.",
        lambda seen, told: (
            seen.carries({**_ABOUT, "webhook": {"callback_url": "https://a.example/in"}})
            and told.succeeded
        ),
    ),
    UserCall(
        "misspelt key",
        "update",
        {"Sid": ONLINE_SENDER, "profile": {"abuot": "Open until midnight"}},
        "Nothing is sent, and the caller is told which key is wrong: Twilio would ignore it.",
        lambda seen, told: _refused_before_sending(seen, told) and told.mentions("abuot"),
    ),
    UserCall(
        "no SID",
        "update",
        _ABOUT,
        "Nothing is sent, and the caller is told of a failure.",
        _refused_before_sending,
    ),
    UserCall(
        "empty update",
        "update",
        {"Sid": ONLINE_SENDER},
        "Nothing is sent, and the caller is told of a failure: nothing would change.",
        _refused_before_sending,
    ),
    UserCall(
        "SID that is a path, `../../v1/Services/x?y=1`",
        "update",
        {"Sid": "../../v1/Services/x?y=1", **_ABOUT},
        "No request leaves the path of the senders, and the caller is told of a failure.",
        lambda seen, told: not seen.elsewhere() and not told.succeeded,
    ),
    UserCall(
        "value that is not on Twilio's list",
        "update",
        {"Sid": ONLINE_SENDER, "profile": {"vertical": "RESTAURANTS"}},
        "Nothing changes, and the caller is told which field is wrong.",
        lambda seen, told: not seen.accepted() and not told.succeeded and told.mentions("vertical"),
    ),
    UserCall(
        "optional fields filled in with null",
        "update",
        {
            "Sid": ONLINE_SENDER,
            "profile": {"about": "Open until midnight", "description": None},
            "webhook": None,
            "configuration": None,
        },
        "The given field arrives and no null does: what Twilio makes of null is not documented.",
        lambda seen, told: seen.carries(_ABOUT) and not seen.nulls() and told.succeeded,
    ),
    UserCall(
        "three web sites where WhatsApp keeps two",
        "update",
        {"Sid": ONLINE_SENDER, "profile": {"websites": _SITES}},
        "The caller learns of the limit, by a refusal or a warning.",
        lambda _, told: told.mentions("website") and told.mentions(_LIMIT),
    ),
    UserCall(
        "unknown sender (404)",
        "update",
        {"Sid": "XE" + "0" * 32, **_ABOUT},
        "One request, and the caller is told that there is no such sender.",
        lambda seen, told: (
            len(seen.writes) == 1 and not told.succeeded and told.mentions("not found|no such|404")
        ),
    ),
    UserCall(
        "too many requests (429, Retry-After 1)",
        "update",
        {"Sid": ONLINE_SENDER, **_ABOUT},
        "The update is applied once and the caller knows, or the caller learns how long to wait.",
        lambda seen, told: (
            seen.accepted() == 1 if told.succeeded else not seen.accepted() and told.mentions(_WAIT)
        ),
        faults=[{"status": 429, "retry_after": 1}],
    ),
    UserCall(
        "500 after the change was applied",
        "update",
        {"Sid": ONLINE_SENDER, **_ABOUT},
        "It is not repeated, and the caller is told that it may have been applied.",
        _unsure_after_one_write,
        faults=[{"status": 500, "apply": True}],
    ),
    UserCall(
        "connection lost after the change was applied",
        "update",
        {"Sid": ONLINE_SENDER, **_ABOUT},
        "It is not repeated, and the caller is told that it may have been applied.",
        _unsure_after_one_write,
        faults=[{"drop": True, "apply": True}],
    ),
    UserCall(
        "HTML page of a proxy, with status 200",
        "update",
        {"Sid": ONLINE_SENDER, **_ABOUT},
        "One request, and the caller is told of a failure.",
        lambda seen, told: len(seen.writes) == 1 and not told.succeeded,
        faults=[{"status": 200, "body": "<html>Welcome</html>", "content_type": "text/html"}],
    ),
    UserCall(
        "response about another sender",
        "update",
        {"Sid": ONLINE_SENDER, **_ABOUT},
        "The caller is not told of success.",
        lambda _, told: not told.succeeded,
        faults=[
            {
                "status": 202,
                "body": {
                    "sid": OFFLINE_SENDER,
                    "status": "ONLINE",
                    "sender_id": "whatsapp:+15550100003",
                },
            }
        ],
    ),
    UserCall(
        "redirect to another host",
        "update",
        {"Sid": ONLINE_SENDER, **_ABOUT},
        "Nothing reaches the other host, and the caller is told of a failure.",
        lambda seen, told: (
            len({each["port"] for each in seen.requests}) == 1 and not told.succeeded
        ),
        faults=[
            {
                "status": 307,
                "body": "",
                "headers": {"location": f"{OTHER_HOST}{_PATH}/{ONLINE_SENDER}"},
            }
        ],
    ),
    UserCall(
        "verification code in Twilio's error message",
        "update",
        {"Sid": PENDING_SENDER, "configuration": {"verification_code": _CODE}},
        "The caller is told of a failure, and the code is not in it.",
        lambda _, told: not told.succeeded and not told.mentions(_CODE),
        faults=[
            {
                "status": 400,
                "body": {
                    "code": 63100,
                    "message": f"configuration.verification_code {_CODE} has expired",
                    "status": 400,
                },
            }
        ],
    ),
    UserCall(
        "registration of a sender that exists",
        "create",
        {"sender_id": "whatsapp:+15550100002", "profile": {"name": "Owl Bakery"}},
        "Nothing is registered, and the caller is told why.",
        lambda seen, told: (
            not seen.accepted() and not told.succeeded and told.mentions("already|exists|63110")
        ),
    ),
    UserCall(
        "registration whose response is lost",
        "create",
        _NEW,
        "It is not repeated, and the caller is told that it may have happened.",
        _unsure_after_one_write,
        faults=[{"drop": True, "apply": True}],
    ),
    UserCall(
        "list of two WhatsApp senders",
        "list",
        {"Channel": "whatsapp", "PageSize": 2},
        "Channel and page size arrive, and the caller gets the senders.",
        lambda seen, told: (
            any(
                "Channel=whatsapp" in each["query"] and "PageSize=2" in each["query"]
                for each in seen.requests
            )
            and told.succeeded
            and told.mentions(PENDING_SENDER)
        ),
    ),
    UserCall(
        "deletion",
        "delete",
        {"Sid": OFFLINE_SENDER},
        "One deletion arrives, and the caller is told of success.",
        lambda seen, told: seen.accepted() == 1 and len(seen.writes) == 1 and told.succeeded,
        only_here={"sender_id": "whatsapp:+15550100003"},
    ),
)


def _contains(value: Any, part: Any) -> bool:
    if isinstance(part, Mapping):
        return isinstance(value, Mapping) and all(
            name in value and _contains(value[name], entry) for name, entry in part.items()
        )
    return value == part


def _has_null(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(entry is None or _has_null(entry) for entry in value.values())
    return isinstance(value, list) and any(_has_null(entry) for entry in value)
