"""The AI clients that have this server, and whether it starts as they start it.

Only the user's own files are looked at: an entry in the file of a project may start anything that
whoever wrote the project wanted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import anyio

from twilio_senders_mcp.clients.catalog import CLIENTS, Client
from twilio_senders_mcp.clients.errors import ClientError, UnreadableTextError
from twilio_senders_mcp.clients.listing import own_entries
from twilio_senders_mcp.clients.machine import Machine
from twilio_senders_mcp.clients.places import configuration_path
from twilio_senders_mcp.tools.outside_text import quoted

from .diagnosis import Diagnosis
from .handshake import HandshakeFailed, shake_hands

CLIENTS_SECONDS: Final = 50.0
"""How long all of it may take: the entries in threes, each as long as a handshake."""

ENTRIES_MAX: Final = 8
_SIDE_BY_SIDE: Final = 3
_PATH_MAX: Final = 500


@dataclass(frozen=True)
class _Entry:
    client: Client
    path: Path
    name: str
    content: Mapping[str, Any]


async def check_clients(machine: Machine) -> list[Diagnosis]:
    """Start the server as each client of this user would, and say which of them have it."""
    found: list[Diagnosis] = []
    entries: list[_Entry] = []
    for client in CLIENTS:
        path = configuration_path(client, machine, in_project=False)
        try:
            own = own_entries(client, path, shared=False)
        except (ClientError, UnreadableTextError):
            found.append(_unreadable(client, path))
            continue
        entries += [_Entry(client, path, name, content) for name, content in own.items()]
    if not entries:
        text = "No AI client of this user has this server; the command install adds it."
        return [*found, Diagnosis("clients", "ok", text)]
    found += await _check_entries(entries[:ENTRIES_MAX], machine)
    if left_out := len(entries[ENTRIES_MAX:]):
        found.append(Diagnosis("clients", "ok", f"{left_out} more entries were not started."))
    return found


def _unreadable(client: Client, path: Path) -> Diagnosis:
    return Diagnosis(
        client.key,
        "warning",
        f"{quoted(path, _PATH_MAX)} cannot be read as the configuration of {client.title}.",
        f"Run: twilio-senders-mcp install {client.key} --dry-run, which says where it is wrong.",
    )


async def _check_entries(entries: list[_Entry], machine: Machine) -> list[Diagnosis]:
    limiter = anyio.CapacityLimiter(_SIDE_BY_SIDE)
    found: dict[int, Diagnosis] = {}

    async def check(position: int) -> None:
        async with limiter:
            found[position] = await _check_entry(entries[position], machine)

    async with anyio.create_task_group() as tasks:
        for position in range(len(entries)):
            tasks.start_soon(check, position)
    return [found[position] for position in range(len(entries))]


async def _check_entry(entry: _Entry, machine: Machine) -> Diagnosis:
    check, name = entry.client.key, quoted(entry.name)
    try:
        command = _command(entry.content)
        responded = await shake_hands(command, _environment(entry.content, machine), "modern")
    except HandshakeFailed as failure:
        return Diagnosis(
            check,
            "problem",
            f"The server {name} in {quoted(entry.path, _PATH_MAX)} does not work: {failure}.",
            f"Add it again: twilio-senders-mcp install {check}",
        )
    return Diagnosis(check, "ok", f"Its server {name} starts and offers {responded.tools} tools.")


def _command(content: Mapping[str, Any]) -> list[str]:
    words: list[object] = [content.get("command"), *cast("list[object]", content.get("args") or [])]
    texts = [word for word in words if isinstance(word, str)]
    if len(texts) < len(words):
        raise HandshakeFailed("its command or its arguments are no texts")
    return texts


def _environment(content: Mapping[str, Any], machine: Machine) -> dict[str, str]:
    """Return the environment of this process with the variables of an entry.

    A placeholder for another variable is left out: the client replaces it with a value that, here,
    the environment has itself.
    """
    given: object = content.get("env")
    variables = cast("dict[str, object]", given) if isinstance(given, dict) else {}
    return dict(machine.environment) | {
        name: value
        for name, value in variables.items()
        if isinstance(value, str) and not value.startswith("$")
    }
