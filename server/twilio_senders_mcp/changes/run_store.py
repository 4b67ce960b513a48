"""Runs in the tables: what people ask of them, and what they show.

What only the executor does with them is in `.execution_store`.
"""

from dataclasses import asdict
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, func, insert, select, update

from .database import Database
from .errors import EmptyPlan, ExpiredPlan, RunUnfinished, UnknownPlan, UnknownRun, WrongState
from .plan_store import field_changes_of, read_token, run_of, token
from .planning import Restorable
from .plans import PAGE_ITEMS, default_canary, default_stop_after
from .runs import OUTCOMES, PROBLEMS, Action, FieldResult, RunItem, RunState, RunSummary, RunView
from .tables import PLAN_ITEMS, PLANS, RUN_ITEMS, RUNS, STATE

EXECUTOR_ALIVE_SECONDS: Final = 10.0
"""An executor that was not seen for longer is taken to be gone."""

_LEADS_TO: Final[dict[Action, RunState]] = {
    "pause": "paused",
    "resume": "running",
    "cancel": "cancelled",
}
_ALLOWED: Final[dict[Action, frozenset[str]]] = {
    "pause": frozenset({"running"}),
    "resume": frozenset({"paused", "stopped"}),
    "cancel": frozenset({"running", "paused", "stopped"}),
}


class RunStore:
    """Starts, shows and controls runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(
        self, plan: str, canary: int | None, stop_after: int | None, *, caller: str, now: float
    ) -> str:
        """Create the run of a plan, unless there is one, and return its id.

        Raises:
            UnknownPlan, ExpiredPlan, EmptyPlan: see `.errors`.

        """
        run = run_of(plan)
        with self._database.writing() as connection:
            found = connection.execute(
                select(PLANS).where(PLANS.c.id == plan, PLANS.c.caller == caller).with_for_update()
            ).first()
            if found is None:
                raise UnknownPlan(plan)
            if connection.execute(select(RUNS.c.id).where(RUNS.c.id == run)).first():
                return run
            if not found.changes:
                raise EmptyPlan(plan)
            if now >= found.expires_at:
                raise ExpiredPlan(plan, found.expires_at)
            connection.execute(
                insert(RUNS).values(
                    id=run,
                    plan=plan,
                    caller=caller,
                    state="running",
                    leg=1,
                    canary=default_canary(found.changes) if canary is None else canary,
                    stop_after=(
                        default_stop_after(found.changes) if stop_after is None else stop_after
                    ),
                    created_at=now,
                    undo_of=found.undo_of,
                )
            )
            items = [
                {"run": run, "position": position, "stage": "waiting"}
                for position in range(found.changes)
            ]
            connection.execute(insert(RUN_ITEMS), items)
        return run

    def summary(self, run: str, *, caller: str, now: float) -> RunSummary:
        """Return a run without its items.

        Raises:
            UnknownRun: if there is none.

        """
        with self._database.reading() as connection:
            return _summary(connection, _run(connection, run, caller), now)

    def recent(self, limit: int, *, caller: str, now: float) -> list[RunSummary]:
        """Return the newest runs, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(RUNS)
                .where(RUNS.c.caller == caller)
                .order_by(RUNS.c.created_at.desc(), RUNS.c.id)
                .limit(limit)
            ).all()
            return [_summary(connection, row, now) for row in rows]

    def view(
        self,
        run: str,
        show: Literal["problems", "all"] | None,
        page_token: str | None,
        *,
        caller: str,
        now: float,
    ) -> RunView:
        """Return a run with one page of its items.

        Raises:
            UnknownRun, UnusablePageToken: see `.errors`.

        """
        start = read_token(run, page_token)
        with self._database.reading() as connection:
            row = _run(connection, run, caller)
            summary = _summary(connection, row, now)
            if show is None:
                show = "all" if summary.senders <= PAGE_ITEMS else "problems"
            query = _items(run).where(RUN_ITEMS.c.position >= start)
            if show == "problems":
                query = query.where(RUN_ITEMS.c.outcome.in_(PROBLEMS))
            rows = connection.execute(query.limit(PAGE_ITEMS + 1)).all()
        more = rows[PAGE_ITEMS:]
        return RunView(
            summary=summary,
            show=show,
            items=tuple(_item(each) for each in rows[:PAGE_ITEMS]),
            next_page_token=token(run, more[0].position) if more else None,
        )

    def control(
        self, run: str, action: Action, *, leg: int | None = None, caller: str, now: float
    ) -> None:
        """Pause, resume or cancel a run, in the given leg only if there is one.

        Raises:
            UnknownRun, WrongState: see `.errors`.

        """
        wanted = _LEADS_TO[action]
        with self._database.writing() as connection:
            row = _run(connection, run, caller, lock=True)
            if row.state == wanted:
                return
            if row.state not in _ALLOWED[action] or leg not in (None, row.leg):
                raise WrongState(run, row.state, action)
            values: dict[str, Any] = {"state": wanted}
            if action == "cancel":
                values["finished_at"] = now
            if action == "resume":
                values |= {"leg": row.leg + 1, "stopped_because": None}
                _try_again(connection, run)
            connection.execute(update(RUNS).where(RUNS.c.id == run).values(values))

    def restorable(self, run: str, *, caller: str) -> list[Restorable]:
        """Return what a run may have written, sender by sender.

        Raises:
            UnknownRun, RunUnfinished: see `.errors`.

        """
        with self._database.reading() as connection:
            row = _run(connection, run, caller)
            if row.state == "running":
                raise RunUnfinished(run, row.state)
            written = _items(run).where(RUN_ITEMS.c.posted_at.is_not(None))
            rows = connection.execute(written).all()
        return [
            Restorable(
                sid=each.sid,
                account_sid=each.account_sid,
                fields={
                    change.field: (change.before, change.after)
                    for change in field_changes_of(each.planned)
                },
                null_sections=tuple(each.null_sections),
            )
            for each in rows
            if each.outcome != "refused"
        ]


