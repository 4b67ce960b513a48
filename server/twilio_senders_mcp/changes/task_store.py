"""Tasks in the tables."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from .database import Database
from .errors import UnknownTask
from .tables import TASKS
from .tasks import Task, TaskState, TaskWait


class TaskStore:
    """Keeps tasks. Of several processes, the first to end a task decides how it ended."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, task: Task, *, caller: str) -> None:
        """Store a new task, and remove those that have expired."""
        with self._database.writing() as connection:
            connection.execute(delete(TASKS).where(TASKS.c.expires_at <= task.created_at))
            connection.execute(
                insert(TASKS).values(
                    id=task.id,
                    caller=caller,
                    tool=task.tool,
                    arguments=dict(task.arguments),
                    created_at=task.created_at,
                    updated_at=task.updated_at,
                    expires_at=task.expires_at,
                    state=task.state,
                    answers={},
                    **_stored_wait(task.wait, task.created_at),
                )
            )

    def find(self, task: str, *, caller: str, now: float) -> Task:
        """Return a task.

        Raises:
            UnknownTask: if there is none, or it has expired.

        """
        with self._database.reading() as connection:
            row = connection.execute(
                select(TASKS).where(
                    TASKS.c.id == task, TASKS.c.caller == caller, TASKS.c.expires_at > now
                )
            ).first()
        if row is None:
            raise UnknownTask(task)
        return _task(row)

    def take_look(self, task: Task, *, now: float) -> bool:
        """Postpone the next look and return True, if it is time for one."""
        with self._database.writing() as connection:
            postponed = connection.execute(
                update(TASKS)
                .where(_working(task), TASKS.c.look_at <= now)
                .values(look_at=now + task.wait.look_seconds)
            )
            return postponed.rowcount == 1

    def keep_waiting(self, task: Task, wait: TaskWait, *, now: float) -> None:
        """Store what a task waits for, if it has not ended."""
        changed = {} if wait == task.wait else {"updated_at": now}
        with self._database.writing() as connection:
            connection.execute(
                update(TASKS).where(_working(task)).values(**_stored_wait(wait, now), **changed)
            )

    def finish(
        self,
        task: Task,
        state: TaskState,
        *,
        message: str,
        result: Mapping[str, Any] | None,
        now: float,
    ) -> None:
        """Store the end of a task, if it has not ended."""
        with self._database.writing() as connection:
            connection.execute(
                update(TASKS)
                .where(_working(task))
                .values(
                    state=state,
                    message=message,
                    result=None if result is None else dict(result),
                    updated_at=now,
                )
            )

    def answer(self, task: Task, answers: Mapping[str, bool], *, now: float) -> None:
        """Store the first answer to each open question, and let the task be looked at again."""
        with self._database.writing() as connection:
            row = connection.execute(select(TASKS).where(_working(task)).with_for_update()).first()
            if row is None:
                return
            current = _task(row)
            new = {key: given for key, given in answers.items() if key in current.open_questions}
            if new:
                connection.execute(
                    update(TASKS)
                    .where(TASKS.c.id == task.id)
                    .values(answers={**current.answers, **new}, look_at=now, updated_at=now)
                )


def _working(task: Task) -> Any:
    return (TASKS.c.id == task.id) & (TASKS.c.state == "working")


def _stored_wait(wait: TaskWait, now: float) -> dict[str, Any]:
    stored = asdict(wait)
    return {**stored, "look_at": now + wait.look_seconds}


def _task(row: Row[Any]) -> Task:
    return Task(
        id=row.id,
        tool=row.tool,
        arguments=row.arguments,
        state=row.state,
        created_at=row.created_at,
        updated_at=row.updated_at,
        expires_at=row.expires_at,
        wait=TaskWait(row.message, row.look_seconds, row.questions),
        answers=row.answers,
        result=row.result,
    )
