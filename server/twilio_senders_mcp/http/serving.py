"""Running an ASGI app on a port of this machine: in the foreground, or beside other work."""

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
# Seconds that a request in progress has left once the server is told to end.
_GRACE: Final = 1


def open_socket(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 lets the system choose a free one.

    Raises:
        OSError: if the address cannot be used, for instance because it is taken.

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

    The server shuts down and then raises the signal again, for the handler that was there before.
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
            os._exit(0)  # a second signal: whoever sent it does not want to wait
        # What the libraries say of connections that are cut off now would only alarm; what
        # becomes of a write that is on its way must be read.
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
            timeout_graceful_shutdown=_GRACE,
        )
    )
