"""Taking this server out of a client, after a person saw the difference and agreed."""

from dataclasses import dataclass, replace
from pathlib import Path

from .catalog import Client
from .command_line import is_ours
from .configuration_file import (
    ConfigurationFile,
    delete_file,
    read_file,
    refuse_read_only,
    replace_file,
)
from .dialogue import Dialogue, agreed
from .difference import difference, masked
from .errors import ClientError, UnreadableTextError
from .formats import Format, format_of
from .machine import Machine
from .own_files import delete_secret, keep_backup, own_folder_written, remove_empty_folders
from .places import configuration_path
from .records import InstalledFile, Records
from .removal import without_entry


@dataclass(frozen=True)
class Unwanted:
    """What is to be taken out. Without a name that is all that was installed."""

    client: Client
    name: str = ""
    in_project: bool = False


def uninstall(unwanted: Unwanted, machine: Machine, dialogue: Dialogue) -> bool:
    """Take the server out of the client and return whether that was done.

    Raises:
        ClientError: if that is not possible; nothing was changed.

    """
    path = configuration_path(unwanted.client, machine, in_project=unwanted.in_project)
    file = read_file(path, shared=unwanted.in_project)
    refuse_read_only(file)
    records = Records(machine.own_folder)
    installed = records.of(file.target)
    form = format_of(unwanted.client)
    try:
        names = _names(unwanted, form.entries(file.text), installed, path)
        text = _text_without(names, file, installed, form)
        _show(names, file, text, form, unwanted.client, dialogue)
    except UnreadableTextError as error:
        raise ClientError(f"{path}: {error}; nothing was written") from None
    remaining = _without(installed, names)
    is_over = remaining.created and not remaining.entries and form.is_empty(text)
    if is_over and file.content is not None:
        dialogue.say(f"{path} will be deleted, because it was created for this server.")
    if not agreed(dialogue, f"Write this to {path}?"):
        dialogue.say("Nothing was written.")
        return dialogue.dry_run
    with own_folder_written(machine):
        backup = keep_backup(machine, file)
    if is_over:
        delete_file(file)
        remove_empty_folders([Path(folder) for folder in remaining.folders])
    elif text != file.text:
        replace_file(file, file.encoded(text))
    for entry in installed.entries if installed else []:
        if entry.name in names:
            delete_secret(entry.secret_file)
    outcome = "the configuration was changed, but the entry is still recorded as installed"
    with own_folder_written(machine, outcome):
        records.keep(file.target, remaining)
    if backup:
        dialogue.say(f"A backup of the file as it was is in {backup}")
    dialogue.say(f"{unwanted.client.title} no longer has {' and '.join(names)}.")
    return True


def _names(
    unwanted: Unwanted, entries: dict[str, object], installed: InstalledFile | None, path: Path
) -> list[str]:
    """Return which entries to take out, the one that was added last first."""
    added = [entry.name for entry in reversed(installed.entries)] if installed else []
    # An entry may have been put in the place of ours since.
    recorded = [name for name in added if name not in entries or is_ours(entries[name])]
    recognized = [name for name, entry in entries.items() if is_ours(entry)]
    name = unwanted.name
    if not name and (names := recorded or recognized):
        return names
    if name and name in (*recorded, *recognized):
        return [name]
    if name in entries:
        raise ClientError(
            f"{name} in {path} is not an entry of this server; take it out by hand if it is to go"
        )
    of_that_name = f" of the name {name}" if name else ""
    raise ClientError(f"{path} has no entry of this server{of_that_name}")


def _text_without(
    names: list[str], file: ConfigurationFile, installed: InstalledFile | None, form: Format
) -> str:
    text = file.text
    for name in names:
        if name in form.entries(text):
            text = without_entry(file, text, name, installed, form)
    return text


def _show(
    names: list[str],
    file: ConfigurationFile,
    text: str,
    form: Format,
    client: Client,
    dialogue: Dialogue,
) -> None:
    if text == file.text:
        dialogue.say(f"{file.path} has {' and '.join(names)} no longer; what is kept of it goes.")
        return
    old, new = form.spread(file.text, text)
    spans = [span for name in names for span in form.spans(old, name)]
    for line in difference(
        masked(old, [], spans, (), toml=client.is_toml),
        masked(new, [], [], (), toml=client.is_toml),
        str(file.path),
    ):
        dialogue.say(line)


def _without(installed: InstalledFile | None, names: list[str]) -> InstalledFile:
    if installed is None:
        return InstalledFile(created=False, folders=[])
    kept = [entry for entry in installed.entries if entry.name not in names]
    return replace(installed, entries=kept)
