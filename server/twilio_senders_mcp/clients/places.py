"""Which of a client's files is meant on this machine."""

import shutil
from pathlib import Path

from .catalog import Client
from .errors import ClientUsageError
from .machine import Machine


def configuration_path(client: Client, machine: Machine, *, in_project: bool) -> Path:
    """Return the path of the file that configures the client, whether it exists or not.

    Raises:
        ClientUsageError: if the client has no file in a project.

    """
    if in_project:
        if not client.project_file:
            raise ClientUsageError(
                f"{client.title} has no configuration of a project; omit --project"
            )
        return machine.project.joinpath(*client.project_file)
    paths = [Path(path) for path in client.user_files(machine)]
    return next((path for path in paths if path.parent.is_dir()), paths[-1])


def is_present(client: Client, machine: Machine) -> bool:
    """Return whether the client seems to be here: its file, its folder or its program."""
    path = configuration_path(client, machine, in_project=False)
    folder = Path(client.own_folder(machine)) if client.own_folder else path.parent
    search = machine.environment.get("PATH", "")
    return (
        path.is_file()
        or folder.is_dir()
        or bool(client.program and shutil.which(client.program, path=search))
    )
