"""The reading of all senders of all accounts for a survey, with limits on time and concurrency."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Final

import anyio

from twilio_senders_mcp.accounts.account import Account
from twilio_senders_mcp.senders.paging import PAGES_MAX, FoundSenders, find_senders
from twilio_senders_mcp.senders.survey import Survey
from twilio_senders_mcp.twilio.errors import TwilioError
from twilio_senders_mcp.twilio.responses import Sender
from twilio_senders_mcp.twilio.values import Channel

from .twilio_failure import describe_cause

SECONDS_MAX: Final = 60.0
CONCURRENCY: Final = 10
PAGE_SIZE: Final = 1000

Progress = Callable[[float, float, str], Awaitable[None]]
_Job = tuple[Account, Channel]


@dataclass(frozen=True, slots=True)
class Unread:
    """Senders of one channel of an account that were not all read, and why.

    ``error`` is the failure if nothing could be read.
    """

    account: str
    channel: Channel
    reason: str
    error: TwilioError | None = None


class SurveyReading:
    """Reads the senders of ``accounts`` into ``survey``.

    ``naming`` is true if the survey names the account of each sender.
    """

    def __init__(
        self,
        survey: Survey,
        accounts: list[Account],
        channels: tuple[Channel, ...],
        progress: Progress,
        *,
        naming: bool,
    ) -> None:
        self._survey = survey
        self._jobs: list[_Job] = [(one, channel) for one in accounts for channel in channels]
        self._pending: Iterator[int] = iter(range(len(self._jobs)))
        self._outcomes: dict[int, FoundSenders | TwilioError] = {}
        self._progress = progress
        self._naming = naming
        self._began = anyio.current_time()
        self._reported = -1.0

    @property
    def lists(self) -> int:
        """How many lists there are to read: one for each channel of each account."""
        return len(self._jobs)

    async def read(self) -> list[Unread]:
        """Read all senders, and return what was not read."""
        with anyio.move_on_after(SECONDS_MAX):
            async with anyio.create_task_group() as workers:
                for _ in range(CONCURRENCY):
                    workers.start_soon(self._work)
        return [unread for index in range(len(self._jobs)) if (unread := self._unread(index))]

    async def _work(self) -> None:
        for index in self._pending:
            account, channel = self._jobs[index]
            name = account.name if self._naming else ""

            def count(sender: Sender, name: str = name) -> bool:
                self._survey.add(name, sender)
                return False  # no sender needs to be kept

            try:
                self._outcomes[index] = await find_senders(
                    account.senders,
                    channel,
                    wanted=count,
                    page_size=PAGE_SIZE,
                    after_page=self._report,
                )
            except TwilioError as error:
                self._outcomes[index] = error

    async def _report(self) -> None:
        """Report progress in seconds, which must increase with each report."""
        seconds = anyio.current_time() - self._began
        if seconds > self._reported:
            self._reported = seconds
            count = self._survey.senders
            message = f"{count:,} sender{'' if count == 1 else 's'} read"
            await self._progress(seconds, SECONDS_MAX, message)

    def _unread(self, index: int) -> Unread | None:
        account, channel = self._jobs[index]
        match self._outcomes.get(index):
            case None:
                reason, error = f"The survey stopped after {SECONDS_MAX:.0f} s.", None
            case TwilioError() as failure:
                reason, error = describe_cause(failure), failure
            case found if found.interrupted:
                reason, error = "The next page could not be read.", None
            case found if found.next_link_unusable:
                reason, error = "Twilio's next-page link is unusable.", None
            case found if found.next_token is not None:
                reason = f"There are more than {PAGES_MAX} pages, or they took too long."
                error = None
            case _:
                return None
        return Unread(account.name, channel, reason, error)
