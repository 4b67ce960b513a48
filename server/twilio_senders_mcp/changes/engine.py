"""The face of this room: plans, runs and what is asked of them."""

import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final, Literal, Self, TypeVar

import anyio

from twilio_senders_mcp.twilio.responses import Sender

from .accounts import Accounts
from .executor import Executor
from .lock import FileLock, Lock, PostgresLock
from .plans import Change, PlanKind, PlanView, ReplaceHost, Selection, SendersBySid, SetRows
from .runs import Action, RunSummary, RunView
from .state import StateFolder, StateSettings, is_postgresql
from .tasks import Tasks
from .threads import in_thread
from .timing import Timing

if TYPE_CHECKING:
    from types import TracebackType

    from .planning import Found, Planned
    from .task_store import TaskStore

T = TypeVar("T")

RECENT: Final = 20
Progress = Callable[[int, int], Awaitable[None]]
RunProgress = Callable[[RunSummary], Awaitable[None]]

_LOOK_SECONDS: Final = 0.2
_LOOK_SECONDS_MAX: Final = 1.0
_LOOK_GROWTH: Final = 1.2
_DAY: Final = 24 * 3600.0
_INCOMPLETE: Final = (
    "The list of senders could not be read to its end, so further senders may match that this "
    "plan leaves out."
)


