"""Without a command: serve MCP on stdin and stdout."""

import argparse
import sys
from typing import Final

from twilio_senders_mcp.settings import Settings

from .command import Command
from .listening import keep_what_is_loaded
from .terminal import end_process, say


def _run(options: argparse.Namespace, settings: Settings) -> int:
    import anyio

    from twilio_senders_mcp.protocol.stdio import serve_stdio
    from twilio_senders_mcp.server import create_server

    server = create_server(settings, sandbox=options.sandbox)
    keep_what_is_loaded()
    if sys.stdin is not None and sys.stdin.isatty():
        say("Waiting for an MCP client on stdin; Ctrl-C ends it.")

    async def serve() -> None:
        await serve_stdio(server)
        # Returning would wait for threads, such as a name look-up that hangs.
        end_process()  # pragma: no cover - Python 3.11 loses coverage's trace after a cancellation

    try:
        anyio.run(serve)
    except* BrokenPipeError:
        pass  # the client went away while a response was on its way
    return 0


SERVE_STDIO: Final = Command(
    name="",
    summary="serve MCP on stdin and stdout",
    example="twilio-senders-mcp --sandbox",
    run=_run,
    takes_settings=True,
    takes_sandbox=True,
)
