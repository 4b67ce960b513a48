"""Confirmation by a person, in either protocol era.

On older connections the question is a request to the client, and the call waits for the answer.
Since 2026-07-28 the question is an interim result: the client repeats the call with the answer and
with the state that came with the question. That state identifies the question and the state of the
sender that it was about; if either has changed, the person is asked again. It can be used only once
in this process, and `RequestStateBoundary` seals it, binds it to the tool and its arguments, and
lets it expire.

By default, a client that cannot show a question gets neither a question nor an error, unless the
question is a required one.
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
    KeepsChanging,
    NotConfirmed,
    Unanswered,
)
from twilio_senders_mcp.tools.tool import Question

STATE_SECONDS: Final = 600.0
"""How long a question can be answered, in seconds."""

_ASKS_BY_RESULT: Final = "2026-07-28"
CONFIRM_KEY: Final = "confirm"
"""The key of a question and of the field in its form."""

_USED_MAX: Final = 10_000
_ROUNDS_MAX: Final = 3

ConfirmMode = Literal["ask", "always", "never"]
"""``ask``: a person is asked if the client can show a question; a client that cannot is refused if
the question is required. ``always``: a client that cannot is refused. ``never``: nobody is asked.
"""


class AnswerNeeded(Exception):  # noqa: N818 - a step of the protocol, not an error
    """The client must send the call again with a person's answer."""

    def __init__(self, result: InputRequiredResult) -> None:
        super().__init__()
        self.result = result


class AnsweredQuestions:
    """Remembers which questions were answered until they expire."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._used: OrderedDict[str, float] = OrderedDict()

    def use(self, nonce: str) -> bool:
        """Mark a question as answered; return False if it was already."""
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
    """Asks a person to confirm one call; ``notice`` stands before each question."""

    context: ServerRequestContext[Any, Any]
    params: CallToolRequestParams
    answered: AnsweredQuestions
    mode: ConfirmMode
    notice: str = ""

    @property
    def asks(self) -> bool:
        """Whether `confirm` asks a person, or refuses because it cannot."""
        return self.mode == "always" or (self.mode == "ask" and self._can_ask)

    @property
    def _can_ask(self) -> bool:
        """Whether the client can show a form now."""
        capabilities = self.context.session.client_capabilities
        elicitation = capabilities.elicitation if capabilities else None
        # A client that names neither mode supports the form, the older of the two.
        form = elicitation is not None and (elicitation.form is not None or elicitation.url is None)
        return form and (self._asks_by_result or self.context.session.can_send_request)

    async def confirm(
        self, question: Question, current_question: Callable[[], Awaitable[Question | None]]
    ) -> None:
        """Ask a person, as `twilio_senders_mcp.tools.tool.Confirm` describes.

        Raises:
            AnswerNeeded: if the client must send the call again with the answer.

        """
        if not (self.asks or (question.required and self.mode == "ask")):
            return
        if not self._can_ask:
            raise CannotAsk(question.what)
        if self._asks_by_result:
            self._require_answer_to(question)
            return
        for _ in range(_ROUNDS_MAX):
            _require_consent(await self._elicit(question), question)
            current = await current_question()
            if current in (None, question):
                return
            question = current
        raise KeepsChanging(question.what)

    async def _elicit(self, question: Question) -> ElicitResult:
        try:
            return await self.context.session.elicit_form(
                self._shown(question),
                question_form(question),
                related_request_id=self.context.request_id,
            )
        except (MCPError, ValidationError):
            # The client failed, left, or sent something that is no answer.
            raise Unanswered(question.what) from None

    def _shown(self, question: Question) -> str:
        return f"{self.notice} {question.text}" if self.notice else question.text

    @property
    def _asks_by_result(self) -> bool:
        return self.context.protocol_version >= _ASKS_BY_RESULT

    def _require_answer_to(self, question: Question) -> None:
        answer = (self.params.input_responses or {}).get(CONFIRM_KEY)
        if answer is None or not self._is_answer_to(question):
            raise AnswerNeeded(self._question_result(question))
        _require_consent(answer, question)

    def _is_answer_to(self, question: Question) -> bool:
        """Tell whether this call's state belongs to ``question``, and mark it as used."""
        try:
            digest, nonce = json.loads(self.params.request_state or "")
        except (ValueError, TypeError):
            return False
        return digest == self._digest(question) and self.answered.use(nonce)

    def _question_result(self, question: Question) -> InputRequiredResult:
        form = ElicitRequestFormParams(
            message=self._shown(question), requested_schema=question_form(question)
        )
        state = json.dumps([self._digest(question), secrets.token_hex(16)])
        return InputRequiredResult(
            input_requests={CONFIRM_KEY: ElicitRequest(params=form)}, request_state=state
        )

    def _digest(self, question: Question) -> str:
        """Return what identifies the question; the notice names the account."""
        parts = json.dumps([self.notice, question.text, question.what, question.seen])
        return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()


def question_form(question: Question) -> dict[str, Any]:
    """Return the form of a question.

    Its one field has no default, so that no client can agree on its own.
    """
    kind = "string" if question.expected else "boolean"
    return {
        "type": "object",
        "properties": {CONFIRM_KEY: {"type": kind, "title": question.label}},
        "required": [CONFIRM_KEY],
    }


def _require_consent(answer: object, question: Question) -> None:
    """Return if the person agreed.

    Raises:
        Declined, Cancelled, NotConfirmed, Unanswered: if the person did not agree.

    """
    if not isinstance(answer, ElicitResult):
        raise Unanswered(question.what)
    if answer.action == "decline":
        raise Declined(question.what)
    if answer.action == "cancel":
        raise Cancelled(question.what)
    given = (answer.content or {}).get(CONFIRM_KEY)
    if not isinstance(given, str if question.expected else bool):
        raise Unanswered(question.what)
    if given is False:
        raise Declined(question.what)
    typed = str(given).strip().casefold().removeprefix("rcs:")
    if question.expected and typed != question.expected.casefold():
        raise NotConfirmed(question.what)
