"""What this program keeps in the user's folder: backups of configurations, and secrets."""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from .configuration_file import ConfigurationFile, digest, write_private
from .entry import SecretFile
from .errors import ClientError
from .machine import Machine


@contextmanager
def own_folder_written(machine: Machine, outcome: str = "nothing was changed") -> Generator[None]:
    """Word what prevents the user's folder from being written to, and the ``outcome`` then.

    Raises:
        ClientError: if it cannot be written to.

    """
    try:
        yield
    except OSError as error:
        raise ClientError(
            f"{machine.own_folder} cannot be written to: {error.strerror}; {outcome}"
        ) from None


def keep_backup(machine: Machine, file: ConfigurationFile) -> Path | None:
    """Keep what is in the file now, readable by its user only; None if there is no file.

    It is not kept beside the file, where it could be committed or be taken for a configuration.
    """
    if file.content is None:
        return None
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{digest(file.content)[:8]}-{file.path.name}"
    backup = machine.own_folder / "backups" / name
    write_private(backup, file.content)
    return backup


def write_secret(secret_file: SecretFile | None) -> None:
    """Write the secret that an entry needs, readable by its user only."""
    if secret_file is not None:
        write_private(secret_file.path, f"{secret_file.secret}\n".encode())


def is_current(secret_file: SecretFile | None) -> bool:
    """Return whether the secret is in its file already, or none is needed."""
    if secret_file is None:
        return True
    try:
        return secret_file.path.read_text("utf-8").strip() == secret_file.secret
    except (OSError, ValueError):
        return False


def delete_secret(path: str | None) -> None:
    """Delete a file of a secret, if it is there, and its folder if that is empty then."""
    if path is not None:
        with suppress(OSError):
            Path(path).unlink()
        remove_empty_folders([Path(path).parent])


def remove_empty_folders(folders: list[Path]) -> None:
    """Remove the folders that are empty, in this order."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
