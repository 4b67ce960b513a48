"""Walking through the pages of an account's senders, bounded in pages and in time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import anyio

from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.errors import TwilioError
from twilio_senders_mcp.twilio.requests import Channel
from twilio_senders_mcp.twilio.responses import Sender

PAGES_MAX: Final = 50
SECONDS_MAX: Final = 60.0


@dataclass
class FoundSenders:
    """The senders that a search found, and how far it came.

    ``next_token`` leads to the pages that were not read. ``dead_end`` says that Twilio's link to
    the next page cannot be used, ``interrupted`` that a page could not be read.
    """

    senders: list[Sender] = field(default_factory=list[Sender])
    looked_at: int = 0
    next_token: str | None = None
    dead_end: bool = False
    interrupted: bool = False
    request_id: str | None = None

    @property
    def complete(self) -> bool:
        """Whether no sender is left to look at."""
        return self.next_token is None and not self.dead_end


async def find_senders(
    client: SendersClient,
    channel: Channel,
    *,
    wanted: Callable[[Sender], bool] = lambda _: True,
    count: float = float("inf"),
    page_size: int,
    page_token: str | None = None,
    pages_max: int = PAGES_MAX,
) -> FoundSenders:
    """Read pages until ``count`` wanted senders are found, or the bounds are reached.

    Whole pages are taken, so that ``next_token`` leads to what was not looked at.

    Raises:
        TwilioError: if the first page cannot be read; a later one that fails ends the search.

    """
    found = FoundSenders(next_token=page_token)
    deadline = anyio.current_time() + SECONDS_MAX
    seen = {page_token}
    for _ in range(pages_max):
        try:
            page = await client.list_page(channel, page_size=page_size, page_token=found.next_token)
        except TwilioError:
            if not found.looked_at:
                raise
            found.interrupted = True
            break
        found.looked_at += len(page.senders)
        found.senders += [sender for sender in page.senders if wanted(sender)]
        found.next_token, found.request_id = page.next_token, page.request_id
        found.dead_end = page.cut or (page.next_token is not None and page.next_token in seen)
        if found.dead_end:
            found.next_token = None
        enough = len(found.senders) >= count or anyio.current_time() >= deadline
        if found.next_token is None or enough:
            break
        seen.add(found.next_token)
    return found
