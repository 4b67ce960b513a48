"""Functions that serve an ASGI app on a local port, in the foreground or in a thread."""

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

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_PACKAGE: Final = __name__.partition(".")[0]
# Seconds that requests in progress get to finish when the server shuts down.
_SHUTDOWN_SECONDS: Final = 1


def open_socket(host: str, port: int) -> socket.socket:
    """Return a listening socket; for port 0 the system chooses a free port.

    Raises:
        OSError: if the address cannot be used, for example because it is already in use.

    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def serve(app: "ASGIApp", listener: socket.socket) -> None:
    """Serve ``app`` until SIGINT or SIGTERM.

    The server shuts down and then raises the signal again for the previous handler.
    """
    _uvicorn(app).run(sockets=[listener])


@contextmanager
def served(app: "ASGIApp") -> Generator[str]:
    """Serve ``app`` in a thread while the block runs; yields its base URL."""
    listener = open_socket("127.0.0.1", 0)
    server = _uvicorn(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


class _Server(uvicorn.Server):
    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            os._exit(0)  # a second signal: its sender does not want to wait
        # From now on, connections are closed on purpose, so errors of the libraries about them are
        # not worth logging; the outcome of a write in flight is.
        for handler in logging.getLogger().handlers:
            handler.addFilter(logging.Filter(_PACKAGE))
        super().handle_exit(sig, frame)


def _uvicorn(app: "ASGIApp") -> uvicorn.Server:
    return _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        )
    )