class Changes:
    """Plans and runs of one server. Creating and entering it is cheap while nothing is unfinished.

    ``pace`` is the number of writes per second and account. ``poll_seconds`` is the first interval
    at which a sender is read until it settles, and ``settle_seconds`` how long that may take. After
    a crash, a request that may have left gets ``arrive_seconds`` to show.
    """

    def __init__(
        self,
        state: StateSettings,
        accounts: Accounts,
        *,
        pace: float = 2.0,
        poll_seconds: float = 15.0,
        settle_seconds: float = 300.0,
        arrive_seconds: float = 5.0,
        retention_days: float = 30.0,
    ) -> None:
        self._state = state
        self._folder = StateFolder(state)
        self._accounts = accounts
        self._retention = retention_days * _DAY
        self._stores: _Stores | None = None
        self._opening = threading.Lock()
        self._exit = AsyncExitStack()
        self._executors: list[Executor] = []
        self._timing = Timing(poll=poll_seconds, settle=settle_seconds, arrive=arrive_seconds)
        self._pace = pace
        self.tasks = Tasks(self._task_store, self._retention)

    async def __aenter__(self) -> Self:
        """Begin to watch for unfinished runs, and continue them."""
        await self._exit.enter_async_context(self.executing())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: "TracebackType | None",
    ) -> None:
        """Finish and record what is on its way to Twilio, and release the state."""
        await self._exit.__aexit__(kind, error, trace)

    @asynccontextmanager
    async def executing(self) -> AsyncGenerator[None]:
        """Watch for unfinished runs and continue them while the block runs.

        Several blocks may run at once, each in a server of its own: one of them executes.
        """
        executor = self._new_executor()
        self._executors.append(executor)
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(executor.run)
                try:
                    yield
                finally:
                    executor.end()
        finally:
            self._executors.remove(executor)
            if not self._executors:
                await self.aclose()

    def _new_executor(self) -> Executor:
        place = self._state.place
        return Executor(
            has_state=lambda: is_postgresql(place) or self._folder.exists(),
            has_unfinished=self._has_unfinished_runs,
            open_database=lambda: self._open().database,
            lock=self._lock,
            accounts=self._accounts,
            pace=self._pace,
            timing=self._timing,
        )

    def _wake(self, run: str) -> None:
        for executor in self._executors:
            executor.wake(run)

    async def aclose(self) -> None:
        """Close the connections to the state; only for one that was not entered."""
        if self._stores is None:
            return  # no thread is needed where nothing was opened, which ends faster
        await in_thread(self._stores.database.close)
        await in_thread(self._folder.remove_if_temporary)

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
        from .planning import check_change, plan_change, wanted_body  # noqa: PLC0415 - see `_open`
        from .reading import SenderReader  # noqa: PLC0415 - as above

        check_change(change)
        await self._stores_ready()
        reader = SenderReader(self._accounts, lambda sender: wanted_body(change, sender), progress)
        found = await reader.read(selection)
        planned = plan_change(change, found, reader.skipped)
        if reader.incomplete:
            planned.impacts.insert(0, _INCOMPLETE)
        kind: PlanKind = "set"
        if isinstance(change, ReplaceHost):
            kind = "replace_host"
        elif isinstance(change, SetRows):
            kind = "rows"
        return await self._store_plan(planned, kind, found, caller=caller)

    async def plan_undo(
        self, run: str, *, caller: str = "", progress: Progress | None = None
    ) -> PlanView:
        """Plan to restore what the fields that a run set held before it.

        A field that no longer holds what the run set is left alone.

        Raises:
            UnknownRun, RunUnfinished, StateUnavailable: see `.errors`.

        """
        from .planning import plan_restoration  # noqa: PLC0415 - see `_open`
        from .reading import SenderReader  # noqa: PLC0415 - as above

        stores = await self._stores_ready()
        written = {
            each.sid: each
            for each in await in_thread(lambda: stores.runs.restorable(run, caller=caller))
        }
        found: list[Found] = []
        reader = SenderReader(self._accounts, lambda sender: written[_sid(sender)].body(), progress)
        if written:
            selection = SendersBySid([(each.account_sid, each.sid) for each in written.values()])
            found = await reader.read(selection)
        planned = plan_restoration(written, found, reader.skipped)
        return await self._store_plan(planned, "undo", found, caller=caller, undo_of=run)

    async def show_plan(
        self, plan: str, page_token: str | None = None, *, caller: str = ""
    ) -> PlanView:
        """Return a plan with the page of its items that ``page_token`` names.

        Raises:
            UnknownPlan, UnusablePageToken, StateUnavailable: see `.errors`.

        """
        stores = await self._stores_ready()
        return await in_thread(lambda: stores.plans.view(plan, page_token, caller=caller))

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
        stores = await self._stores_ready()
        now = time.time()
        run = await in_thread(
            lambda: stores.runs.start(plan, canary, stop_after, caller=caller, now=now)
        )
        self._wake(run)
        return await self.summary(run, caller=caller)

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
        summary = await self.summary(run, caller=caller)
        told: RunSummary | None = None
        pause = _LOOK_SECONDS
        with anyio.move_on_after(seconds):
            while not summary.is_over:
                if progress is not None and (told is None or told.counts != summary.counts):
                    told = summary
                    await progress(summary)
                await anyio.sleep(pause)
                pause = min(pause * _LOOK_GROWTH, _LOOK_SECONDS_MAX)
                summary = await self.summary(run, caller=caller)
        return summary

    async def summary(self, run: str, *, caller: str = "") -> RunSummary:
        """Return a run without its items.

        Raises:
            UnknownRun, StateUnavailable: see `.errors`.

        """
        stores = await self._stores_ready()
        now = time.time()
        return await in_thread(lambda: stores.runs.summary(run, caller=caller, now=now))

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
        stores = await self._stores_ready()
        now = time.time()
        return await in_thread(
            lambda: stores.runs.view(run, show, page_token, caller=caller, now=now)
        )

    async def recent_runs(self, *, limit: int = RECENT, caller: str = "") -> list[RunSummary]:
        """Return the newest runs.

        Raises:
            StateUnavailable: see `.errors`.

        """
        stores = await self._stores_ready()
        now = time.time()
        return await in_thread(lambda: stores.runs.recent(limit, caller=caller, now=now))

    async def control(
        self, run: str, action: Action, *, leg: int | None = None, caller: str = ""
    ) -> RunSummary:
        """Pause, resume or cancel a run, before its next sender.

        What is on its way to Twilio is finished and recorded. An action whose result already holds
        changes nothing. ``leg`` is the one that the action is meant for, if only one is.

        Raises:
            UnknownRun, WrongState, StateUnavailable: see `.errors`.

        """
        stores = await self._stores_ready()
        now = time.time()
        await in_thread(lambda: stores.runs.control(run, action, leg=leg, caller=caller, now=now))
        self._wake(run)
        return await self.summary(run, caller=caller)

    async def _store_plan(
        self,
        planned: "Planned",
        kind: PlanKind,
        found: "Sequence[Found]",
        *,
        caller: str,
        undo_of: str | None = None,
    ) -> PlanView:
        stores = await self._stores_ready()
        accounts = list(dict.fromkeys(each.account.name for each in found))
        now = time.time()

        def store() -> PlanView:
            stores.plans.remove_old(now - self._retention)
            plan = stores.plans.add(
                planned, kind, accounts, caller=caller, now=now, undo_of=undo_of
            )
            return stores.plans.view(plan, None, caller=caller)

        return await in_thread(store)

    async def _stores_ready(self) -> "_Stores":
        """Return the stores, opened in a thread the first time, because that loads SQLAlchemy."""
        return self._stores or await in_thread(self._open)

    async def _task_store(self) -> "TaskStore":
        return (await self._stores_ready()).tasks

    def _open(self) -> "_Stores":
        with self._opening:  # several threads may need it at first
            if self._stores is None:
                self._stores = _Stores(self._state, self._folder)
            return self._stores

    def _has_unfinished_runs(self) -> bool:
        if not is_postgresql(self._state.place):
            return self._folder.has_unfinished_runs()
        from .execution_store import has_unfinished_runs  # noqa: PLC0415 - see `_open`

        return has_unfinished_runs(self._open().database)

    def _lock(self) -> Lock:
        place = self._state.place
        if place is not None and is_postgresql(place):
            return PostgresLock(place)
        return FileLock(self._folder.lock)


class _Stores:
    """The database with what is kept in it."""

    def __init__(self, settings: StateSettings, folder: StateFolder) -> None:
        from .database import Database  # noqa: PLC0415 - SQLAlchemy is loaded where it is used
        from .plan_store import PlanStore  # noqa: PLC0415 - as above
        from .run_store import RunStore  # noqa: PLC0415 - as above
        from .task_store import TaskStore  # noqa: PLC0415 - as above

        self.database: Database = Database(settings, folder)
        self.plans: PlanStore = PlanStore(self.database)
        self.runs: RunStore = RunStore(self.database)
        self.tasks: TaskStore = TaskStore(self.database)


def _sid(sender: Sender) -> str:
    return str(sender.get("sid"))
