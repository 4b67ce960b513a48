"""Iteration over the pages of an account's senders, with limits on pages and time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import anyio

from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.errors import TwilioError
from twilio_senders_mcp.twilio.responses import Sender
from twilio_senders_mcp.twilio.values import Channel

PAGES_MAX: Final = 50
SECONDS_MAX: Final = 60.0


@dataclass
class FoundSenders:
    """The senders that a search found, and how far the search got.

    ``next_token`` is the token of the first page that was not read. ``next_link_unusable`` is true
    if Twilio's next-page link cannot be used, ``interrupted`` if a page could not be read.
    """

    senders: list[Sender] = field(default_factory=list[Sender])
    looked_at: int = 0
    next_token: str | None = None
    next_link_unusable: bool = False
    interrupted: bool = False
    request_id: str | None = None

    @property
    def complete(self) -> bool:
        """Whether every sender has been read."""
        return self.next_token is None and not self.next_link_unusable


async def find_senders(
    client: SendersClient,
    channel: Channel,
    *,
    wanted: Callable[[Sender], bool] = lambda _: True,
    count: float = float("inf"),
    page_size: int,
    page_token: str | None = None,
    pages_max: int = PAGES_MAX,
    after_page: Callable[[], Awaitable[None]] | None = None,
) -> FoundSenders:
    """Read pages until ``count`` wanted senders are found or a limit is reached.

    ``wanted`` is called once for each sender, ``after_page`` after each page. All matches on a page
    are returned, even beyond ``count``, so that ``next_token`` skips none.

    Raises:
        TwilioError: if the first page cannot be read. A later failure only ends the search.

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
        if after_page is not None:
            await after_page()
        found.next_link_unusable = page.cut or (
            page.next_token is not None and page.next_token in seen
        )
        if found.next_link_unusable:
            found.next_token = None
        enough = len(found.senders) >= count or anyio.current_time() >= deadline
        if found.next_token is None or enough:
            break
        seen.add(found.next_token)
    return found
