"""The command line: words to `Settings` to one of the runners. Nothing else prints to a terminal.

Each runner imports what it needs, so that ``--help`` is instant and stdio pays for no HTTP. The
flags of settings are declared with the settings; only those that are no setting stand here.
"""

import argparse
import gc
import os
import re
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NoReturn

from . import __version__
from .settings import Settings, SettingsError, allows_color, is_loopback, load_settings
from .settings.flags import SETTING_FLAGS, add_setting_flags
from .settings.problems import did_you_mean
from .twilio.credentials import IncompleteCredentials

if TYPE_CHECKING:
    from .http.limits import Limits
    from .reports import Line
    from .sandbox import Sandbox
    from .site.try_it import SandboxRelay

_DESCRIPTION: Final = """\
An MCP server with which any AI client manages Twilio's WhatsApp and RCS senders.

Without a command it serves MCP on stdin and stdout: that is what an AI tool's mcp.json runs.
Try it without a Twilio account:  twilio-senders-mcp demo
"""
_EPILOG: Final = """\
Credentials come from the environment: TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN, or with
TWILIO_API_KEY and TWILIO_API_SECRET. The README lists every setting.
"""
USAGE_ERROR: Final = 2
# Importing it from the models would make --help slow.
SENDER_SID_PATTERN: Final = r"XE[0-9a-fA-F]{32}"
_PORT_MAX: Final = 65535


def run(words: Sequence[str]) -> int:
    """Run the command given as ``words`` and return its exit status."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    parser = _parser()
    if unknown := _unknown_flag(words):
        parser.error(unknown)
    options = parser.parse_args(words, argparse.Namespace(sandbox=False))
    given = {name: text for name, text in vars(options).items() if name in SETTING_FLAGS}
    if not options.serving and (options.sandbox or given):
        flag = "--sandbox" if options.sandbox else SETTING_FLAGS[next(iter(given))]
        parser.error(f"{flag} applies only without a command, or with http, check or survey")
    from .logs import configure_logging

    try:
        settings = load_settings(account=options.serving and not options.sandbox, **given)
        configure_logging(settings.twilio_senders_log_level)
        return int(options.runner(options, settings))
    except SettingsError as error:
        for problem in error.problems:
            _say(f"twilio-senders-mcp: {problem}")
        return USAGE_ERROR


def _serve_stdio(options: argparse.Namespace, settings: Settings) -> int:
    import anyio

    from .protocol.stdio import serve_stdio
    from .server import create_server

    server = create_server(settings, sandbox=options.sandbox)
    _keep_what_is_loaded()
    if sys.stdin is not None and sys.stdin.isatty():
        _say("Waiting for an MCP client on stdin; Ctrl-C ends it.")

    async def serve() -> None:
        await serve_stdio(server)
        # Returning would wait for threads, such as a name look-up that hangs.
        _leave()  # pragma: no cover - Python 3.11 loses coverage's trace after a cancellation

    try:
        anyio.run(serve)
    except* BrokenPipeError:
        pass  # the client went away while an answer was on its way
    return 0


def _serve_http(options: argparse.Namespace, settings: Settings) -> int:
    from .http.app import DOCS_PATH, MCP_PATH, create_http_app
    from .server import create_server

    host = options.host.removeprefix("[").removesuffix("]")
    if not is_loopback(host):
        return _fail(
            f"--host {host}: only an address of this machine is served, such as 127.0.0.1 "
            "or ::1, because there is no authorization yet"
        )
    limits = _http_limits(settings)
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

    return _listen(app, host, options.port, announcement, limits)


def _sandbox_to_try(settings: Settings) -> "tuple[Sandbox, SandboxRelay]":
    """Return the sandbox for the tools, and what passes requests of the documentation on to it."""
    from .sandbox import ACCOUNT_SID, AUTH_TOKEN, PENDING_SENDER, Sandbox
    from .site.try_it import SandboxRelay

    sandbox = Sandbox(step_seconds=settings.twilio_senders_sandbox_step)
    return sandbox, SandboxRelay(sandbox, ACCOUNT_SID, AUTH_TOKEN, PENDING_SENDER)


def _http_limits(settings: Settings) -> "Limits":
    from .http.limits import Limits

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


def _serve_sandbox(options: argparse.Namespace, settings: Settings) -> int:
    import logging

    from .sandbox import ACCOUNT_SID, API_KEY, API_SECRET, AUTH_TOKEN, BAKERY, FLORIST, Sandbox

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
    return _listen(sandbox, "127.0.0.1", options.port, announcement, _http_limits(settings))


def _run_check(options: argparse.Namespace, settings: Settings) -> int:
    from .reports import check_report

    async def report() -> int:
        lines, good = await check_report(
            settings,
            options.sid,
            account=options.account,
            sandbox=options.sandbox,
            width=shutil.get_terminal_size().columns,
        )
        _print_report(lines)
        return 0 if good else 1

    return _reported(report)


def _run_survey(options: argparse.Namespace, settings: Settings) -> int:
    from .reports import survey_report

    async def report() -> int:
        lines = await survey_report(
            settings,
            account=options.account,
            sandbox=options.sandbox,
            width=shutil.get_terminal_size().columns,
        )
        _print_report(lines)
        return 0

    return _reported(report)


def _reported(report: Callable[[], Awaitable[int]]) -> int:
    import anyio

    from .reports import ReportFailed

    try:
        return anyio.run(report)
    except ReportFailed as failure:
        return _fail(str(failure))
    except BrokenPipeError:
        _leave()  # whoever read it has read enough


def _run_worker(options: argparse.Namespace, settings: Settings) -> int:
    import anyio

    from .fleet import FleetFailed, work
    from .protocol.stdio import cancel_at_signal

    async def work_until_told_to_stop() -> int:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(cancel_at_signal, tasks.cancel_scope)
            try:
                await work(settings, _say, once=options.once)
            except FleetFailed as failure:
                tasks.cancel_scope.cancel()
                return _fail(str(failure))
            tasks.cancel_scope.cancel()
        return 0

    if not options.once:
        _say("Carrying out unfinished runs; Ctrl-C ends it.")
    return anyio.run(work_until_told_to_stop)


def _show_runs(options: argparse.Namespace, settings: Settings) -> int:
    import anyio

    from .fleet import FleetFailed, runs_report

    try:
        print(anyio.run(partial(runs_report, settings, options.run, as_json=options.json)))
    except FleetFailed as failure:
        return _fail(str(failure))
    return 0


def _print_report(lines: "list[Line]") -> None:
    from .reports import shown

    in_color = _shows_color()
    print(shown(lines, lambda text, role: _in_color(text, role) if in_color else text))


def _shows_color() -> bool:
    return sys.stdout is not None and sys.stdout.isatty() and allows_color()


def _run_demo(_: argparse.Namespace, __: Settings) -> int:
    import anyio

    from .demo import DemoFailure, demo

    in_color = _shows_color()

    def say(text: str, role: str = "text", /) -> None:
        print(_in_color(text, role) if in_color else text)

    try:
        anyio.run(demo, say)
    except DemoFailure as failure:
        return _fail(f"the demo failed: {failure}")
    except BrokenPipeError:
        _leave()  # whoever read it has read enough
    return 0


def _in_color(text: str, role: str) -> str:
    """Return ``text`` as a terminal shows it in its role's colour; each line stands for itself."""
    style = _STYLES.get(role)
    if style is None:
        return text
    return "\n".join(f"\x1b[{style}m{line}\x1b[0m" if line else "" for line in text.split("\n"))


