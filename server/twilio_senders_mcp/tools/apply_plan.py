"""The tool `apply_plan`: carry out a plan, a few senders first."""

from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Final

from pydantic import MISSING, Field

from twilio_senders_mcp.changes import PlanView, RunSummary, RunView
from twilio_senders_mcp.changes.errors import WrongState
from twilio_senders_mcp.twilio.requests import StrictModel
from twilio_senders_mcp.twilio.values import AnyText

from .plan_result import item_clause
from .run_result import RunResult, run_content, run_next, run_sentence, run_text
from .tool import Call, Deferral, Deferred, Question, Result, Tool, Waiting

WAIT_MAX: Final = 45
LOOK_SECONDS: Final = 1.0
"""How often a deferred call looks at its run."""

_SHOWN: Final = 3


class ApplyPlanArguments(StrictModel):
    """Which plan to apply, and how carefully."""

    plan: Annotated[AnyText, Field(max_length=100)]
    canary: Annotated[
        int | None | MISSING,
        Field(ge=0, le=1000, description="Senders to change first. Default: 1 of more than 5."),
    ] = MISSING
    stop_after: Annotated[
        int | None | MISSING,
        Field(ge=1, le=1000, description="Stop after so many failures. Default: 3, or 5 %."),
    ] = MISSING
    wait_seconds: Annotated[int, Field(ge=0, le=WAIT_MAX, description="20 by default.")] = 20


async def apply_plan(call: Call, arguments: ApplyPlanArguments) -> Result:
    """Apply a plan of plan_changes. Each sender is checked, changed, verified and reported.

    A sender that was changed meanwhile is left alone. Applying a plan again follows the same run.
    """
    run = await _start(call, arguments)
    await wait_for_run(call, run.run, arguments.wait_seconds)
    return run_result(call, await call.changes.show_run(run.run))


async def _start(call: Call, arguments: ApplyPlanArguments) -> RunSummary:
    """Ask the person, where that is possible, and start the run; a run that exists is returned."""

    async def question() -> Question | None:
        view = await call.changes.show_plan(arguments.plan)
        return _question(view) if view.run is None and view.counts.changes else None

    if call.asks and (first := await question()):
        await call.confirm(first, question)
    return await call.changes.apply(
        arguments.plan,
        canary=arguments.canary if isinstance(arguments.canary, int) else None,
        stop_after=arguments.stop_after if isinstance(arguments.stop_after, int) else None,
    )


async def _begin(call: Call, arguments: ApplyPlanArguments) -> Result | Waiting:
    run = await _start(call, arguments)
    view = await call.changes.show_run(run.run)
    if not arguments.wait_seconds:
        return run_result(call, view)
    seen = seen_run(call, view)
    if isinstance(seen, Waiting):
        # Whether anyone carries it out is not known at once.
        return replace(seen, message=f"Waiting for the run {run.run}.")
    return seen


async def _look(call: Call, arguments: ApplyPlanArguments, deferred: Deferred) -> Result | Waiting:
    """Look at the run. If it was stopped, a person may resume it or leave it as it is."""
    view = await call.changes.show_run(await _run_of(call, arguments))
    summary = view.summary
    key = f"resume-{summary.leg}"
    if summary.state == "stopped" and call.asks and key not in deferred.answers:
        return Waiting(
            message=run_sentence(summary),
            look_seconds=LOOK_SECONDS,
            questions={key: _question_to_resume(summary)},
        )
    if summary.state == "stopped" and deferred.answers.get(key):
        with suppress(WrongState):  # somebody else was faster
            await call.changes.control(summary.run, "resume", leg=summary.leg)
        view = await call.changes.show_run(summary.run)
    return seen_run(call, view)


async def _cancel(call: Call, arguments: ApplyPlanArguments) -> str:
    run = await _run_of(call, arguments)
    with suppress(WrongState):  # it is over
        await call.changes.control(run, "cancel")
    return run_sentence(await call.changes.summary(run))


async def _run_of(call: Call, arguments: ApplyPlanArguments) -> str:
    return (await call.changes.show_plan(arguments.plan)).run or ""


def _question_to_resume(summary: RunSummary) -> Question:
    return Question(
        text=f"{run_sentence(summary)} Resume it?",
        what=f"resuming the run {summary.run}",
        seen=f"{summary.run} {summary.leg}",
        label="Resume this run",
    )


def seen_run(call: Call, view: RunView) -> Result | Waiting:
    """Return the result that shows a run which is over, or what is waited for."""
    if view.summary.is_over:
        return run_result(call, view)
    return Waiting(message=run_sentence(view.summary), look_seconds=LOOK_SECONDS)


async def wait_for_run(call: Call, run: str, seconds: float) -> None:
    """Wait until a run is over or the time is, and report progress."""

    async def progress(summary: RunSummary) -> None:
        done = summary.senders - summary.waiting
        await call.progress(done, summary.senders, f"{done} of {summary.senders} senders")

    await call.changes.wait(run, seconds=seconds, progress=progress)


def run_result(call: Call, view: RunView) -> Result:
    """Return the result that shows a run."""
    several = call.accounts.several
    return Result(
        summary=run_sentence(view.summary),
        content=run_content(view, several=several),
        next=run_next(view.summary),
        text=run_text(view, several=several),
    )


def _question(view: PlanView) -> Question:
    senders = f"{view.counts.changes} sender{'' if view.counts.changes == 1 else 's'}"
    accounts = f" of {len(view.accounts)} accounts" if len(view.accounts) > 1 else ""
    shown = [item_clause(item) for item in view.items[:_SHOWN]]
    more = view.counts.changes - len(shown)
    parts = [
        f"Change {senders}{accounts}?",
        *view.impacts,
        *(f"{clause}." for clause in shown),
        f"And {more} more." if more > 0 else "",
    ]
    return Question(
        text=" ".join(part for part in parts if part),
        what=f"the change of {senders}",
        seen=view.plan,
        label="Apply this plan",
    )


APPLY_PLAN = Tool(
    name="apply_plan",
    title="Apply plan",
    effect="changes",
    accounts="none",
    arguments=ApplyPlanArguments,
    result=RunResult,
    run=apply_plan,
    page="topics/many-senders",
    instruction="Change several senders with a plan.",
    check="look at the recent runs with follow_run",
    deferral=Deferral(begin=_begin, look=_look, cancel=_cancel),
)
