"""A short-lived cache of the account's senders, so that completions cost few requests."""

from contextlib import suppress
from typing import Final

import anyio

from twilio_senders_mcp.senders.paging import find_senders
from twilio_senders_mcp.senders.search import matches
from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.errors import TwilioError
from twilio_senders_mcp.twilio.responses import Sender
from twilio_senders_mcp.twilio.values import Channel

FRESH_SECONDS: Final = 30.0
READ_SECONDS: Final = 5.0
PAGE_SIZE: Final = 100
PAGES_MAX: Final = 5
_CHANNELS: Final[tuple[Channel, ...]] = ("whatsapp", "rcs")


class Directory:
    """Finds SIDs by what a person types; on a failure it finds none instead of raising."""

    def __init__(self, client: SendersClient) -> None:
        self._client = client
        self._senders: dict[Channel, list[Sender]] = {}
        self._fresh_until = -1.0
        self._reading = anyio.Lock()

    async def sids(self, typed: str) -> list[str]:
        """Return the SIDs that match ``typed``: the start of a SID, a number or a name."""
        async with self._reading:
            if anyio.current_time() >= self._fresh_until:
                await self._refresh()
        return [
            sid
            for senders in self._senders.values()
            for sender in senders
            if isinstance(sid := sender.get("sid"), str)
            and (not typed or sid.casefold().startswith(typed.casefold()) or matches(typed, sender))
        ]

    async def _refresh(self) -> None:
        """Read the senders of each channel; if that fails, keep the previous ones."""
        with anyio.move_on_after(READ_SECONDS):
            for channel in _CHANNELS:
                with suppress(TwilioError):
                    found = await find_senders(
                        self._client, channel, page_size=PAGE_SIZE, pages_max=PAGES_MAX
                    )
                    self._senders[channel] = found.senders
        # Set last, so that a cancelled read does not count.
        self._fresh_until = anyio.current_time() + FRESH_SECONDS