_STYLES: Final = {
    "heading": "1;36",
    "refusal": "31",
    "closing": "1;32",
    "fail": "31",
    "warn": "33",
    "unknown": "2",
    "skipped": "2",
    "pass": "32",
    "label": "1",
}
"""Cyan, red, green, yellow, bold (1) and faint (2): the parameters of ANSI's escape sequence
"select rendition"."""


def _write_docs(options: argparse.Namespace, _: Settings) -> int:
    from pathlib import Path

    from .site.export import write_site

    try:
        pages = write_site(Path(options.folder), options.mcp_url)
    except OSError as error:
        return _fail(f"cannot write to {options.folder}: {error.strerror}")
    print(f"{pages} pages are in {options.folder}; open {options.folder}/index.html")
    return 0


def _listen(
    app: Any, host: str, port: int, announcement: Callable[[str], list[str]], limits: "Limits"
) -> int:
    """Serve ``app``, after the lines that ``announcement`` gives for its origin.

    The first address in the first line is the one that is served: programs read it there.
    """
    from .http.serving import open_socket, serve

    try:
        listener = open_socket(host, port)
    except OSError as error:
        return _fail(f"cannot listen on {host} port {port}: {error.strerror}")
    name = f"[{host}]" if ":" in host else host
    _say("\n".join(announcement(f"http://{name}:{listener.getsockname()[1]}")))
    _keep_what_is_loaded()
    serve(app, listener, limits)
    return 0  # pragma: no cover - a signal ends it, and `_leave` the process


