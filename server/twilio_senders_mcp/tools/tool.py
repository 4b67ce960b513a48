"""The definition of a tool, what it may use while it runs, and what it returns.

A `Tool` contains everything that is known about a tool; the lists, modes, annotations,
instructions and tables are derived from it. Tools are independent of MCP, so that a test can call
one with a hand-made `Call`.
"""

import inspect
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel

from twilio_senders_mcp.accounts.accounts import Accounts
from twilio_senders_mcp.changes import Changes
from twilio_senders_mcp.probing.prober import Prober
from twilio_senders_mcp.twilio.client import SendersClient

Effect = Literal["looks_up", "reads", "creates", "changes", "destroys"]
"""What a tool does: ``looks_up`` reads this server's own reference and sends nothing; ``reads``
reads from Twilio; the others write to Twilio."""

ArgumentsT = TypeVar("ArgumentsT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Question:
    """A question to a person before an action that is hard to undo.

    ``what`` names the action, such as ``deleting whatsapp:+15550100002``. ``seen`` is the state
    that the question is about; consent is valid only for this state. ``label`` is the label of the
    form's field. The person must type ``expected`` into it; if that is empty, a yes is enough. If
    the question is ``required``, a client that cannot show it is refused; by default it then goes
    on without.
    """

    text: str
    what: str
    seen: str
    label: str
    expected: str = ""
    required: bool = False


class Confirm(Protocol):
    """Asks a person, and returns if the answer is yes or if no question is necessary."""

    async def __call__(
        self, question: Question, current_question: Callable[[], Awaitable[Question | None]], /
    ) -> None:
        """Ask ``question``.

        The state may change before the person answers. ``current_question`` therefore returns the
        question for the current state, or None if none is necessary; if it differs from
        ``question``, it is asked instead.

        Raises:
            Declined, Cancelled, NotConfirmed, Unanswered, CannotAsk: see `.errors`.

        """
        ...


class Progress(Protocol):
    """Reports the progress of a call."""

    async def __call__(self, done: float, total: float, message: str, /) -> None:
        """Report ``done`` of ``total``, with a short message for a person.

        They are seconds, or what the message counts.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """What a tool may use while it runs.

    ``twilio`` is the client of the chosen account. ``account`` is its name where there are several
    accounts, empty if the call is about all of them. ``asks`` is true if `confirm` would ask a
    person. ``poll_seconds`` is the initial polling interval of `wait_for_sender`. ``nulls`` are the
    dotted paths of the arguments that were null and therefore count as not given. ``changes`` keeps
    the plans and runs. ``offered`` are the names of the tools that the caller has; a result names
    no other one. ``prober`` opens addresses that others wrote, if that is allowed. With
    ``read_only``, nothing may be sent that has an effect. ``sandbox`` is true if the embedded
    Twilio replaces the real one.
    """

    twilio: SendersClient
    asks: bool
    confirm: Confirm
    progress: Progress
    poll_seconds: float
    accounts: Accounts
    changes: Changes
    account: str = ""
    nulls: tuple[str, ...] = ()
    offered: Collection[str] = ()
    prober: Prober | None = None
    sandbox: bool = False
    read_only: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What a tool returns: a sentence, the next step if there is one, and the facts as JSON.

    ``request_id`` is Twilio's. ``text`` replaces the JSON in the text block.
    """

    summary: str
    content: dict[str, Any]
    next: str = ""
    request_id: str | None = None
    text: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """What a deferred call waits for: a sentence, and the seconds after which to look again.

    ``questions`` are what a person must answer before it goes on. A key is never used for another
    question.
    """

    message: str
    look_seconds: float
    questions: Mapping[str, Question] = field(default_factory=dict[str, Question])


@dataclass(frozen=True, slots=True)
class Deferred:
    """What is known of a deferred call: the seconds since it began, and whether a person agreed.

    ``answers`` has the keys of the questions that were answered.
    """

    seconds: float
    answers: Mapping[str, bool]


@dataclass(frozen=True, kw_only=True)
class Deferral(Generic[ArgumentsT]):
    """How a call that would wait can return at once and have its result asked for later.

    ``begin`` does what must be done first, and returns the result if there is nothing to wait for.
    ``look`` returns the result as soon as there is one; it may be called by another process than
    the one that began. ``cancel`` stops what the call began; it returns a sentence about what it
    left, and is None if the call only looks on.
    """

    begin: Callable[[Call, ArgumentsT], Awaitable[Result | Waiting]]
    look: Callable[[Call, ArgumentsT, Deferred], Awaitable[Result | Waiting]]
    cancel: Callable[[Call, ArgumentsT], Awaitable[str]] | None = None


@dataclass(frozen=True, kw_only=True)
class Tool(Generic[ArgumentsT]):
    """A tool and everything that is known about it.

    ``arguments`` is a strict model; its schema is the tool's input schema. ``result`` is the
    ``TypedDict`` of its structured content. ``page`` is the page of the reference about it.
    ``instruction`` is its part of the server's instructions. ``check`` is the advice shown when
    the outcome of a call is unknown. ``accounts`` tells which Twilio accounts one call can concern:
    one, also all of them, or none in particular. Where there are several accounts,
    ``arguments_of_accounts`` and ``result_of_accounts`` replace ``arguments`` and ``result``.
    ``deferral`` is there if a call can become a task.
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
    accounts: Literal["one", "all", "none"] = "one"
    arguments_of_accounts: type[BaseModel] | None = None
    result_of_accounts: type[Any] | None = None
    deferral: Deferral[ArgumentsT] | None = None
    description: str = field(init=False)

    def __post_init__(self) -> None:
        """Take the description from the docstring of ``run``."""
        object.__setattr__(self, "description", inspect.getdoc(self.run) or "")

    @property
    def writes(self) -> bool:
        """Whether the tool may change anything at Twilio."""
        return self.effect in ("creates", "changes", "destroys")


AnyTool = Tool[Any]
