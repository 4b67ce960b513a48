"""The account's senders, remembered briefly so that completions cost few requests."""

from typing import Final

import anyio

from twilio_senders_mcp.tools.list_senders import matches
from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.errors import TwilioError
from twilio_senders_mcp.twilio.models import Channel, Sender

FRESH_SECONDS: Final = 30.0
READ_SECONDS: Final = 5.0
PAGE_SIZE: Final = 100
PAGES_MAX: Final = 5
_CHANNELS: Final[tuple[Channel, ...]] = ("whatsapp", "rcs")


class Directory:
    """Finds SIDs by what a person types; it answers with nothing rather than fail."""

    def __init__(self, client: SendersClient) -> None:
        self._client = client
        self._senders: list[Sender] = []
        self._read_at: float | None = None

    async def sids(self, typed: str) -> list[str]:
        """Return the SIDs that ``typed`` may mean: the start of one, a number or a name."""
        await self._refresh()
        return [
            sid
            for sender in self._senders
            if (sid := str(sender.get("sid")))
            and (not typed or sid.casefold().startswith(typed.casefold()) or matches(typed, sender))
        ]

    async def _refresh(self) -> None:
        now = anyio.current_time()
        if self._read_at is not None and now - self._read_at < FRESH_SECONDS:
            return
        self._read_at = now
        senders: list[Sender] = []
        try:
            with anyio.move_on_after(READ_SECONDS):
                for channel in _CHANNELS:
                    senders += await self._channel(channel)
        except TwilioError:
            return  # what was known before is better than nothing
        self._senders = senders

    async def _channel(self, channel: Channel) -> list[Sender]:
        senders: list[Sender] = []
        token: str | None = None
        for _ in range(PAGES_MAX):
            page = await self._client.list_page(channel, page_size=PAGE_SIZE, page_token=token)
            senders += page.senders
            token = page.next_token
            if token is None:
                break
        return senders
