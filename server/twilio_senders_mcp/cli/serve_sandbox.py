"""The command ``sandbox``: only the embedded Twilio, on loopback."""

import argparse
from typing import Final

from twilio_senders_mcp.settings import Settings

from .command import Command
from .listening import http_limits, listen, port


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, default=4010, help="port, 0 for any (%(default)s)")


def _run(options: argparse.Namespace, settings: Settings) -> int:
    import logging

    from twilio_senders_mcp.sandbox import (
        ACCOUNT_SID,
        API_KEY,
        API_SECRET,
        AUTH_TOKEN,
        BAKERY,
        FLORIST,
        Sandbox,
    )

    def announcement(origin: str) -> list[str]:
        return [
            f"The Twilio sandbox is at {origin} and accepts these made-up credentials:",
            f"  account SID {ACCOUNT_SID}, auth token {AUTH_TOKEN}",
            f"  API key {API_KEY}, secret {API_SECRET}",
            *(
                f"  subaccount {account.friendly_name}: {account.sid}, "
                f"auth token {account.auth_token}"
                for account in (BAKERY, FLORIST)
            ),
            f"Set TWILIO_BASE_URL={origin} for a server to use it. Press Ctrl-C to stop.",
        ]

    sandbox = Sandbox(step_seconds=settings.twilio_senders_sandbox_step)
    # A connection that is dropped on demand is no error to report.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    return listen(sandbox, "127.0.0.1", options.port, announcement, http_limits(settings))


SERVE_SANDBOX: Final = Command(
    name="sandbox",
    summary="serve only the embedded Twilio, on loopback",
    example="twilio-senders-mcp sandbox --port 4010",
    run=_run,
    add_arguments=_add_arguments,
)