def _keep_what_is_loaded() -> None:
    """Let the collector skip what lives as long as the process; it also makes the exit fast."""
    gc.freeze()
    gc.enable()


def _leave(*_: Any) -> NoReturn:
    """End at once: on stdio a thread waits for input and could not be told to stop.

    Over HTTP the server has shut down when it gets here, or has not begun to serve.
    """
    os._exit(0)


def _fail(text: str) -> int:
    _say(f"twilio-senders-mcp: {text}")
    return 1


def _say(text: str) -> None:
    """Tell the person at the terminal; stdout is for MCP, and stderr may be closed."""
    if sys.stderr is not None:  # pyright: ignore[reportUnnecessaryComparison] - None without a stderr
        # One write: a reader that closes the pipe after the first line breaks nothing.
        print(f"{text}\n", end="", file=sys.stderr, flush=True)


def _unknown_flag(words: Sequence[str]) -> str | None:
    """Name the first flag that no form has, without its value: argparse would repeat a secret."""
    known = [*_OTHER_FLAGS, *SETTING_FLAGS.values()]
    for word in words:
        name = word.partition("=")[0]
        if name.startswith("-") and name not in known:
            return f"unknown flag {name}{did_you_mean(name, known)}"
    return None


_OTHER_FLAGS: Final = (
    *(
        "-h",
        "--help",
        "--version",
        "--sandbox",
        "--host",
        "--port",
        "--mcp-url",
        "--account",
        "--once",
        "--json",
    ),
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="twilio-senders-mcp",
        allow_abbrev=False,
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.set_defaults(runner=_serve_stdio, serving=True)
    _add_serving_flags(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, summary: str, **defaults: Any) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=summary, allow_abbrev=False)
        added.set_defaults(**defaults)
        return added

    http = command(
        "http",
        "serve MCP over Streamable HTTP at /mcp, with /docs and /healthz",
        runner=_serve_http,
    )
    http.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    http.add_argument("--port", type=_port, default=8000, help="port, 0 for any (%(default)s)")
    _add_serving_flags(http)

    check = command(
        "check",
        "check one sender and show what is wrong; exits with 1 if it is blocked",
        runner=_run_check,
    )
    check.add_argument("sid", metavar="SID", type=_sender_sid, help="the sender's SID (XE...)")
    check.add_argument("--account", default="", help="its account, where there are several")
    _add_serving_flags(check)

    survey = command("survey", "show how all senders are", runner=_run_survey)
    survey.add_argument("--account", default="*", help="the account, where there are several (all)")
    _add_serving_flags(survey)

    worker = command(
        "worker", "carry out unfinished runs of changes, without an AI tool", runner=_run_worker
    )
    worker.add_argument("--once", action="store_true", help="end when no run is running")
    add_setting_flags(worker)

    runs = command("runs", "show the recent runs of changes, or one of them", runner=_show_runs)
    runs.add_argument("run", metavar="RUN", nargs="?", default="", help="show all of its senders")
    runs.add_argument("--json", action="store_true", help="as JSON")
    add_setting_flags(runs)

    sandbox = command(
        "sandbox",
        "serve only the embedded Twilio, on loopback",
        runner=_serve_sandbox,
        serving=False,
    )
    sandbox.add_argument("--port", type=_port, default=4010, help="port, 0 for any (%(default)s)")

    docs = command(
        "docs", "write the documentation site to a folder", runner=_write_docs, serving=False
    )
    docs.add_argument("folder", metavar="FOLDER")
    docs.add_argument(
        "--mcp-url",
        metavar="URL",
        type=_web_address,
        default="http://127.0.0.1:8000/mcp",
        help="the address of the MCP server that the pages name (%(default)s)",
    )

    command("demo", "show the server at work; needs no account", runner=_run_demo, serving=False)
    return parser


def _web_address(text: str) -> str:
    if not text.startswith(("http://", "https://")) or len(text.split()) != 1:
        raise argparse.ArgumentTypeError("expected an http or https URL")
    return text


def _add_serving_flags(parser: argparse.ArgumentParser) -> None:
    """Add what both serving forms take; a flag that is not given sets nothing."""
    parser.add_argument(
        "--sandbox",
        action="store_true",
        default=argparse.SUPPRESS,
        help="use the embedded Twilio: no account, no credentials, nothing real happens",
    )
    add_setting_flags(parser)


def _sender_sid(text: str) -> str:
    if re.fullmatch(SENDER_SID_PATTERN, text):
        return text
    raise argparse.ArgumentTypeError("expected a sender's SID: XE and 32 hexadecimal digits")


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= _PORT_MAX:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected a number from 0 to {_PORT_MAX}")
