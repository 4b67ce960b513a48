"""What the executor reads and writes in the tables while it carries out runs.

Each write names the executor's epoch, and is refused once another executor has taken over.
"""

from dataclasses import dataclass
from typing import Any, Literal, cast

from pydantic import JsonValue
from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, update

from twilio_senders_mcp.senders.diff import FieldChange

from .database import Database
from .failures import Failure
from .plan_store import field_changes_of
from .run_store import stored_results
from .runs import TROUBLE, FieldResult, Outcome, StopReason
from .tables import PLAN_ITEMS, RUN_ITEMS, RUNS, STATE

Stage = Literal["waiting", "begun", "posting", "posted"]
"""How far a sender without an outcome is. ``posting``: the request may have left this process;
``posted``: it has."""

VERIFIED = ("applied", "pending_review", "accepted")


class LostExecution(Exception):  # noqa: N818 - what happened
    """Another executor has taken over."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of a run between its start or resumption and the next pause."""

    run: str
    number: int


@dataclass(frozen=True, slots=True)
class Work:
    """One sender to change."""

    position: int
    sid: str
    account_sid: str
    stage: Stage
    posted_at: float | None
    fields: tuple[FieldChange, ...]
    body: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class LegWork:
    """The senders without an outcome, by account, and the limits of the run.

    ``canary`` is how many are still to be changed and verified before the others; ``stop_after``
    is how many more may go wrong in this leg.
    """

    positions: list[tuple[int, str]]
    canary: int
    stop_after: int


