"""The face of this room: plans, runs and what is asked of them."""

from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Final, Literal, Self

from .accounts import Accounts
from .plans import Change, PlanView, Selection
from .runs import Action, RunSummary, RunView
from .state import StateSettings

RECENT: Final = 20
Progress = Callable[[int, int], Awaitable[None]]
RunProgress = Callable[[RunSummary], Awaitable[None]]


class Changes:
    """Plans and runs of one server. Creating and entering it is cheap while nothing is unfinished.

    ``pace`` is the number of writes per second and account. ``poll_seconds`` is the first interval
    at which a sender is read until it settles, and ``settle_seconds`` how long that may take.
    """

    def __init__(
        self,
        state: StateSettings,
        accounts: Accounts,
        *,
        pace: float = 2.0,
        poll_seconds: float = 15.0,
        settle_seconds: float = 300.0,
        retention_days: float = 30.0,
    ) -> None:
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        """Begin to watch for unfinished runs, and continue them."""
        raise NotImplementedError

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish and record what is on its way to Twilio, and release the state."""

    async def plan(
        self,
        selection: Selection,
        change: Change,
        *,
        caller: str = "",
        progress: Progress | None = None,
    ) -> PlanView:
        """Read the senders, compute what would change, and store it for 24 hours.

        ``progress`` is told how many senders were read, and of how many as far as that is known.

        Raises:
            UnusableChange, StateUnavailable: see `.errors`.
            TwilioError: if a list of senders cannot be read.

        """
        raise NotImplementedError

    async def plan_undo(
        self, run: str, *, caller: str = "", progress: Progress | None = None
    ) -> PlanView:
        """Plan to restore what the fields that a run set held before it.

        A field that no longer holds what the run set is left alone.

        Raises:
            UnknownRun, RunUnfinished, StateUnavailable: see `.errors`.

        """
        raise NotImplementedError

    async def show_plan(
        self, plan: str, page_token: str | None = None, *, caller: str = ""
    ) -> PlanView:
        """Return a plan with the page of its items that ``page_token`` names.

        Raises:
            UnknownPlan, UnusablePageToken, StateUnavailable: see `.errors`.

        """
        raise NotImplementedError

    async def apply(
        self,
        plan: str,
        *,
        canary: int | None = None,
        stop_after: int | None = None,
        caller: str = "",
    ) -> RunSummary:
        """Start the run of a plan, or return the run as which it was already applied.

        ``canary`` senders are changed and verified before the others. After ``stop_after`` senders
        that went wrong, no further one is begun.

        Raises:
            UnknownPlan, ExpiredPlan, EmptyPlan, StateUnavailable: see `.errors`.

        """
        raise NotImplementedError

    async def wait(
        self,
        run: str,
        *,
        seconds: float,
        progress: RunProgress | None = None,
        caller: str = "",
    ) -> RunSummary:
        """Wait until a run is over or the time is. ``progress`` is told each change of its counts.

        Raises:
            UnknownRun, StateUnavailable: see `.errors`.

        """
        raise NotImplementedError

    async def show_run(
        self,
        run: str,
        *,
        show: Literal["problems", "all"] | None = None,
        page_token: str | None = None,
        caller: str = "",
    ) -> RunView:
        """Return a run with a page of its items: all for up to 20 senders, else the problems.

        Raises:
            UnknownRun, UnusablePageToken, StateUnavailable: see `.errors`.

        """
        raise NotImplementedError

    async def recent_runs(self, *, limit: int = RECENT, caller: str = "") -> list[RunSummary]:
        """Return the newest runs.

        Raises:
            StateUnavailable: see `.errors`.

        """
        raise NotImplementedError

    async def control(self, run: str, action: Action, *, caller: str = "") -> RunSummary:
        """Pause, resume or cancel a run, before its next sender.

        What is on its way to Twilio is finished and recorded. An action whose result already holds
        changes nothing.

        Raises:
            UnknownRun, WrongState, StateUnavailable: see `.errors`.

        """
        raise NotImplementedError
