"""Logging that can never stall the server: on stderr, quiet, and lossy where nobody reads.

A client that starts the server and never reads its stderr fills the pipe; a plain handler then
blocks in the middle of a call, for good. This handler drops a record that the pipe cannot take
at once, and says later how many it dropped.
"""

import logging
import os
import select
import sys
from typing import Final

from typing_extensions import override

# POSIX: a pipe that polls writable takes this many bytes without blocking.
_ATOMIC: Final = 4096
_LIBRARIES: Final = {
    "httpx2": logging.WARNING,
    "httpcore2": logging.WARNING,
    "mcp": logging.WARNING,
    "mcp.server.transport_security": logging.ERROR,  # it would log what a refused client sent
    "sse_starlette": logging.WARNING,
    "stamina": logging.ERROR,
}
"""The lowest level of each library's log, whatever the server's own level is: at debug level they
log headers and messages, which may contain secrets."""

_FORMAT: Final = "%(levelname)s %(name)s: %(message)s"


class LossyStderrHandler(logging.Handler):
    """Writes each record to a file descriptor, unless that would block."""

    def __init__(self, descriptor: int = 2) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter(_FORMAT))
        self._descriptor = descriptor
        self._dropped = 0

    @override
    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
            if self._dropped:
                line = f"({self._dropped} earlier log lines were dropped: nobody read them)\n{line}"
            data = line.encode("utf-8", "backslashreplace")[: _ATOMIC - 1] + b"\n"
            if _takes_at_once(self._descriptor):
                os.write(self._descriptor, data)
                self._dropped = 0
            else:
                self._dropped += 1
        except Exception:  # noqa: BLE001 - a log line is no reason to fail, whatever is wrong with it
            self._dropped += 1


def configure_logging(level: str) -> None:
    """Send this process's logs to stderr from ``level`` on: debug, info, warning or error."""
    logging.basicConfig(level=level.upper(), handlers=[LossyStderrHandler()], force=True)
    for name, lowest in _LIBRARIES.items():
        logging.getLogger(name).setLevel(lowest)


def _takes_at_once(descriptor: int) -> bool:
    if sys.platform == "win32":  # select works on sockets only there
        return True
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    return bool(poll.poll(0))
