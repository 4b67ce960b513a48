"""Asking a person, in either protocol era.

On older connections the question is a request to the client, and the call waits for the response.
Since 2026-07-28 the question is an interim result: the client calls again with the response and
with the state that came with the question. That state names the question and what was seen when it
was put, so consent to anything else is asked again; it can be used once in this process, and
`RequestStateBoundary` seals it, binds it to the tool and its arguments, and lets it expire.

By default a client that cannot ask gets no question, and no error either.
"""

import hashlib
import json
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.types import (
    CallToolRequestParams,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequiredResult,
)
from pydantic import ValidationError

from twilio_senders_mcp.tools.errors import (
    Cancelled,
    CannotAsk,
    Declined,
    NotConfirmed,
    Unanswered,
)
from twilio_senders_mcp.tools.tool import Question

STATE_SECONDS: Final = 600.0
"""How long a question can be answered."""

_ASKS_BY_RESULT: Final = "2026-07-28"
_KEY: Final = "confirm"
_USED_MAX: Final = 10_000
_ROUNDS_MAX: Final = 3

ConfirmMode = Literal["ask", "always", "never"]
"""``ask``: a person is asked where the client can; ``always``: a client that cannot ask is
refused; ``never``: nobody is asked."""


class AnswerNeeded(Exception):  # noqa: N818 - a step of the protocol, not an error
    """The call goes on when the client sends it again with a person's answer."""

    def __init__(self, result: InputRequiredResult) -> None:
        super().__init__()
        self.result = result


class UsedAnswers:
    """Remembers which questions of this process were answered, as long as they could be."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._used: OrderedDict[str, float] = OrderedDict()

    def use(self, nonce: str) -> bool:
        """Mark a question as answered; False if it was before."""
        now = self._clock()
        while self._used and (
            len(self._used) > _USED_MAX or next(iter(self._used.values())) < now - STATE_SECONDS
        ):
            self._used.popitem(last=False)
        if nonce in self._used:
            return False
        self._used[nonce] = now
        return True


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Asks the person behind one call."""

    context: ServerRequestContext[Any, Any]
    params: CallToolRequestParams
    used: UsedAnswers
    mode: ConfirmMode

    @property
    def asks(self) -> bool:
        """Whether `confirm` asks, or refuses because it cannot."""
        return self.mode == "always" or (self.mode == "ask" and self._can_ask)

    @property
    def _can_ask(self) -> bool:
        """Whether the client can show a form now."""
        capabilities = self.context.session.client_capabilities
        elicitation = capabilities.elicitation if capabilities else None
        # A client that names neither mode means the form, the older of the two.
        form = elicitation is not None and (elicitation.form is not None or elicitation.url is None)
        return form and (self._asks_by_result or self.context.session.can_send_request)

    async def confirm(
        self, question: Question, look_again: Callable[[], Awaitable[Question | None]]
    ) -> None:
        """Ask, as `twilio_senders_mcp.tools.tool.Confirm` describes.

        Raises:
            AnswerNeeded: where the client must send the call again with the answer.

        """
        if not self.asks:
            return
        if not self._can_ask:
            raise CannotAsk(question.what)
        if self._asks_by_result:
            self._require_answer_to(question)
            return
        for _ in range(_ROUNDS_MAX):
            _require_consent(await self._elicit(question), question)
            current = await look_again()
            if current in (None, question):
                return
            question = current
        raise Unanswered(question.what)

    async def _elicit(self, question: Question) -> ElicitResult:
        try:
            return await self.context.session.elicit_form(
                question.text, _form(question), related_request_id=self.context.request_id
            )
        except (MCPError, ValidationError):
            # The client failed, left, or sent something that is no answer.
            raise Unanswered(question.what) from None

    @property
    def _asks_by_result(self) -> bool:
        return self.context.protocol_version >= _ASKS_BY_RESULT

    def _require_answer_to(self, question: Question) -> None:
        answer = (self.params.input_responses or {}).get(_KEY)
        if answer is None or not self._was_put(question):
            raise AnswerNeeded(_as_result(question))
        _require_consent(answer, question)

    def _was_put(self, question: Question) -> bool:
        """Tell whether the state of this call came with this very question, and use it up."""
        try:
            digest, nonce = json.loads(self.params.request_state or "")
        except (ValueError, TypeError):
            return False
        return digest == _digest(question) and self.used.use(nonce)


def _as_result(question: Question) -> InputRequiredResult:
    form = ElicitRequestFormParams(message=question.text, requested_schema=_form(question))
    state = json.dumps([_digest(question), secrets.token_hex(16)])
    return InputRequiredResult(
        input_requests={_KEY: ElicitRequest(params=form)}, request_state=state
    )


def _form(question: Question) -> dict[str, Any]:
    """Return the form: one field without a default, so that no client can agree by itself."""
    kind = "string" if question.expected else "boolean"
    return {
        "type": "object",
        "properties": {_KEY: {"type": kind, "title": question.label}},
        "required": [_KEY],
    }


def _digest(question: Question) -> str:
    parts = json.dumps([question.text, question.what, question.seen])
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()


def _require_consent(answer: object, question: Question) -> None:
    """Go on if the person agreed.

    Raises:
        Declined, Cancelled, NotConfirmed, Unanswered: if not.

    """
    if not isinstance(answer, ElicitResult):
        raise Unanswered(question.what)
    if answer.action == "decline":
        raise Declined(question.what)
    if answer.action == "cancel":
        raise Cancelled(question.what)
    given = (answer.content or {}).get(_KEY)
    if not isinstance(given, str if question.expected else bool):
        raise Unanswered(question.what)
    if given is False:
        raise Declined(question.what)
    if question.expected and str(given).strip().casefold() != question.expected.casefold():
        raise NotConfirmed(question.what)
