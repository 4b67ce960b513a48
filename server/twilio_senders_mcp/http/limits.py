"""How much the HTTP form does at once, and how long it waits for its clients."""

import sys
from dataclasses import dataclass, replace
from typing import Final

_OTHER_FILES: Final = 32
"""Files that the process has open besides connections: streams, the event loop, what is loaded."""

_FEWEST_CONNECTIONS: Final = 2
"""One to work on a call, and one to say that there is too much to do."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of one HTTP server; the settings declare the same defaults, and describe them."""

    connections: int = 200
    calls: int = 50
    body_bytes: int = 1 << 20
    header_seconds: float = 10.0
    body_seconds: float = 30.0
    idle_seconds: int = 60
    sessions: int = 200
    session_idle_seconds: float = 1800.0

    def within_open_files(self, connections_to_twilio: int) -> "Limits":
        """Return these limits, lowered to the files that the process may open.

        ``connections_to_twilio`` of them are kept free. There are always fewer calls than
        connections, so that one remains on which to refuse a call.
        """
        connections, files = self.connections, _open_files()
        if files is not None:
            free = files - connections_to_twilio - _OTHER_FILES
            connections = min(connections, max(free, _FEWEST_CONNECTIONS))
        return replace(self, connections=connections, calls=min(self.calls, connections - 1))


def _open_files() -> int | None:
    """Return how many files this process may have open, None if there is no limit."""
    if sys.platform == "win32":  # sockets are no files there
        return None
    import resource  # noqa: PLC0415 - only POSIX has it

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft
