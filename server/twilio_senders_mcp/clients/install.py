"""Adding this server to a client, after a person saw the difference and agreed."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from .command_line import is_ours, may_vanish
from .configuration_file import (
    ConfigurationFile,
    digest,
    read_file,
    refuse_read_only,
    replace_file,
)
from .dialogue import Dialogue, agreed
from .difference import difference, masked, printable, strings_in
from .edits import Span
from .entry import Entry, Wanted, create_entry
from .errors import ClientError, UnreadableTextError
from .formats import Format, format_of
from .machine import Machine
from .own_files import delete_secret, is_current, keep_backup, own_folder_written, write_secret
from .places import configuration_path, is_present
from .records import InstalledEntry, InstalledFile, Records
from .removal import without_entry


@dataclass(frozen=True)
class _Plan:
    """What is to be written, and what is known about the file."""

    wanted: Wanted
    file: ConfigurationFile
    form: Format
    entry: Entry
    existing: object
    """The entry of this name that is there, or None."""
    installed: InstalledFile
    """What the record has of the file; new if it has nothing."""
    base: str
    """The text without the existing entry."""
    text: str
    spans: list[Span]


def install(wanted: Wanted, machine: Machine, dialogue: Dialogue) -> bool:
    """Add the server to the client and return whether it is configured now.

    Raises:
        ClientError: if that is not possible; nothing was changed.

    """
    path = configuration_path(wanted.client, machine, in_project=wanted.in_project)
    file = read_file(path, shared=wanted.in_project)
    refuse_read_only(file)
    records = Records(machine.own_folder)
    try:
        plan = _plan(wanted, file, create_entry(wanted, machine), records)
    except UnreadableTextError as error:
        raise ClientError(f"{path}: {error}; nothing was written") from None
    if plan is None:
        dialogue.say(f"{wanted.client.title} has {wanted.name} already, as it would be written.")
        return True
    _show(plan, machine, dialogue.say)
    if not agreed(dialogue, f"Write this to {path}?"):
        dialogue.say("Nothing was written.")
        return dialogue.dry_run
    _write(plan, machine, records, dialogue.say)
    _say_what_is_next(plan, machine, dialogue.say)
    return True


def _plan(wanted: Wanted, file: ConfigurationFile, entry: Entry, records: Records) -> _Plan | None:
    """Return what is to be done, or None if all is as wanted already."""
    form, text, name = format_of(wanted.client), file.text, wanted.name
    existing = form.entries(text).get(name)
    installed = records.of(file.target)
    base = text
    if existing is not None:
        missing = form.missing_parts(text, entry)
        if existing == entry.server and not missing and is_current(entry.secret_file):
            return None
        base = without_entry(file, text, name, installed, form)
        if name in form.entries(base):
            base = form.remove(base, name, ())
    new, spans = form.add(base, name, entry)
    installed = installed or InstalledFile(created=file.content is None, folders=[])
    return _Plan(wanted, file, form, entry, existing, installed, base, new, spans)


def _show(plan: _Plan, machine: Machine, say: Callable[[str], None]) -> None:
    client, name = plan.wanted.client, plan.wanted.name
    if not is_present(client, machine):
        say(f"{client.title} was not found on this machine; its file can be written all the same.")
    if plan.existing is not None:
        if is_ours(plan.existing):
            say(f"There is an entry {name} of this server already; it is replaced.")
        else:
            say(f"There is an entry {name} that is NOT of this server; it is replaced.")
    for line in _difference(plan):
        say(line)
    if plan.entry.secret_file is not None:
        say(f"The secret goes to a file that only you can read: {plan.entry.secret_file.path}")


def _difference(plan: _Plan) -> list[str]:
    form, name, toml = plan.form, plan.wanted.name, plan.wanted.client.is_toml
    old, new = form.spread(plan.file.text, plan.text)
    spans = plan.spans if new == plan.text else form.spans(new, name)
    replaced = form.spans(old, name) if plan.existing is not None else []
    return difference(
        masked(old, [], replaced, strings_in(new, spans, toml=toml), toml=toml),
        masked(new, spans, [], (), toml=toml),
        str(plan.file.path),
    )


def _write(plan: _Plan, machine: Machine, records: Records, say: Callable[[str], None]) -> None:
    """Write the own files first: without them an entry could not be taken out exactly."""
    file, before = plan.file, plan.installed
    content = file.encoded(plan.text)
    with own_folder_written(machine):
        backup = keep_backup(machine, file)
    earlier = before.entry(plan.wanted.name)
    secret = plan.entry.secret_file
    added = InstalledEntry(
        plan.wanted.name,
        digest(content),
        plan.spans,
        secret_file=str(secret.path) if secret else None,
        replaced_in=_replaced_in(plan, backup, earlier),
    )
    has_other_secret = earlier is None or earlier.secret_file != added.secret_file
    try:
        with own_folder_written(machine):
            write_secret(secret)
            records.keep(file.target, _with_entry(plan, added))
        replace_file(file, content)
    except ClientError:
        if has_other_secret:
            delete_secret(added.secret_file)
        with suppress(OSError):
            records.keep(file.target, before)
        raise
    if earlier and has_other_secret:
        delete_secret(earlier.secret_file)
    if backup:
        say(f"A backup of the file as it was is in {backup}")


def _with_entry(plan: _Plan, added: InstalledEntry) -> InstalledFile:
    """Return the record of the file with the added entry, after those that were added before."""
    before = plan.installed
    missing = [str(folder) for folder in plan.file.target.parents if not folder.exists()]
    return replace(
        before,
        folders=before.folders or missing,
        made=[*dict.fromkeys([*before.made, *plan.form.missing_parts(plan.base, plan.entry)])],
        entries=[*(entry for entry in before.entries if entry.name != added.name), added],
    )


def _replaced_in(plan: _Plan, backup: Path | None, earlier: InstalledEntry | None) -> str | None:
    """Return the backup that has the entry of another server in the place of ours."""
    if plan.existing is not None and not is_ours(plan.existing):
        return str(backup)
    # The backup is older than the file if anything was changed since.
    is_unchanged = earlier and digest(plan.file.content or b"") == earlier.digest
    return earlier.replaced_in if earlier and is_unchanged else None


def _say_what_is_next(plan: _Plan, machine: Machine, say: Callable[[str], None]) -> None:
    client = plan.wanted.client
    say(f"{client.title} has {plan.wanted.name} now. Restart it to use the server.")
    if names := plan.entry.from_client:
        say(f"These variables must be set where {client.title} is started: {', '.join(names)}.")
        if unset := [name for name in names if not machine.environment.get(name)]:
            say(f"Not set in this shell: {', '.join(unset)}.")
    if may_vanish(plan.wanted.command):
        program = printable(plan.wanted.command[0])
        say(
            f"The command {program} is in a cache of uv, which may remove it. Install the server "
            "with `uv tool install` or pip, and run this command again."
        )
