"""Durable tasks: calls whose result somebody asks for later, from any process on the same state.

Nothing works on a task in the background. It records what a call waits for; whoever asks for it has
it looked at, at most once per interval among all processes, and the first final result is kept. So
a task needs no process of its own, and a restart loses nothing.
"""

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from .threads import in_thread

if TYPE_CHECKING:
    from .task_store import TaskStore

TASK_SECONDS: Final = 7 * 24 * 3600.0
"""How long a task can be asked for, in seconds from its creation."""

TaskState = Literal["working", "completed", "failed", "cancelled"]
"""All but ``working`` are final."""


@dataclass(frozen=True, slots=True)
class TaskWait:
    """What a task waits for.

    ``message`` says so to a person. In ``look_seconds`` it is worth looking again. ``questions``
    are what a person must answer before it goes on, by keys that are never used for another one.
    """

    message: str
    look_seconds: float
    questions: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Task:
    """A task as it is recorded. Times are in seconds since the epoch.

    ``arguments`` are those of the call of ``tool``. ``answers`` has whether a person agreed, by the
    keys of the questions. ``result`` is what a final state but ``cancelled`` ended with.
    """

    id: str
    tool: str
    arguments: Mapping[str, Any]
    state: TaskState
    created_at: float
    updated_at: float
    expires_at: float
    wait: TaskWait
    answers: Mapping[str, bool]
    result: Mapping[str, Any] | None

    @property
    def open_questions(self) -> Mapping[str, Mapping[str, Any]]:
        """The questions that nobody has answered yet."""
        return {key: each for key, each in self.wait.questions.items() if key not in self.answers}


class Tasks:
    """The durable tasks of one server.

    Tasks of another ``caller`` are unknown. Every method raises `StateUnavailable` if the state
    cannot be used, and `UnknownTask` if there is no such task or it has expired.
    """

    def __init__(self, store: Callable[[], Awaitable["TaskStore"]], keep_seconds: float) -> None:
        self._store = store
        self._keep = min(TASK_SECONDS, keep_seconds)

    async def create(
        self, tool: str, arguments: Mapping[str, Any], wait: TaskWait, *, caller: str = ""
    ) -> Task:
        """Record a new task, whose id cannot be guessed."""
        store, now = await self._store(), time.time()
        task = Task(
            id=f"task-{secrets.token_urlsafe(16)}",
            tool=tool,
            arguments=arguments,
            state="working",
            created_at=now,
            updated_at=now,
            expires_at=now + self._keep,
            wait=wait,
            answers={},
            result=None,
        )
        await in_thread(lambda: store.add(task, caller=caller))
        return task

    async def find(self, task: str, *, caller: str = "") -> Task:
        """Return a task."""
        store = await self._store()
        return await in_thread(lambda: store.find(task, caller=caller, now=time.time()))

    async def take_look(self, task: Task) -> bool:
        """Tell whether it is time to look at what a task waits for; only one caller is told so."""
        store = await self._store()
        return await in_thread(lambda: store.take_look(task, now=time.time()))

    async def keep_waiting(self, task: Task, wait: TaskWait) -> None:
        """Record what a task waits for now."""
        store = await self._store()
        await in_thread(lambda: store.keep_waiting(task, wait, now=time.time()))

    async def finish(
        self, task: Task, state: TaskState, *, message: str, result: Mapping[str, Any] | None
    ) -> None:
        """Record the end of a task, unless it has ended."""
        store = await self._store()
        await in_thread(
            lambda: store.finish(task, state, message=message, result=result, now=time.time())
        )

    async def answer(self, task: Task, answers: Mapping[str, bool]) -> None:
        """Record the first answer to each of the task's open questions; others are ignored."""
        store = await self._store()
        await in_thread(lambda: store.answer(task, answers, now=time.time()))
