"""The command that starts this server from anywhere: an absolute path, and no more."""

import os
import sysconfig
from pathlib import Path
from typing import Any, Final, cast

_SCRIPT: Final = "twilio-senders-mcp"
_MODULE: Final = "twilio_senders_mcp"
# uv keeps what uvx and `uv run --with` install in these folders of its cache, and removes it there.
_UV_CACHE_FOLDERS: Final = {"archive-v0", "environments-v2"}


def server_command(started_as: str, python: str) -> tuple[str, ...]:
    """Return the installed script, or ``python -m`` if there is none.

    ``started_as`` is how this process was started, ``sys.argv[0]``, and ``python`` its interpreter.
    A link is not followed: tools that install programs keep the link and move what is behind it.
    """
    started = Path(os.path.abspath(started_as))  # noqa: PTH100 - `resolve` would follow links
    folders = [Path(sysconfig.get_path("scripts")), Path(python).parent]
    candidates = [started] if started.stem == _SCRIPT else []
    candidates += [folder / _SCRIPT for folder in folders]
    for candidate in candidates:
        for path in (candidate.with_suffix(".exe"), candidate):
            if path.is_file() and os.access(path, os.X_OK):
                return (str(path),)
    return python, "-m", _MODULE


def is_ours(entry: object) -> bool:
    """Return whether an entry of a configuration, as it was parsed, starts this server."""
    if not isinstance(entry, dict):
        return False
    values = cast("dict[str, Any]", entry)
    arguments = values.get("args")
    words = [values.get("command")]
    words += cast("list[Any]", arguments) if isinstance(arguments, list) else []
    return any(
        isinstance(word, str)
        and (word == _MODULE or word.replace("\\", "/").rpartition("/")[2] in _PROGRAMS)
        for word in words
    )


def may_vanish(command: tuple[str, ...]) -> bool:
    """Return whether the program is in a cache from which it may be removed at any time."""
    return not _UV_CACHE_FOLDERS.isdisjoint(Path(command[0]).parts)


_PROGRAMS: Final = (_SCRIPT, f"{_SCRIPT}.exe")
