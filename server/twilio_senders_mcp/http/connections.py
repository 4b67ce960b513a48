"""The open connections of the HTTP form: a limit on their number, and on how long they wait.

uvicorn closes a connection that is idle between two requests. It does not limit the time in which
a request must arrive, and its `limit_concurrency` counts silent connections, so that these keep
others out. Here, when a new connection comes and all are taken, the one that has waited longest for
its client is closed. If none waits, the oldest standing stream is closed: its client can open
another. A connection whose client waits for the result of a call is never closed.
"""

import asyncio
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import override

from .limits import Limits

if TYPE_CHECKING:
    # Both of uvicorn's protocols have what is used of this one.
    from uvicorn.protocols.http.h11_impl import H11Protocol as HTTPProtocol
else:
    from uvicorn.protocols.http.auto import AutoHTTPProtocol as HTTPProtocol

_HEADER_BYTES: Final = 64 << 10
"""Maximum size of a request's header; httptools has no limit of its own."""


class Phase(Enum):
    """What a connection is waiting for."""

    NEW = "the first byte of a request"
    HEADER = "the rest of a request's header"
    BODY = "the rest of a request's body"
    WORK = "the response"
    REST = "the rest of a body whose request has its response already"
    IDLE = "another request"


class Connections:
    """The open connections, at most ``limit`` of them."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: dict[LimitedProtocol, None] = {}
        self._changed = asyncio.Event()
        self._changes = 0

    def add(self, connection: "LimitedProtocol") -> None:
        """Count a connection that was made."""
        self._open[connection] = None

    def remove(self, connection: "LimitedProtocol") -> None:
        """Forget a connection that was lost."""
        del self._open[connection]
        self._changed.set()

    def note_change(self) -> int:
        """Look again for a connection to close, if one is needed; returns the change's number.

        The clocks of event loops are too coarse to tell which of two changes came first.
        """
        self._changed.set()
        self._changes += 1
        return self._changes

    async def make_room(self) -> None:
        """Return once there is room for one more, which may need another one closed."""
        while len(self._open) >= self._limit:
            self._changed.clear()
            if (connection := self._dispensable()) is not None:
                connection.transport.abort()
            await self._changed.wait()

    def _dispensable(self) -> "LimitedProtocol | None":
        waiting = [connection for connection in self._open if connection.waits_since is not None]
        streams = (connection for connection in self._open if connection.is_stream)
        return min(waiting, key=_waits_since, default=None) or next(streams, None)


class LimitedProtocol(HTTPProtocol):
    """uvicorn's protocol of one connection, with a limit on the time for which it waits."""

    def __init__(self, connections: Connections, limits: Limits, **of_uvicorn: Any) -> None:
        super().__init__(**of_uvicorn)
        self._connections = connections
        self._seconds = {
            Phase.NEW: limits.header_seconds,
            Phase.HEADER: limits.header_seconds,
            Phase.BODY: limits.body_seconds,
            Phase.REST: limits.body_seconds,
        }
        self._timer: asyncio.TimerHandle | None = None
        self._phase = Phase.NEW
        self._header_bytes = 0
        self.waits_since: int | None = None
        """The change since which it waits for its client, None while that waits for the server."""

    @property
    def is_stream(self) -> bool:
        """Whether its client only listens. No other response to a GET takes long."""
        return self._phase is Phase.WORK and self.scope["method"] == "GET"

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._connections.add(self)
        self._enter(Phase.NEW)

    @override
    def data_received(self, data: bytes) -> None:
        request = self.cycle
        super().data_received(data)
        self._follow(Phase.HEADER, new_request=self.cycle is not request)
        self._header_bytes += len(data)
        if self._phase is Phase.HEADER and self._header_bytes > _HEADER_BYTES:
            self._close_with(b"431 Request Header Fields Too Large")

    @override
    def on_response_complete(self) -> None:
        request = self.cycle
        super().on_response_complete()
        self._follow(Phase.IDLE, new_request=self.cycle is not request)

    @override
    def pause_writing(self) -> None:
        super().pause_writing()
        self._set_waiting(waiting=True)

    @override
    def resume_writing(self) -> None:
        super().resume_writing()
        self._set_waiting(waiting=self._phase is not Phase.WORK)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._connections.remove(self)
        super().connection_lost(exc)

    def _follow(self, otherwise: Phase, *, new_request: bool) -> None:
        """Enter the phase of the request that was last begun, ``otherwise`` if it is over."""
        request = self.cycle
        # There is none at first, though uvicorn does not declare it so.
        if request is None:  # pyright: ignore[reportUnnecessaryComparison]
            phase = otherwise
        elif not request.response_complete:
            phase = Phase.BODY if request.more_body else Phase.WORK
        # The scope is another one as soon as httptools sees the next request; h11, which tells
        # later, limits the size of a header itself.
        elif request.more_body and self.scope is request.scope:
            phase = Phase.REST
        else:
            phase = otherwise
        if new_request or phase is not self._phase:
            self._enter(phase)

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        self._header_bytes = 0
        self._stop_timer()
        self._set_waiting(waiting=phase is not Phase.WORK)
        if phase in self._seconds:
            self._timer = self.loop.call_later(self._seconds[phase], self._give_up)

    def _set_waiting(self, *, waiting: bool) -> None:
        change = self._connections.note_change()
        self.waits_since = change if waiting else None

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        if self._phase in (Phase.HEADER, Phase.BODY):
            self._close_with(b"408 Request Timeout")
        else:
            self.transport.abort()

    def _close_with(self, status: bytes) -> None:
        """Close the connection, with a response that has not begun yet and says why."""
        answered = self._phase is Phase.BODY and self.cycle.response_started
        if not answered and not self.transport.is_closing():
            fields = b"connection: close\r\ncontent-length: 0\r\n"
            self.transport.write(b"HTTP/1.1 %b\r\n%b\r\n" % (status, fields))
        self.transport.close()


def _waits_since(connection: LimitedProtocol) -> int:
    return connection.waits_since or 0
