"""The entry of this server in a configuration, with the credentials in the client's own way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from twilio_senders_mcp.settings import SETTINGS, is_placeholder
from twilio_senders_mcp.settings.declaration import ACCOUNTS_FILE

from .catalog import Client, SecretWay
from .errors import ClientUsageError
from .machine import Machine

_IDENTIFIERS: Final = {
    "twilio_account_sid": "Twilio account SID (AC...)",
    "twilio_api_key": "Twilio API key (SK...)",
}
_SECRETS: Final = {
    "twilio_api_secret": "Secret of the Twilio API key",
    "twilio_auth_token": "Auth token of the Twilio account",
}
_ADDRESS: Final = ("twilio_region", "twilio_edge", "twilio_base_url")
_LIMITS: Final = (
    "twilio_senders_read_only",
    "twilio_senders_tools",
    "twilio_senders_confirm",
    "twilio_senders_probe",
)


@dataclass(frozen=True)
class Wanted:
    """What is to be configured. ``flags`` are those of the server, by the names of settings."""

    client: Client
    name: str
    command: tuple[str, ...]
    """The program's absolute path, and the arguments that make it this server."""
    in_project: bool = False
    sandbox: bool = False
    flags: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class SecretFile:
    """A file that is written for a client that cannot keep a secret itself."""

    path: Path
    secret: str = field(repr=False)


@dataclass
class Entry:
    """An entry without any secret, and what belongs to it."""

    server: dict[str, Any]
    inputs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """What VS Code asks for, as its file has it."""
    secret_file: SecretFile | None = None
    from_client: list[str] = field(default_factory=list[str])
    """Variables that must be set where the client is started."""


def create_entry(wanted: Wanted, machine: Machine) -> Entry:
    """Return the entry; the variables of ``machine`` say which credentials there are.

    Raises:
        ClientUsageError: if the client needs values that are not set.

    """
    client = wanted.client
    program, *arguments = wanted.command
    server: dict[str, Any] = {"type": "stdio"} if client.names_transport else {}
    server |= {"command": program, "args": [*arguments, *_flags(wanted)]}
    entry = Entry(server)
    environment: dict[str, str] = {}
    passed = _settings_to_pass(wanted, machine.environment)
    if client.secrets is SecretWay.FILE:
        _refuse_missing(client, [name for name, text in passed.items() if not text])
    for name, text in passed.items():
        variable = name.upper()
        is_file = name.endswith("_file")
        if not _is_reference(name, text, passed, wanted):
            environment[variable] = str(Path(text).expanduser().absolute()) if is_file else text
        elif client.secrets is SecretWay.EXPANDS:
            environment[variable] = client.placeholder.replace("NAME", variable)
            entry.from_client.append(variable)
        elif client.secrets is SecretWay.FORWARDS:
            server.setdefault("env_vars", []).append(variable)
            entry.from_client.append(variable)
        elif name in _SECRETS and client.secrets is SecretWay.FILE:
            path = machine.own_folder / "secrets" / f"{client.key}-{wanted.name}-{name}"
            environment[f"{variable}_FILE"] = str(path)
            entry.secret_file = SecretFile(path, text)
        elif name in _SECRETS or wanted.in_project or not text:
            entry.inputs.append(_input(wanted.name, name))
            environment[variable] = f"${{input:{entry.inputs[-1]['id']}}}"
        else:
            environment[variable] = text
    if environment:
        server["env"] = environment
    return entry


def _is_reference(name: str, text: str, passed: Mapping[str, str], wanted: Wanted) -> bool:
    """Return whether a value is left to the client, because it is secret or a person's own.

    If the secret is in a file, the identifiers are written as they are: then the entry depends on
    no variable, which a client that was started from the desktop would not have.
    """
    if wanted.in_project:
        return name in _IDENTIFIERS or name in _SECRETS or name.endswith("_file")
    has_secret = not _SECRETS.keys().isdisjoint(passed)
    return name in _SECRETS or (name in _IDENTIFIERS and (has_secret or not text))


def _flags(wanted: Wanted) -> list[str]:
    words = ["--sandbox"] if wanted.sandbox else []
    for name, text in wanted.flags.items():
        flag, has_value, _ = SETTINGS[name].flag.partition(" ")
        value = str(Path(text).expanduser().absolute()) if name == ACCOUNTS_FILE else text
        words += [flag, value] if has_value else [flag]
    return words


def _settings_to_pass(wanted: Wanted, environment: Mapping[str, str]) -> dict[str, str]:
    """Return settings of the environment that the server needs; empty if one is not set.

    An API key goes before the auth token, as in the server, and is assumed if nothing is set.
    """
    lowered = {name.lower(): text.strip() for name, text in environment.items()}
    given = {
        name: text for name in SETTINGS if (text := lowered.get(name)) and not is_placeholder(text)
    }
    names: list[str] = []
    if not wanted.sandbox:
        if ACCOUNTS_FILE in given or ACCOUNTS_FILE in wanted.flags:
            names = [ACCOUNTS_FILE]
        else:
            names = [*_credentials(given), *(name for name in _ADDRESS if name in given)]
    names += [name for name in _LIMITS if name in given]
    return {name: given.get(name, "") for name in names if name not in wanted.flags}


def _credentials(given: Mapping[str, str]) -> list[str]:
    key = ["twilio_api_key", "twilio_api_secret", "twilio_api_secret_file"]
    token = ["twilio_auth_token", "twilio_auth_token_file"]
    has_only_token = any(name in given for name in token) and not any(name in given for name in key)
    secret, file = token if has_only_token else key[1:]
    return [
        "twilio_account_sid",
        *([] if has_only_token else key[:1]),
        file if file in given else secret,
    ]


def _refuse_missing(client: Client, missing: list[str]) -> None:
    if missing:
        names = " and ".join(name.upper() for name in missing)
        raise ClientUsageError(
            f"{client.title} gives a server no variables of its own, so the values are needed now: "
            f"set {names} in this shell, or use --sandbox"
        )


def _input(entry_name: str, name: str) -> dict[str, Any]:
    suffix = name.removeprefix("twilio_").replace("_", "-")
    asked: dict[str, Any] = {
        "type": "promptString",
        "id": f"{entry_name}-{suffix}",
        "description": (_SECRETS | _IDENTIFIERS).get(name, f"Value of {name.upper()}"),
    }
    return asked | ({"password": True} if name in _SECRETS else {})
