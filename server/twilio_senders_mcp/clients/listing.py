"""The clients of this machine, and which of them have this server."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .catalog import CLIENTS, Client
from .command_line import is_ours
from .configuration_file import read_file
from .errors import ClientError, UnreadableTextError
from .formats import format_of
from .machine import Machine
from .places import configuration_path, is_present


class ClientState(NamedTuple):
    """A client as it is on this machine."""

    client: Client
    present: bool
    path: str
    configured: str
    """The names of our entries in the file, or what is wrong with it."""


def client_states(machine: Machine, *, in_project: bool = False) -> list[ClientState]:
    """Return how each client is configured; with ``in_project``, those with files in projects."""
    return [
        _state(client, machine, in_project=in_project)
        for client in CLIENTS
        if client.project_file or not in_project
    ]


def describe_states(states: list[ClientState]) -> list[str]:
    """Return a table for a person, one line for each client."""
    rows = [("client", "found", "has this server", "file")]
    rows += [
        (state.client.key, "yes" if state.present else "no", state.configured or "no", state.path)
        for state in states
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    ]


def own_entries(client: Client, path: Path, *, shared: bool) -> dict[str, Mapping[str, Any]]:
    """Return the entries of this server in a client's file, as they were parsed, by their names.

    Raises:
        ClientError, UnreadableTextError: if the file cannot be read.

    """
    entries = format_of(client).entries(read_file(path, shared=shared).text)
    return {name: entry for name, entry in entries.items() if is_ours(entry)}


def _state(client: Client, machine: Machine, *, in_project: bool) -> ClientState:
    path = configuration_path(client, machine, in_project=in_project)
    try:
        configured = ", ".join(own_entries(client, path, shared=in_project))
    except UnreadableTextError as error:
        configured = f"not readable, {error}"
    except ClientError:
        configured = "not readable"
    return ClientState(client, is_present(client, machine), str(path), configured)
