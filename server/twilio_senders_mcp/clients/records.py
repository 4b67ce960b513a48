"""What was installed where, so that it can be taken out again exactly.

The record has positions and digests, and no text of a configuration.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from .configuration_file import write_private
from .edits import Span
from .errors import ClientError

_FILE: Final = "installed.json"


@dataclass
class InstalledEntry:
    """An entry: where it is in the content that has this digest."""

    name: str
    digest: str
    spans: list[Span]
    secret_file: str | None = None
    replaced_in: str | None = None
    """The backup of the file as it was with another's entry of this name."""


@dataclass
class InstalledFile:
    """A configuration file in which there is an entry of ours."""

    created: bool
    """Whether the file did not exist before."""
    folders: list[str]
    """Folders that were created for it, innermost first."""
    made: list[str] = field(default_factory=list[str])
    """Keys of the root that were not there before."""
    entries: list[InstalledEntry] = field(default_factory=list[InstalledEntry])
    """In the order in which they were added."""

    def entry(self, name: str) -> InstalledEntry | None:
        """Return the entry with this name."""
        return next((entry for entry in self.entries if entry.name == name), None)


class Records:
    """The record of this user, by the path of each file.

    Raises:
        ClientError: if there is one that cannot be read.

    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        try:
            self._files = _STORED.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            self._files = {}
        except (OSError, ValidationError):
            raise ClientError(
                f"the record of what was installed, {self._path}, cannot be read; move it away to "
                "go on without it"
            ) from None

    def of(self, target: Path) -> InstalledFile | None:
        """Return what was installed in a file."""
        return self._files.get(str(target))

    def keep(self, target: Path, installed: InstalledFile) -> None:
        """Note what is installed in a file, or forget the file if that is nothing.

        Raises:
            OSError: if the record cannot be written.

        """
        if installed.entries:
            self._files[str(target)] = installed
        else:
            self._files.pop(str(target), None)
        if self._files:
            write_private(self._path, _STORED.dump_json(self._files, indent=1))
        else:
            self._path.unlink(missing_ok=True)


_STORED: Final = TypeAdapter(dict[str, InstalledFile])
