"""The machine whose clients are configured, as data, so that paths can be computed for any."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Literal

from twilio_senders_mcp.settings import shell_environment

_APPLICATION = "twilio-senders-mcp"

System = Literal["linux", "darwin", "windows"]


@dataclass(frozen=True)
class Machine:
    """What the places of configuration files depend on.

    ``own_folder`` is the user's folder for what this program keeps: its record of what it
    installed, backups and files of secrets.
    """

    system: System
    home: str
    environment: Mapping[str, str]
    own_folder: Path
    project: Path
    """The project that is meant where one is: the current folder."""

    @property
    def home_folder(self) -> PurePath:
        """The home folder, as a path of this machine's system."""
        return self.path(self.home)

    def path(self, text: str) -> PurePath:
        """Return a path as this machine's system writes it."""
        return PureWindowsPath(text) if self.system == "windows" else PurePosixPath(text)

    def folder_from(self, variable: str, *default: str) -> PurePath:
        """Return the folder that an environment variable names, or a default in the home."""
        named = self.environment.get(variable)
        return self.path(named) if named else self.home_folder.joinpath(*default)


def this_machine() -> Machine:
    """Return the machine on which this runs."""
    from platformdirs import user_config_path  # noqa: PLC0415 - only where it is used

    return Machine(
        system=system_of(sys.platform),
        home=str(Path.home()),
        environment=shell_environment(),
        own_folder=user_config_path(_APPLICATION, appauthor=False),
        project=Path.cwd(),
    )


def system_of(platform: str) -> System:
    """Return the system of a ``sys.platform``; every other Unix is as Linux is."""
    if platform == "win32":
        return "windows"
    return "darwin" if platform == "darwin" else "linux"
