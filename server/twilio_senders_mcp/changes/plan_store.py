"""Plans in the tables."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, delete, func, insert, or_, select

from twilio_senders_mcp.senders.diff import FieldChange

from .database import Database
from .errors import UnknownPlan, UnusablePageToken
from .planning import Planned
from .plans import (
    PAGE_ITEMS,
    PLAN_SECONDS,
    PlanCounts,
    PlanItem,
    PlanKind,
    PlanView,
    Skipped,
    default_canary,
    default_stop_after,
)
from .tables import PLAN_ITEMS, PLANS, RUNS

_PLAN: Final = "plan-"
_RUN: Final = "run-"
_TOKEN_DIGITS: Final = 6


def run_of(plan: str) -> str:
    """Return the id of the run that a plan becomes; the same plan is always the same run."""
    return _RUN + plan.removeprefix(_PLAN)


class PlanStore:
    """Reads and writes plans."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        planned: Planned,
        kind: PlanKind,
        accounts: Sequence[str],
        *,
        caller: str,
        now: float,
        undo_of: str | None = None,
    ) -> str:
        """Store a plan and return its id."""
        plan = _PLAN + secrets.token_hex(8)
        values = {
            "id": plan,
            "caller": caller,
            "kind": kind,
            "created_at": now,
            "expires_at": now + PLAN_SECONDS,
            "changes": len(planned.senders),
            "unchanged": planned.unchanged,
            "skipped": [asdict(each) for each in planned.skipped],
            "impacts": planned.impacts,
            "accounts": list(accounts),
            "undo_of": undo_of,
        }
        items: list[dict[str, Any]] = [
            {
                "plan": plan,
                "position": position,
                "sid": each.item.sid,
                "sender_id": each.item.sender_id,
                "account": each.item.account,
                "account_sid": each.account_sid,
                "status": each.item.status,
                "fields": [asdict(change) for change in each.item.fields],
                "body": each.body,
                "warnings": list(each.item.warnings),
                "null_sections": list(each.null_sections),
            }
            for position, each in enumerate(planned.senders)
        ]
        with self._database.writing() as connection:
            connection.execute(insert(PLANS).values(values))
            if items:
                connection.execute(insert(PLAN_ITEMS), items)
        return plan

    def view(self, plan: str, page_token: str | None, *, caller: str) -> PlanView:
        """Return a plan with one page of its items.

        Raises:
            UnknownPlan, UnusablePageToken: see `.errors`.

        """
        start = read_token(plan, page_token)
        with self._database.reading() as connection:
            found = connection.execute(
                select(PLANS, RUNS.c.id.label("run"))
                .outerjoin(RUNS, RUNS.c.plan == PLANS.c.id)
                .where(PLANS.c.id == plan, PLANS.c.caller == caller)
            ).first()
            if found is None:
                raise UnknownPlan(plan)
            rows = connection.execute(
                select(PLAN_ITEMS)
                .where(PLAN_ITEMS.c.plan == plan, PLAN_ITEMS.c.position >= start)
                .order_by(PLAN_ITEMS.c.position)
                .limit(PAGE_ITEMS)
            ).all()
        end = start + len(rows)
        skipped = [_skipped(each) for each in found.skipped]
        return PlanView(
            plan=plan,
            kind=found.kind,
            created_at=found.created_at,
            expires_at=found.expires_at,
            counts=PlanCounts(
                senders=found.changes + found.unchanged + len(skipped),
                changes=found.changes,
                unchanged=found.unchanged,
                skipped=len(skipped),
            ),
            items=tuple(_item(row) for row in rows),
            skipped=tuple(skipped[:PAGE_ITEMS]) if start == 0 else (),
            impacts=tuple(found.impacts),
            next_page_token=token(plan, end) if end < found.changes else None,
            canary=default_canary(found.changes),
            stop_after=default_stop_after(found.changes),
            run=found.run,
            accounts=tuple(found.accounts),
        )

    def remove_old(self, before: float) -> None:
        """Remove the plans made before this time, and their runs unless they are unfinished."""
        with self._database.writing() as connection:
            kept = select(RUNS.c.plan).where(or_(*_unfinished(before)))
            connection.execute(
                delete(PLANS).where(PLANS.c.created_at < before, PLANS.c.id.not_in(kept))
            )


def _unfinished(before: float) -> list[ColumnElement[bool]]:
    return [
        RUNS.c.state == "running",
        func.coalesce(RUNS.c.finished_at, RUNS.c.created_at) >= before,
    ]


def token(owner: str, start: int) -> str:
    """Return the token of the page of a plan or run that begins at this position."""
    return f"{owner}.{start}"


def read_token(owner: str, page_token: str | None) -> int:
    """Return the position at which a page begins.

    Raises:
        UnusablePageToken: if the token was not issued for this plan or run.

    """
    if page_token is None:
        return 0
    start = page_token.removeprefix(f"{owner}.")
    if start == page_token or not start.isascii() or not start.isdigit():
        raise UnusablePageToken
    if len(start) > _TOKEN_DIGITS:
        raise UnusablePageToken
    return int(start)


def _item(row: Any) -> PlanItem:
    return PlanItem(
        sid=row.sid,
        sender_id=row.sender_id,
        account=row.account,
        status=row.status,
        fields=field_changes_of(row.fields),
        warnings=tuple(row.warnings),
    )


def _skipped(stored: dict[str, Any]) -> Skipped:
    fields = tuple(stored.pop("fields"))
    return Skipped(**stored, fields=fields)


def field_changes_of(stored: object) -> tuple[FieldChange, ...]:
    """Return the changes of a sender's fields as they are stored."""
    return tuple(FieldChange(**each) for each in cast("list[dict[str, Any]]", stored))
