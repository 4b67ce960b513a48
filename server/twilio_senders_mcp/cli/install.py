"""The commands ``install`` and ``uninstall``: this server in the configuration of an AI client."""

import argparse
import re
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from twilio_senders_mcp.settings import Settings
from twilio_senders_mcp.settings.problems import did_you_mean

from .command import Command
from .terminal import PROGRAM, USAGE_ERROR, fail, in_color, say, shows_color

if TYPE_CHECKING:
    from twilio_senders_mcp.clients.catalog import Client
    from twilio_senders_mcp.clients.dialogue import Dialogue
    from twilio_senders_mcp.clients.machine import Machine

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_DEFAULT_NAME: Final = "twilio-senders"
_SANDBOX_NAME: Final = "twilio-senders-sandbox"
_DIFFERENCE_ROLES: Final = {"@": "label", "+": "pass", "-": "fail"}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "client",
        metavar="CLIENT",
        nargs="?",
        type=_client,
        help="claude-code, claude-desktop, cursor, vscode, codex, gemini or windsurf; without "
        "one, list the clients of this machine",
    )
    parser.add_argument("--name", type=_name, help="name of the entry")
    parser.add_argument(
        "--project",
        action="store_true",
        help="the configuration of the project in the current folder instead of the user's",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show the difference and write nothing"
    )
    parser.add_argument("--yes", action="store_true", help="write without asking")


def _client(key: str) -> "Client":
    from twilio_senders_mcp.clients.catalog import CLIENTS

    clients = {client.key: client for client in CLIENTS}
    if key in clients:
        return clients[key]
    raise argparse.ArgumentTypeError(
        f"expected one of {', '.join(clients)}{did_you_mean(key, clients)}"
    )


def _name(text: str) -> str:
    if _NAME.fullmatch(text):
        return text
    raise argparse.ArgumentTypeError("expected at most 40 letters, digits and - _")


def _run_install(options: argparse.Namespace, _: Settings) -> int:
    from twilio_senders_mcp.clients.command_line import server_command
    from twilio_senders_mcp.clients.entry import Wanted
    from twilio_senders_mcp.clients.install import install

    from .parser import given_settings  # which imports the commands itself

    wanted = Wanted(
        client=options.client,
        name=options.name or (_SANDBOX_NAME if options.sandbox else _DEFAULT_NAME),
        command=server_command(sys.argv[0], sys.executable),
        in_project=options.project,
        sandbox=options.sandbox,
        flags=given_settings(options),
    )
    return _carried_out(options, lambda machine, dialogue: install(wanted, machine, dialogue))


def _run_uninstall(options: argparse.Namespace, _: Settings) -> int:
    from twilio_senders_mcp.clients.uninstall import Unwanted, uninstall

    unwanted = Unwanted(options.client, options.name or "", in_project=options.project)
    return _carried_out(options, lambda machine, dialogue: uninstall(unwanted, machine, dialogue))


def _carried_out(options: argparse.Namespace, change: "Callable[[Machine, Dialogue], bool]") -> int:
    """Make the change, or list the clients if none is named, and return the exit status."""
    from twilio_senders_mcp.clients.dialogue import Dialogue
    from twilio_senders_mcp.clients.difference import printable
    from twilio_senders_mcp.clients.errors import ClientError, ClientUsageError
    from twilio_senders_mcp.clients.machine import this_machine

    machine = this_machine()
    if options.client is None:
        return _list_clients(machine, in_project=options.project)
    dialogue = Dialogue(
        say=lambda line: _print(printable(line)),
        ask=lambda question: _ask(printable(question)),
        can_ask=sys.stdin is not None and sys.stdin.isatty(),
        dry_run=options.dry_run,
        yes=options.yes,
    )
    try:
        return 0 if change(machine, dialogue) else 1
    except ClientUsageError as problem:
        say(f"{PROGRAM}: {problem}")
        return USAGE_ERROR
    except ClientError as problem:
        return fail(printable(str(problem)))


def _list_clients(machine: "Machine", *, in_project: bool) -> int:
    from twilio_senders_mcp.clients.listing import client_states, describe_states

    print("\n".join(describe_states(client_states(machine, in_project=in_project))))
    return 0


def _print(line: str) -> None:
    role = _DIFFERENCE_ROLES.get(line[:1])
    print(in_color(line, role) if role and shows_color() else line, flush=True)


def _ask(question: str) -> bool:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except (EOFError, KeyboardInterrupt):
        print()
        return False


INSTALL: Final = Command(
    name="install",
    summary="add this server to an AI client; the flags given are those of the server",
    example="twilio-senders-mcp install claude-code --sandbox",
    run=_run_install,
    add_arguments=_add_arguments,
    takes_settings=True,
    takes_sandbox=True,
)

UNINSTALL: Final = Command(
    name="uninstall",
    summary="take this server out of an AI client",
    example="twilio-senders-mcp uninstall claude-code",
    run=_run_uninstall,
    add_arguments=_add_arguments,
)