class ExecutionStore:
    """Reads and writes on behalf of one executor."""

    def __init__(self, database: Database, epoch: int) -> None:
        self._database = database
        self._epoch = epoch

    def unfinished_legs(self) -> list[Leg]:
        """Return the legs that have something to do."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(RUNS.c.id, RUNS.c.leg).where(is_unfinished()).order_by(RUNS.c.created_at)
            ).all()
        return [Leg(row.id, row.leg) for row in rows]

    def next_leg(self, leg: Leg) -> None:
        """Begin another leg of a run whose last one ended before its work was done."""
        with self._database.writing() as connection:
            self._check(connection)
            connection.execute(
                update(RUNS)
                .where(RUNS.c.id == leg.run, RUNS.c.leg == leg.number)
                .values(leg=leg.number + 1)
            )

    def seen(self, now: float) -> None:
        """Record that this executor is alive.

        Raises:
            LostExecution: if another one has taken over.

        """
        with self._database.writing() as connection:
            self._check(connection)
            connection.execute(update(STATE).values(executor_seen=now))

    def work(self, leg: Leg) -> LegWork:
        """Return what a leg has to do; those that were begun before come first."""
        with self._database.reading() as connection:
            run = connection.execute(select(RUNS).where(RUNS.c.id == leg.run)).one()
            rows = connection.execute(
                select(
                    RUN_ITEMS.c.position,
                    RUN_ITEMS.c.outcome,
                    RUN_ITEMS.c.leg,
                    PLAN_ITEMS.c.account_sid,
                )
                .join(RUNS, RUNS.c.id == RUN_ITEMS.c.run)
                .join(PLAN_ITEMS, _same_position())
                .where(RUN_ITEMS.c.run == leg.run)
                .order_by(RUN_ITEMS.c.stage.in_(("waiting", "begun")), RUN_ITEMS.c.position)
            ).all()
        verified = sum(row.outcome in VERIFIED for row in rows)
        troubles = sum(row.outcome in TROUBLE and row.leg == leg.number for row in rows)
        return LegWork(
            positions=[(row.position, row.account_sid) for row in rows if row.outcome is None],
            canary=max(0, run.canary - verified),
            stop_after=run.stop_after - troubles,
        )

    def claim(self, leg: Leg, position: int) -> Work | Outcome | None:
        """Begin one sender, or continue it, and return what to do.

        Returns its outcome if it already has one, and None if the run may begin no sender now.

        Raises:
            LostExecution: if another executor has taken over.

        """
        runs = exists().where(
            RUNS.c.id == leg.run, RUNS.c.leg == leg.number, RUNS.c.state == "running"
        )
        with self._database.writing() as connection:
            self._check(connection)
            row = connection.execute(
                select(
                    RUN_ITEMS.c.outcome,
                    RUN_ITEMS.c.stage,
                    RUN_ITEMS.c.posted_at,
                    PLAN_ITEMS.c.sid,
                    PLAN_ITEMS.c.account_sid,
                    PLAN_ITEMS.c.fields,
                    PLAN_ITEMS.c.body,
                )
                .join(RUNS, RUNS.c.id == RUN_ITEMS.c.run)
                .join(PLAN_ITEMS, _same_position())
                .where(RUN_ITEMS.c.run == leg.run, RUN_ITEMS.c.position == position)
            ).one()
            if row.outcome is not None:
                return cast("Outcome", row.outcome)
            if row.stage in ("waiting", "begun"):
                begun = connection.execute(
                    update(RUN_ITEMS).where(_item(leg.run, position), runs).values(stage="begun")
                )
                if begun.rowcount != 1:
                    return None
        return Work(
            position=position,
            sid=row.sid,
            account_sid=row.account_sid,
            stage=row.stage,
            posted_at=row.posted_at,
            fields=field_changes_of(row.fields),
            body=row.body,
        )

    def set_stage(self, run: str, position: int, stage: Stage, posted_at: float) -> None:
        """Record that a request may leave, or has left.

        Raises:
            LostExecution: if another executor has taken over, so that it must not leave.

        """
        self._write(run, position, {"stage": stage, "posted_at": posted_at})

    def finish(
        self,
        leg: Leg,
        position: int,
        outcome: Outcome,
        results: tuple[FieldResult, ...],
        failure: Failure | None,
    ) -> None:
        """Record the outcome of one sender.

        Raises:
            LostExecution: if another executor has taken over.

        """
        values: dict[str, Any] = {
            "outcome": outcome,
            "leg": leg.number,
            "fields": stored_results(results),
            "failure": failure,
        }
        if outcome in ("refused", "not_sent"):
            values["posted_at"] = None
        self._write(leg.run, position, values)

    def stop(self, leg: Leg, reason: StopReason) -> None:
        """Stop a run that is still running this leg."""
        self._end(leg, {"state": "stopped", "stopped_because": reason})

    def finish_run(self, leg: Leg, now: float) -> None:
        """Record that every sender of a run has an outcome, if that is so."""
        waiting = exists().where(RUN_ITEMS.c.run == leg.run, RUN_ITEMS.c.outcome.is_(None))
        self._end(leg, {"state": "done", "finished_at": now}, ~waiting)

    def _end(self, leg: Leg, values: dict[str, Any], *conditions: ColumnElement[bool]) -> None:
        with self._database.writing() as connection:
            self._check(connection)
            connection.execute(
                update(RUNS)
                .where(
                    RUNS.c.id == leg.run,
                    RUNS.c.leg == leg.number,
                    RUNS.c.state == "running",
                    *conditions,
                )
                .values(values)
            )

    def _write(self, run: str, position: int, values: dict[str, Any]) -> None:
        with self._database.writing() as connection:
            self._check(connection)
            connection.execute(update(RUN_ITEMS).where(_item(run, position)).values(values))

    def _check(self, connection: Connection) -> None:
        """Refuse to write for a former executor; another one waits until this write is over."""
        epoch = connection.execute(select(STATE.c.epoch).with_for_update(read=True)).scalar_one()
        if epoch != self._epoch:
            raise LostExecution


def take_over(database: Database, now: float) -> ExecutionStore:
    """Become the executor: from now on, no former one can write any more."""
    with database.writing() as connection:
        connection.execute(update(STATE).values(epoch=STATE.c.epoch + 1, executor_seen=now))
        epoch = connection.execute(select(STATE.c.epoch)).scalar_one()
    return ExecutionStore(database, epoch)


def has_unfinished_runs(database: Database) -> bool:
    """Tell whether there is a run to continue."""
    with database.reading() as connection:
        return connection.execute(select(RUNS.c.id).where(is_unfinished())).first() is not None


def is_unfinished() -> ColumnElement[bool]:
    """Select the runs that run, and those with a request whose outcome is not recorded yet."""
    on_its_way = exists().where(
        RUN_ITEMS.c.run == RUNS.c.id,
        RUN_ITEMS.c.outcome.is_(None),
        RUN_ITEMS.c.stage.in_(("posting", "posted")),
    )
    return or_(RUNS.c.state == "running", on_its_way)


def _same_position() -> ColumnElement[bool]:
    return and_(PLAN_ITEMS.c.plan == RUNS.c.plan, PLAN_ITEMS.c.position == RUN_ITEMS.c.position)


def _item(run: str, position: int) -> ColumnElement[bool]:
    return and_(RUN_ITEMS.c.run == run, RUN_ITEMS.c.position == position)
