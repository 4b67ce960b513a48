"""What can go wrong with plans and runs, as types with data.

    ChangesError
    ├── UnusableChange      what was asked for cannot be planned: nothing was read
    │   ├── NothingSelected
    │   ├── NamedTwice
    │   ├── TooManySenders
    │   ├── CodeNotPlannable
    │   └── UnusableHost
    ├── UnusablePageToken
    ├── UnknownPlan
    ├── ExpiredPlan
    ├── EmptyPlan
    ├── UnknownRun
    ├── UnknownTask
    ├── RunUnfinished       a run that goes on cannot be undone yet
    ├── WrongState          the run's state does not allow the action
    └── StateUnavailable    the folder or the database cannot be used: nothing was lost
        └── StateOfOthers   the database belongs to other accounts

As with `twilio_senders_mcp.twilio.errors`, no message for a caller is written here.
"""

from typing import Literal

StateProblem = Literal["folder", "unreadable", "database", "busy"]
"""``folder``: it cannot be created or written. ``unreadable``: its files are no state of this
server, or of a newer version. ``database``: PostgreSQL cannot be reached or refuses what is needed.
``busy``: another process held a lock of the database for too long."""


class ChangesError(Exception):
    """Any failure of a plan or a run before Twilio is involved."""


class UnusableChange(ChangesError):  # noqa: N818 - each class is named for what is wrong
    """What was asked for cannot be planned."""


class NothingSelected(UnusableChange):
    """No sender was named, or no sender matches."""


class NamedTwice(UnusableChange):
    """Senders were named more than once."""

    def __init__(self, sids: list[str]) -> None:
        super().__init__(*sids)
        self.sids = sids


class TooManySenders(UnusableChange):
    """More senders were selected than one plan can have."""

    def __init__(self, count: int, limit: int) -> None:
        super().__init__(count, limit)
        self.count = count
        self.limit = limit


class CodeNotPlannable(UnusableChange):
    """The change contains a verification code, which is for one sender and one moment."""


class UnusableHost(UnusableChange):
    """``value`` of the argument ``name`` (``from`` or ``to``) is no host with an optional port."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(name)
        self.name = name
        self.value = value


class UnusablePageToken(ChangesError):  # noqa: N818 - as above
    """The page token was not issued for this plan or run."""


class UnknownPlan(ChangesError):  # noqa: N818 - as above
    """There is no such plan for these accounts and this caller."""

    def __init__(self, plan: str) -> None:
        super().__init__(plan)
        self.plan = plan


class ExpiredPlan(ChangesError):  # noqa: N818 - as above
    """The plan may no longer be applied. ``expired_at`` is in seconds since the epoch."""

    def __init__(self, plan: str, expired_at: float) -> None:
        super().__init__(plan)
        self.plan = plan
        self.expired_at = expired_at


class EmptyPlan(ChangesError):  # noqa: N818 - as above
    """The plan changes nothing and so cannot be applied."""

    def __init__(self, plan: str) -> None:
        super().__init__(plan)
        self.plan = plan


class UnknownRun(ChangesError):  # noqa: N818 - as above
    """There is no such run for these accounts and this caller."""

    def __init__(self, run: str) -> None:
        super().__init__(run)
        self.run = run


class UnknownTask(ChangesError):  # noqa: N818 - as above
    """There is no such task for these accounts and this caller, or it has expired."""


class RunUnfinished(ChangesError):  # noqa: N818 - as above
    """The run is ``state`` and may still write, so it cannot be undone yet."""

    def __init__(self, run: str, state: str) -> None:
        super().__init__(run)
        self.run = run
        self.state = state


class WrongState(ChangesError):  # noqa: N818 - as above
    """A run that is ``state`` cannot be paused, resumed or cancelled (``action``).

    Or it is no longer in the leg that the action was meant for.
    """

    def __init__(self, run: str, state: str, action: str) -> None:
        super().__init__(run, state, action)
        self.run = run
        self.state = state
        self.action = action


class StateUnavailable(ChangesError):  # noqa: N818 - as above
    """The state cannot be used. ``place`` is a folder, or a database without its password."""

    def __init__(self, problem: StateProblem, place: str) -> None:
        super().__init__(problem, place)
        self.problem: StateProblem = problem
        self.place = place


class StateOfOthers(StateUnavailable):
    """The database holds the state of other accounts or of another base URL."""

    def __init__(self, place: str) -> None:
        super().__init__("database", place)
