"""Running an ASGI app on a port of this machine: in the foreground, or beside other work."""

import signal
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp

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
    """Serve ``app`` until SIGINT or SIGTERM, then return."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn shuts down on these and then raises them again; here that is the normal end.
        signal.signal(number, _end_normally)
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


def _uvicorn(app: "ASGIApp") -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
        )
    )


def _end_normally(*_: Any) -> None:
    pass
