"""A client's file: read as it is, and replaced whole or not at all."""

import codecs
import hashlib
import os
import stat
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .errors import ClientError, place

_PRIVATE_FILE = 0o600
_SHARED_FILE = 0o644


@dataclass(frozen=True)
class ConfigurationFile:
    """A file as it was read. ``content`` is None if it does not exist."""

    path: Path
    """As the client names it."""
    target: Path
    """Where it is, if ``path`` is a symbolic link."""
    content: bytes | None
    mode: int
    """The permissions that it has, or is to have."""

    @property
    def text(self) -> str:
        """The text, without a byte order mark; empty if the file does not exist.

        Raises:
            ClientError: if it is not UTF-8.

        """
        content = self.content or b""
        try:
            return content.removeprefix(codecs.BOM_UTF8).decode()
        except UnicodeDecodeError as error:
            line, column = place(content[: error.start].decode("latin-1"), error.start)
            raise ClientError(
                f"{self.path}: line {line}, column {column}: this is not UTF-8 text"
            ) from None

    def encoded(self, text: str) -> bytes:
        """Return a new text as bytes, with a byte order mark if the file has one.

        Raises:
            ClientError: if there are characters that UTF-8 cannot have, as in some paths.

        """
        mark = codecs.BOM_UTF8 if (self.content or b"").startswith(codecs.BOM_UTF8) else b""
        try:
            return mark + text.encode()
        except UnicodeEncodeError:
            raise ClientError(
                f"a path cannot be written to {self.path}, because it is not valid UTF-8"
            ) from None


def read_file(path: Path, *, shared: bool) -> ConfigurationFile:
    """Read a file that is to be changed. A ``shared`` one that is new can be read by everybody.

    Raises:
        ClientError: if it cannot be read, or must not be written.

    """
    target = Path(os.path.realpath(path))
    try:
        content = target.read_bytes()
        mode = stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return ConfigurationFile(path, target, None, _SHARED_FILE if shared else _PRIVATE_FILE)
    except OSError as error:
        raise ClientError(f"{path} cannot be read: {error.strerror}") from None
    return ConfigurationFile(path, target, content, mode)


def refuse_read_only(file: ConfigurationFile) -> None:
    """Refuse a file whose permissions let nobody write to it, even where this user could.

    Raises:
        ClientError: if it is one.

    """
    if file.content is not None and not file.mode & 0o222:
        raise ClientError(f"{file.path} is read-only; nothing was written")


def replace_file(file: ConfigurationFile, content: bytes) -> None:
    """Put ``content`` in the place of the file at once.

    Raises:
        ClientError: if the file was changed since it was read, or cannot be written.

    """
    _refuse_changed(file)
    try:
        file.target.parent.mkdir(parents=True, exist_ok=True)
        _write_atomically(file, content)
    except OSError as error:
        raise ClientError(
            f"{file.path} cannot be written: {error.strerror}; nothing was changed"
        ) from None


def delete_file(file: ConfigurationFile) -> None:
    """Delete the file, if it is there.

    Raises:
        ClientError: if the file was changed since it was read, or cannot be deleted.

    """
    _refuse_changed(file)
    try:
        file.target.unlink(missing_ok=True)
    except OSError as error:
        raise ClientError(
            f"{file.path} cannot be deleted: {error.strerror}; nothing was changed"
        ) from None


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only this user can read, in a folder of the same kind.

    Raises:
        OSError: if that is not possible.

    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_atomically(ConfigurationFile(path, path, None, _PRIVATE_FILE), content)


def digest(content: bytes) -> str:
    """Return what tells one content from another."""
    return hashlib.sha256(content).hexdigest()


def _refuse_changed(file: ConfigurationFile) -> None:
    try:
        current = file.target.read_bytes()
    except OSError:
        current = None
    if current != file.content:
        raise ClientError(
            f"{file.path} was changed by another program in the meantime; nothing was written"
        )


def _write_atomically(file: ConfigurationFile, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=file.target.parent, prefix=f".{file.target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(file.mode)
        if sys.platform != "win32" and file.content is not None:
            # A program that runs as root must not take a person's file away.
            owned = file.target.stat()
            os.chown(temporary, owned.st_uid, owned.st_gid)
        temporary.replace(file.target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
