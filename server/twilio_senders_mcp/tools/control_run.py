"""The tool `control_run`: pause, resume or cancel a run."""

from typing import Annotated

from pydantic import Field

from twilio_senders_mcp.changes import Action
from twilio_senders_mcp.twilio.requests import StrictModel
from twilio_senders_mcp.twilio.values import AnyText

from .apply_plan import run_result
from .run_result import RunResult
from .tool import Call, Result, Tool


class ControlRunArguments(StrictModel):
    """Which run to control, and how."""

    run: Annotated[AnyText, Field(max_length=100)]
    action: Action


async def control_run(call: Call, arguments: ControlRunArguments) -> Result:
    """Pause, resume or cancel a run, before its next sender. What is on its way is finished."""
    await call.changes.control(arguments.run, arguments.action)
    return run_result(call, await call.changes.show_run(arguments.run))


CONTROL_RUN = Tool(
    name="control_run",
    title="Control run",
    effect="changes",
    accounts="none",
    arguments=ControlRunArguments,
    result=RunResult,
    run=control_run,
    page="topics/many-senders",
    check="look at the run with follow_run",
)
