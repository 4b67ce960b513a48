"""The scripted conversation: five steps, and the expected effect of each.

Whether a step worked is checked in the sandbox where possible; the wording of the result is checked
in what the framework gives to a model.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from twilio_senders_mcp.sandbox import ONLINE_SENDER

NUMBER: Final = "+1 555 010 0002"
SENDER_ID: Final = "whatsapp:+15550100002"
CALLBACK_URL: Final = "https://new.example/whatsapp"
GIVEN: Final = {"webhook": {"callback_url": CALLBACK_URL}}
MISSPELT_KEY: Final = "callbackUrl"
MISSPELT: Final = {"webhook": {MISSPELT_KEY: CALLBACK_URL}}
CONFIRMATION: Final = {"confirm": "0002"}
"""What a person types before a deletion: the last four digits of the number."""

STEPS: Final = ("find", "update", "refuse", "wait", "delete")
ACCEPTED: Final = "Twilio accepted the update"
CORRECTED: Final = "did you mean callback_url"
OK: Final = "ok"
NOT_SENT: Final = "ok, key not sent"
"""The outcome where the library itself refuses or drops a misspelt key."""

_SID: Final = re.compile(r"XE[0-9a-f]{32}")
# JSON, JSON inside a JSON string, and Python's own spelling.
_REACHED: Final = re.compile(r"""reached\\?["']: ?(true|True)""")
_WAIT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Reply:
    """The outcome of a call: the text that a model gets, and whether the framework raised it."""

    text: str
    raised: bool


Call = Callable[[str, Mapping[str, Any]], Awaitable[Reply]]


class Twilio(Protocol):
    """The part of Twilio's state that the conversation checks."""

    async def sender(self, sid: str) -> Mapping[str, Any] | None:
        """Return the sender as it is now, None if there is none."""
        ...

    async def updates(self) -> list[Any]:
        """Return the bodies of the updates that arrived, oldest first."""
        ...


@dataclass(slots=True)
class Outcome:
    """The outcome of each step, `OK` or what went wrong, and two more checks.

    ``replies`` contains the whole text of each step. ``sentences`` says whether a model gets the
    result's own sentences, ``only_given`` whether only the given field was sent to Twilio.
    """

    steps: dict[str, str] = field(default_factory=dict[str, str])
    replies: dict[str, str] = field(default_factory=dict[str, str])
    sentences: str = ""
    only_given: str = ""

    def passed(self) -> bool:
        """Tell whether every step and both checks are as they should be."""
        verdicts = [*(self.steps.get(step) for step in STEPS), self.sentences, self.only_given]
        return all(verdict in (OK, NOT_SENT) for verdict in verdicts)


async def converse(call: Call, twilio: Twilio, outcome: Outcome, *, misspelt: str = "") -> None:
    """Carry out the steps and record them in ``outcome``; if the sender is not found, stop.

    ``misspelt`` is part of the reply if the client does not send a misspelt key, otherwise empty.
    """

    async def step(name: str, tool: str, arguments: Mapping[str, Any]) -> Reply:
        outcome.steps[name] = "no reply"
        reply = await call(tool, arguments)
        outcome.replies[name] = reply.text
        return reply

    def judge(name: str, reply: Reply, *, worked: bool) -> None:
        outcome.steps[name] = OK if worked else reply.text

    reply = await step("find", "list_senders", {"channel": "whatsapp", "query": NUMBER})
    found = set(_SID.findall(reply.text))
    judge("find", reply, worked=not reply.raised and found == {ONLINE_SENDER})
    if outcome.steps["find"] != OK:
        return
    sid = found.pop()

    reply = await step("update", "update_sender", {"sid": sid, **GIVEN})
    sender = await twilio.sender(sid) or {}
    changed = sender.get("webhook", {}).get("callback_url") == CALLBACK_URL
    judge("update", reply, worked=not reply.raised and changed)
    accepted = ACCEPTED in reply.text

    before = await twilio.updates()
    reply = await step("refuse", "update_sender", {"sid": sid, **MISSPELT})
    corrected = CORRECTED in reply.text
    not_sent = not corrected and bool(misspelt) and misspelt in reply.text
    judge("refuse", reply, worked=(corrected or not_sent) and await twilio.updates() == before)
    if not_sent and outcome.steps["refuse"] == OK:
        outcome.steps["refuse"], corrected = NOT_SENT, True
    outcome.sentences = _sentences(accepted=accepted, corrected=corrected)

    limits = {"until": "settled", "timeout_seconds": _WAIT_SECONDS}
    reply = await step("wait", "wait_for_sender", {"sid": sid, **limits})
    settled = (await twilio.sender(sid) or {}).get("status") == "ONLINE"
    reached = _REACHED.search(reply.text) is not None
    judge("wait", reply, worked=not reply.raised and settled and reached)

    reply = await step("delete", "delete_sender", {"sid": sid, "sender_id": SENDER_ID})
    judge("delete", reply, worked=not reply.raised and await twilio.sender(sid) is None)

    updates = await twilio.updates()
    outcome.only_given = OK if updates == [GIVEN] else f"{len(updates)} updates: {updates}"


def _sentences(*, accepted: bool, corrected: bool) -> str:
    if accepted and corrected:
        return OK
    if corrected:
        return "not that of the update"
    return "not that of the refusal" if accepted else "neither"