def _items(run: str) -> Any:
    return (
        select(
            RUN_ITEMS,
            PLAN_ITEMS.c.sid,
            PLAN_ITEMS.c.sender_id,
            PLAN_ITEMS.c.account,
            PLAN_ITEMS.c.account_sid,
            PLAN_ITEMS.c.null_sections,
            PLAN_ITEMS.c.fields.label("planned"),
        )
        .join(RUNS, RUNS.c.id == RUN_ITEMS.c.run)
        .join(
            PLAN_ITEMS,
            (PLAN_ITEMS.c.plan == RUNS.c.plan) & (PLAN_ITEMS.c.position == RUN_ITEMS.c.position),
        )
        .where(RUN_ITEMS.c.run == run)
        .order_by(RUN_ITEMS.c.position)
    )


def _run(connection: Connection, run: str, caller: str, *, lock: bool = False) -> Row[Any]:
    query = select(RUNS).where(RUNS.c.id == run, RUNS.c.caller == caller)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise UnknownRun(run)
    return row


def _try_again(connection: Connection, run: str) -> None:
    """Clear the outcomes that a resumed run clears up: one is read again, the other sent."""
    for outcome, stage in (("unknown", "posted"), ("not_sent", "waiting")):
        connection.execute(
            update(RUN_ITEMS)
            .where(RUN_ITEMS.c.run == run, RUN_ITEMS.c.outcome == outcome)
            .values(outcome=None, stage=stage, fields=None, failure=None)
        )


def _summary(connection: Connection, row: Row[Any], now: float) -> RunSummary:
    counted = connection.execute(
        select(RUN_ITEMS.c.outcome, func.count())
        .where(RUN_ITEMS.c.run == row.id)
        .group_by(RUN_ITEMS.c.outcome)
    ).all()
    counts: dict[str | None, int] = {outcome: count for outcome, count in counted}  # noqa: C416 - rows
    seen = connection.execute(select(STATE.c.executor_seen)).scalar_one()
    return RunSummary(
        run=row.id,
        plan=row.plan,
        state=row.state,
        leg=row.leg,
        senders=sum(counts.values()),
        waiting=counts.get(None, 0),
        counts={name: counts[name] for name in OUTCOMES if name in counts},
        canary=row.canary,
        stop_after=row.stop_after,
        created_at=row.created_at,
        finished_at=row.finished_at,
        stopped_because=row.stopped_because,
        executing=now - seen < EXECUTOR_ALIVE_SECONDS,
        undo_of=row.undo_of,
    )


def _item(row: Row[Any]) -> RunItem:
    stored = row.fields
    if stored is None:
        results = tuple(
            FieldResult(each.field, None, each.before, each.after, None)
            for each in field_changes_of(row.planned)
        )
    else:
        results = tuple(FieldResult(**each) for each in stored)
    return RunItem(
        sid=row.sid,
        sender_id=row.sender_id,
        account=row.account,
        outcome=row.outcome,
        fields=results,
        failure=row.failure,
    )


def stored_results(results: tuple[FieldResult, ...]) -> list[dict[str, Any]]:
    """Return the results of a sender's fields as they are stored."""
    return [asdict(each) for each in results]
