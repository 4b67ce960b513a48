"""The tool `follow_run`: what has become of a run."""

from typing import Annotated, Literal

from pydantic import MISSING, Field

from twilio_senders_mcp.changes import RunSummary, RunView
from twilio_senders_mcp.twilio.requests import StrictModel
from twilio_senders_mcp.twilio.values import AnyText

from .apply_plan import WAIT_MAX, run_result, seen_run, wait_for_run
from .run_result import RunResult, run_facts, run_sentence
from .tool import Call, Deferral, Deferred, Result, Tool, Waiting


class FollowRunArguments(StrictModel):
    """Which run to show, and how long to wait for its end."""

    run: Annotated[
        AnyText | None | MISSING, Field(max_length=100, description="Without it: recent runs.")
    ] = MISSING
    wait_seconds: Annotated[int, Field(ge=0, le=WAIT_MAX, description="0 by default.")] = 0
    show: Annotated[
        Literal["problems", "all"] | None | MISSING,
        Field(description="Which senders; all by default up to 20."),
    ] = MISSING
    page_token: Annotated[
        AnyText | None | MISSING,
        Field(max_length=100, description="next_page_token of the previous result."),
    ] = MISSING


async def follow_run(call: Call, arguments: FollowRunArguments) -> Result:
    """Show a run of apply_plan: its state, and what became of each sender and field.

    Waits until the run ends or wait_seconds are over.
    """
    if (run := _run(arguments)) and arguments.wait_seconds:
        await wait_for_run(call, run, arguments.wait_seconds)
    return await _show(call, arguments)


async def _begin(call: Call, arguments: FollowRunArguments) -> Result | Waiting:
    if not _run(arguments) or not arguments.wait_seconds:
        return await _show(call, arguments)
    return await _look(call, arguments)


async def _look(call: Call, arguments: FollowRunArguments, *_: Deferred) -> Result | Waiting:
    return seen_run(call, await _view(call, arguments))


def _run(arguments: FollowRunArguments) -> str:
    return arguments.run if isinstance(arguments.run, str) else ""


async def _show(call: Call, arguments: FollowRunArguments) -> Result:
    if not _run(arguments):
        return _recent(await call.changes.recent_runs())
    return run_result(call, await _view(call, arguments))


async def _view(call: Call, arguments: FollowRunArguments) -> RunView:
    return await call.changes.show_run(
        _run(arguments),
        show=arguments.show if isinstance(arguments.show, str) else None,
        page_token=arguments.page_token if isinstance(arguments.page_token, str) else None,
    )


def _recent(runs: list[RunSummary]) -> Result:
    count = len(runs)
    return Result(
        summary=f"{count} recent run{'' if count == 1 else 's'}.",
        content={"runs": [run_facts(run) for run in runs]},
        text="\n".join(run_sentence(run) for run in runs),
    )


FOLLOW_RUN = Tool(
    name="follow_run",
    title="Follow run",
    effect="reads",
    accounts="none",
    arguments=FollowRunArguments,
    result=RunResult,
    run=follow_run,
    page="topics/many-senders",
    deferral=Deferral(begin=_begin, look=_look),
)
