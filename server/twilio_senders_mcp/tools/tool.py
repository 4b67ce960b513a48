"""What a tool is, what it may use while it runs, and what it returns.

Everything that is known about a tool stands in one `Tool`: the lists, the modes, the annotations,
the instructions and the tables are derived from it. A tool knows nothing of MCP, so a test can
call it with a `Call` made by hand.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel

from twilio_senders_mcp.twilio.client import SendersClient

Effect = Literal["looks_up", "reads", "creates", "changes", "destroys"]
"""What a tool does: ``looks_up`` reads this server's own reference and reaches no one; ``reads``
reads from Twilio; the others write there."""

ArgumentsT = TypeVar("ArgumentsT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked before something that is hard to undo.

    ``what`` names the action, such as ``deleting whatsapp:+15550100002``. ``seen`` is the state
    that the question is about: consent counts for this state only. ``label`` stands beside the
    field of the form. The person must type ``expected`` there; where that is empty, a yes is
    enough.
    """

    text: str
    what: str
    seen: str
    label: str
    expected: str = ""


class Confirm(Protocol):
    """Asks a person and returns if the answer is yes, or if nobody is to be asked."""

    async def __call__(
        self, question: Question, look_again: Callable[[], Awaitable[Question | None]], /
    ) -> None:
        """Ask ``question``.

        Time passes until a person answers: ``look_again`` returns the question as it would be
        put now, None where there is nothing left to ask. If it differs, it is asked anew.

        Raises:
            Declined, Cancelled, NotConfirmed, Unanswered, CannotAsk: see `.errors`.

        """
        ...


class Progress(Protocol):
    """Reports how far a call has come."""

    async def __call__(self, done: float, total: float, message: str, /) -> None:
        """Report ``done`` of ``total`` seconds, with a few words for a person."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """What a tool may use while it runs.

    ``asks`` tells whether `confirm` would ask a person. ``poll_seconds`` is the initial interval
    between two reads of a sender that is waited for. ``nulls`` are the dotted paths of the
    arguments that were null, and so count as not given.
    """

    twilio: SendersClient
    asks: bool
    confirm: Confirm
    progress: Progress
    poll_seconds: float
    nulls: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What a tool returns: a sentence, the next step if there is one, and the facts as JSON.

    ``request_id`` is Twilio's. ``text`` replaces the JSON in what a person reads.
    """

    summary: str
    content: dict[str, Any]
    next: str = ""
    request_id: str | None = None
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tool(Generic[ArgumentsT]):
    """A tool and all that is known about it.

    ``arguments`` is a strict model; its schema is the tool's input schema. ``result`` is the
    ``TypedDict`` of its structured content. ``page`` is the page of the reference about it.
    ``instruction`` is its part of the server's instructions. ``check`` is what to do before a
    call is repeated whose outcome is unknown.
    """

    name: str
    title: str
    effect: Effect
    arguments: type[ArgumentsT]
    result: type[Any]
    run: Callable[[Call, ArgumentsT], Awaitable[Result]]
    page: str = ""
    instruction: str = ""
    check: str = "read the sender (get_sender) before trying again"
    description: str = field(init=False)

    def __post_init__(self) -> None:
        """Take the description from the docstring of ``run``."""
        object.__setattr__(self, "description", inspect.getdoc(self.run) or "")

    @property
    def writes(self) -> bool:
        """Whether it changes anything at Twilio."""
        return self.effect in ("creates", "changes", "destroys")


AnyTool = Tool[Any]
