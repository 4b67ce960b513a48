"""Planned changes of many senders: plans, runs that survive a crash, verdicts and undo.

This room knows nothing of MCP. Its face is `Changes`, of which a server has one::

    changes = Changes(
        StateSettings(place=None, owner=Owner(base_url, (account_sid,))),
        accounts,                       # find(name or SID) -> Account
        pace=2.0, poll_seconds=15.0, retention_days=30,
    )
    async with changes:                 # while MCP is served; continues unfinished runs
        chosen = SendersByQuery([account], channel="whatsapp")           # or SendersBySid
        plan = await changes.plan(chosen, SetFields(body))               # -> PlanView
        plan = await changes.plan_undo(run)                              # -> PlanView
        plan = await changes.show_plan(plan.plan, plan.next_page_token)  # -> PlanView
        run = await changes.apply(plan.plan, canary=None, stop_after=None)       # -> RunSummary
        run = await changes.wait(run.run, seconds=20, progress=report)   # -> RunSummary
        run = await changes.summary(run.run)                             # -> RunSummary
        view = await changes.show_run(run.run, show=None, page_token=None)       # -> RunView
        run = await changes.control(run.run, "pause")                    # -> RunSummary
        runs = await changes.recent_runs(limit=20)                       # -> list[RunSummary]
        task = await changes.tasks.create("apply_plan", arguments, TaskWait(...))    # -> Task

``StateSettings.place`` is a folder, a ``postgresql://`` URL, or None for the user's own folder;
``temporary=True`` (the sandbox) is a folder that goes with the process. Every method takes
``caller``, which is ``""`` unless several people share a server: plans and runs of another caller
are unknown to this one. Errors are those of `.errors`, and the `TwilioError` of a list that cannot
be read at all.

What is asked for and what would change is in `.plans`; what became of it, in `.runs`.

How it works. One SQLite folder, or one PostgreSQL database, holds plans and runs; everything that
a report shows is in tables of our own. Whichever process holds the state's lock is the executor:
it alone runs DBOS, in which each stretch of a run is a workflow and each sender a step. The others
only write what is wanted (a new run, a pause) into the tables and read what became of it. A process
that makes no plan and finds no unfinished run loads neither DBOS nor SQLAlchemy.
"""

from .accounts import Account, Accounts
from .engine import Changes
from .plans import (
    PAGE_ITEMS,
    SENDERS_MAX,
    Change,
    PlanCounts,
    PlanItem,
    PlanView,
    ReplaceHost,
    Selection,
    SendersByQuery,
    SendersBySid,
    SetFields,
    SetRows,
    Skipped,
)
from .runs import (
    OUTCOMES,
    PROBLEMS,
    TROUBLE,
    Action,
    FieldResult,
    Outcome,
    RunItem,
    RunState,
    RunSummary,
    RunView,
    Verdict,
)
from .state import Owner, StateSettings
from .tasks import Task, Tasks, TaskState, TaskWait

__all__ = [
    "OUTCOMES",
    "PAGE_ITEMS",
    "PROBLEMS",
    "SENDERS_MAX",
    "TROUBLE",
    "Account",
    "Accounts",
    "Action",
    "Change",
    "Changes",
    "FieldResult",
    "Outcome",
    "Owner",
    "PlanCounts",
    "PlanItem",
    "PlanView",
    "ReplaceHost",
    "RunItem",
    "RunState",
    "RunSummary",
    "RunView",
    "Selection",
    "SendersByQuery",
    "SendersBySid",
    "SetFields",
    "SetRows",
    "Skipped",
    "StateSettings",
    "Task",
    "TaskState",
    "TaskWait",
    "Tasks",
    "Verdict",
]
