"""How the commands ``http`` and ``sandbox`` listen."""

import argparse
import gc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from twilio_senders_mcp.settings import Settings

from .terminal import fail, say

if TYPE_CHECKING:
    from twilio_senders_mcp.http.limits import Limits

_PORT_MAX: Final = 65535


def port(text: str) -> int:
    """Return the port that ``text`` gives.

    Raises:
        argparse.ArgumentTypeError: if it is no port.

    """
    if text.isascii() and text.isdigit() and int(text) <= _PORT_MAX:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected a number from 0 to {_PORT_MAX}")


def http_limits(settings: Settings) -> "Limits":
    """Return the limits of the HTTP server, as the settings and this process allow them."""
    from twilio_senders_mcp.http.limits import Limits

    return Limits(
        connections=settings.twilio_senders_http_connections,
        calls=settings.twilio_senders_http_calls,
        body_bytes=settings.twilio_senders_http_body_limit,
        header_seconds=settings.twilio_senders_http_header_timeout,
        body_seconds=settings.twilio_senders_http_body_timeout,
        idle_seconds=settings.twilio_senders_http_idle_timeout,
        sessions=settings.twilio_senders_http_sessions,
        session_idle_seconds=settings.twilio_senders_http_session_timeout,
    ).within_open_files(settings.twilio_senders_connections)


def listen(
    app: Any, host: str, number: int, announcement: Callable[[str], list[str]], limits: "Limits"
) -> int:
    """Serve ``app`` on a port, after the lines that ``announcement`` gives for its origin.

    The first address in the first line is the one that is served: programs read it there.
    """
    from twilio_senders_mcp.http.serving import open_socket, serve

    try:
        listener = open_socket(host, number)
    except OSError as error:
        return fail(f"cannot listen on {host} port {number}: {error.strerror}")
    name = f"[{host}]" if ":" in host else host
    say("\n".join(announcement(f"http://{name}:{listener.getsockname()[1]}")))
    keep_what_is_loaded()
    serve(app, listener, limits)
    return 0  # pragma: no cover - a signal ends it, and `end_process` the process


def keep_what_is_loaded() -> None:
    """Let the collector skip what lives as long as the process; it also makes the exit fast."""
    gc.freeze()
    gc.enable()
