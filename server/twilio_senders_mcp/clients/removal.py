"""An entry out of a text: exactly what was put in, as long as the text is as it was left."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from .configuration_file import ConfigurationFile, digest
from .edits import cut
from .formats import Format
from .records import InstalledFile


def without_entry(
    file: ConfigurationFile, text: str, name: str, installed: InstalledFile | None, form: Format
) -> str:
    """Return ``text``, which may differ from that of ``file``, without an entry.

    If it was changed since, the entry is found by its name and the rest stays as it is now. An
    object that was made for the entry goes with it if nothing else is in it. An entry of another
    server that it replaced comes back only if nothing was changed.
    """
    recorded = installed.entry(name) if installed else None
    if recorded and digest(file.encoded(text)) == recorded.digest:
        if recorded.replaced_in:
            with suppress(OSError):
                return replace(file, content=Path(recorded.replaced_in).read_bytes()).text
        return cut(text, recorded.spans)
    return form.remove(text, name, installed.made if installed else ())
