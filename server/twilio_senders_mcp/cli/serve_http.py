"""The command ``http``: MCP over Streamable HTTP, and the documentation."""

import argparse
from typing import TYPE_CHECKING, Final

from twilio_senders_mcp.settings import Settings, is_loopback
from twilio_senders_mcp.twilio.credentials import IncompleteCredentials

from .command import Command
from .listening import http_limits, listen, port
from .terminal import fail

if TYPE_CHECKING:
    from twilio_senders_mcp.http.limits import Limits
    from twilio_senders_mcp.sandbox import Sandbox
    from twilio_senders_mcp.site.try_it import SandboxRelay


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=port, default=8000, help="port, 0 for any (%(default)s)")


def _run(options: argparse.Namespace, settings: Settings) -> int:
    from twilio_senders_mcp.http.app import DOCS_PATH, MCP_PATH, create_http_app
    from twilio_senders_mcp.server import create_server

    host = options.host.removeprefix("[").removesuffix("]")
    if not is_loopback(host):
        return fail(
            f"--host {host}: only an address of this machine is served, such as 127.0.0.1 "
            "or ::1, because there is no authorization yet"
        )
    limits = http_limits(settings)
    sandbox, relay = _sandbox_to_try(settings) if options.sandbox else (None, None)
    server = create_server(settings, sandbox=options.sandbox, app=sandbox, over_http=True)
    app = create_http_app(server, host, limits, relay=relay)

    def announcement(origin: str) -> list[str]:
        return [
            f"MCP is at {origin}{MCP_PATH}",
            f"The documentation is at {origin}{DOCS_PATH}",
            _twilio_in_use(settings, sandbox=options.sandbox),
            *_fewer_connections(settings, limits),
            "Press Ctrl-C to stop.",
        ]

    return listen(app, host, options.port, announcement, limits)


def _sandbox_to_try(settings: Settings) -> "tuple[Sandbox, SandboxRelay]":
    """Return the sandbox for the tools, and what passes requests of the documentation on to it."""
    from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN, PENDING_SENDER, Sandbox
    from twilio_senders_mcp.site.try_it import SandboxRelay

    sandbox = Sandbox(step_seconds=settings.twilio_senders_sandbox_step)
    return sandbox, SandboxRelay(sandbox, ACCOUNT_SID, AUTH_TOKEN, PENDING_SENDER)


def _fewer_connections(settings: Settings, limits: "Limits") -> list[str]:
    """Say that fewer connections are served than the setting allows, if that is so."""
    wanted, served = settings.twilio_senders_http_connections, limits.connections
    if served == wanted:
        return []
    reason = "because this process may open few files"
    return [f"At most {served} connections are served at once instead of {wanted}, {reason}."]


def _twilio_in_use(settings: Settings, *, sandbox: bool) -> str:
    """Say where tool calls go and as whom, or what is missing; never a secret."""
    if sandbox:
        return "Tool calls go to the embedded sandbox: nothing real happens."
    default, used = settings.accounts[0], settings.accounts[0].credentials
    url = default.address.url("messaging")
    if isinstance(used, IncompleteCredentials):
        return f"Tool calls to Twilio at {url} will fail: credentials are missing. {used.remedy}"
    if settings.twilio_senders_accounts_file:
        count = len(settings.accounts)
        named = f"{count} account{'' if count == 1 else 's'} of the accounts file"
        return f"Tool calls go to the {named}; those that name none go to {default.name}."
    kind = "an API key" if used.api_key else "the auth token"
    return f"Tool calls go to Twilio at {url} as account {used.account_sid}, with {kind}."


SERVE_HTTP: Final = Command(
    name="http",
    summary="serve MCP over Streamable HTTP at /mcp, with /docs and /healthz",
    example="twilio-senders-mcp http --sandbox --port 8000",
    run=_run,
    add_arguments=_add_arguments,
    takes_settings=True,
    takes_sandbox=True,
)
