"""Functions that serve an ASGI app on a local port, in the foreground or in a thread."""

import asyncio
import logging
import os
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Final

import uvicorn
from typing_extensions import override

from .connections import Connections, LimitedProtocol
from .limits import Limits

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_PACKAGE: Final = __name__.partition(".")[0]
# Seconds that requests in progress get to finish when the server shuts down.
_SHUTDOWN_SECONDS: Final = 1
_ACCEPT_AGAIN_SECONDS: Final = 0.1

_logger: Final = logging.getLogger(__name__)


def open_socket(host: str, port: int) -> socket.socket:
    """Return a listening socket; for port 0 the system chooses a free port.

    Raises:
        OSError: if the address cannot be used, for example because it is already in use.

    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only for sockets that name their protocol; with it, a
    # response can take 40 ms longer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
        listener.setblocking(False)  # noqa: FBT003 - the standard library's own signature
    except OSError:
        listener.close()
        raise
    return listener


def serve(app: "ASGIApp", listener: socket.socket, limits: Limits) -> None:
    """Serve ``app`` until SIGINT or SIGTERM.

    The server shuts down and then raises the signal again for the previous handler.
    """
    _Server(app, limits).run(sockets=[listener])


@contextmanager
def served(app: "ASGIApp", limits: Limits | None = None) -> Generator[str]:
    """Serve ``app`` in a thread while the block runs; yields its base URL."""
    listener = open_socket("127.0.0.1", 0)
    server = _Server(app, limits or Limits())
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


class _Server(uvicorn.Server):
    """uvicorn's server, with an accept loop that holds a limit on open connections.

    uvicorn lets the event loop accept whatever comes. At the limit of open files asyncio's own loop
    then spins and logs without end, and uvloop resets new connections, those of good clients too.
    """

    def __init__(self, app: "ASGIApp", limits: Limits) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",  # a WebSocket would leave our protocol, and its limits
            timeout_keep_alive=limits.idle_seconds,
            timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        )
        super().__init__(config)
        self._limits = limits
        self._accepting: list[asyncio.Task[None]] = []

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=[])
        connections = Connections(self._limits.connections)
        self._accepting = [
            asyncio.create_task(self._accept(listener, connections)) for listener in sockets or []
        ]

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for task in self._accepting:
            task.cancel()
        await asyncio.gather(*self._accepting, return_exceptions=True)
        await super().shutdown(sockets=sockets)

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            os._exit(0)  # a second signal: its sender does not want to wait
        # From now on, connections are closed on purpose, so errors of the libraries about them are
        # not worth logging; the outcome of a write in flight is.
        for handler in logging.getLogger().handlers:
            handler.addFilter(logging.Filter(_PACKAGE))
        super().handle_exit(sig, frame)

    async def _accept(self, listener: socket.socket, connections: Connections) -> None:
        """Accept one connection after the other, each when there is room for it."""
        loop = asyncio.get_running_loop()
        failing = False
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError as error:
                level = logging.DEBUG if failing else logging.WARNING
                _logger.log(level, "New connections cannot be accepted: %s", error.strerror)
                failing = True
                await asyncio.sleep(_ACCEPT_AGAIN_SECONDS)
                continue
            failing = False
            await connections.make_room()
            try:
                await loop.connect_accepted_socket(
                    lambda: LimitedProtocol(
                        connections,
                        self._limits,
                        config=self.config,
                        server_state=self.server_state,
                        app_state=self.lifespan.state,
                    ),
                    connection,
                )
            except OSError:  # the client has gone again
                connection.close()
