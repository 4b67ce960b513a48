"""Tools and a prompt whose call is repeated with answers, as of the revision 2026-07-28."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mcp.types import (
    CallToolRequestParams,
    CreateMessageRequest,
    CreateMessageRequestParams,
    ElicitRequest,
    ElicitRequestFormParams,
    GetPromptRequestParams,
    InputRequest,
    InputRequiredResult,
    InputResponse,
    ListRootsRequest,
    SamplingMessage,
    TextContent,
)

from .fixture_tool import Context, FixtureTool, ToolResult, text_result


@dataclass(frozen=True)
class InputRounds:
    """Rounds of requests to the client; each round is repeated until all of it is answered.

    With ``stateful`` the client carries the number of the round, and answers count only with it.
    """

    rounds: tuple[Mapping[str, InputRequest], ...]
    stateful: bool = True

    def next_request(
        self, context: Context, params: CallToolRequestParams | GetPromptRequestParams
    ) -> InputRequiredResult | None:
        """Return what the client must answer now, None after the last round."""
        number = int(params.request_state or 0)
        is_reply = not self.stateful or params.request_state is not None
        answered = (params.input_responses or {}).keys()
        if is_reply and self._requests(number, context).keys() <= answered:
            number += 1
        if number == len(self.rounds):
            return None
        return InputRequiredResult(
            input_requests=self._requests(number, context),
            request_state=str(number) if self.stateful else None,
        )

    def _requests(self, number: int, context: Context) -> dict[str, InputRequest]:
        """Return the requests of a round that the client declared it can answer."""
        declared = context.session.client_capabilities
        return {
            key: request
            for key, request in self.rounds[number].items()
            if declared is not None and getattr(declared, _CAPABILITY[request.method]) is not None
        }


_CAPABILITY: Final = {
    "elicitation/create": "elicitation",
    "sampling/createMessage": "sampling",
    "roots/list": "roots",
}


def _form(message: str, field: str, kind: str = "string") -> ElicitRequest:
    form = {"type": "object", "properties": {field: {"type": kind}}, "required": [field]}
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=form))


def _sampling(question: str) -> CreateMessageRequest:
    message = SamplingMessage(role="user", content=TextContent(type="text", text=question))
    return CreateMessageRequest(
        params=CreateMessageRequestParams(messages=[message], max_tokens=100)
    )


_NAME: Final = {"user_name": _form("What is your name?", "name")}
_CONFIRM: Final = {"confirm": _form("Go on?", "ok", "boolean")}
_CAPITAL: Final = {"capital_question": _sampling("What is the capital of France?")}
_ROOTS: Final = {"client_roots": ListRootsRequest()}

CONTEXT_ROUND: Final = InputRounds(
    ({"user_context": _form("What is the prompt about?", "context")},), stateful=False
)


def _asking(name: str, description: str, rounds: InputRounds) -> FixtureTool:
    async def run(context: Context, params: CallToolRequestParams) -> ToolResult:
        request = rounds.next_request(context, params)
        return request or text_result(f"Answered: {_as_json(params.input_responses or {})}")

    return FixtureTool(name, description, run)


def _as_json(answers: Mapping[str, InputResponse]) -> str:
    dumped: dict[str, Any] = {
        key: answer.model_dump(mode="json") for key, answer in answers.items()
    }
    return json.dumps(dumped)


ASKING_TOOLS: Final = (
    _asking(
        "test_input_required_result_elicitation",
        "Asks for a name.",
        InputRounds((_NAME,), stateful=False),
    ),
    _asking(
        "test_streaming_elicitation",
        "Asks for a name on the response's stream.",
        InputRounds((_NAME,), stateful=False),
    ),
    _asking(
        "test_input_required_result_sampling",
        "Asks the client's model.",
        InputRounds((_CAPITAL,), stateful=False),
    ),
    _asking(
        "test_input_required_result_list_roots",
        "Asks for the client's roots.",
        InputRounds((_ROOTS,), stateful=False),
    ),
    _asking(
        "test_input_required_result_capabilities",
        "Asks what the client declared to answer.",
        InputRounds(({**_NAME, **_CAPITAL},), stateful=False),
    ),
    _asking(
        "test_input_required_result_request_state",
        "Asks with a state that the client returns.",
        InputRounds((_CONFIRM,)),
    ),
    _asking(
        "test_input_required_result_tampered_state",
        "Asks with a state that the client cannot change.",
        InputRounds((_CONFIRM,)),
    ),
    _asking(
        "test_input_required_result_multiple_inputs",
        "Asks a person, a model and the client at once.",
        InputRounds(({**_NAME, **_CAPITAL, **_ROOTS},)),
    ),
    _asking(
        "test_input_required_result_multi_round",
        "Asks one thing after another.",
        InputRounds((_NAME, {"color": _form("What is your favorite color?", "color")})),
    ),
)
