"""The servers that `peers.py` compares, how each is installed, and what its tools are called."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from twilio_senders_mcp.reference.openapi import openapi
from twilio_senders_mcp.sandbox import ACCOUNT_SID, API_KEY, API_SECRET

Operation = Literal["update", "create", "list", "fetch", "delete"]
Arguments = Mapping[str, Any]

INSTALL_LIMIT: Final = 600
"""Time limit of an installation, in seconds."""

_FOLDER: Final = Path(__file__).parent
_ALPHA: Final = "@twilio-alpha/mcp@0.7.0"
_ALPHA_SERVICE: Final = "twilio_messaging_v2"
_FASTMCP: Final = "fastmcp>=4,<5"
_OPERATIONS: Final = ("list", "create", "fetch", "update", "delete")


class NotInstalledError(Exception):
    """A server could not be installed here; the text says why."""


@dataclass(frozen=True, slots=True)
class PeerServer:
    """One server: its name, its column's footnote, its command, its tools by operation.

    ``command`` makes the command for a base URL. ``arguments`` turns the arguments of an operation,
    which have Twilio's names, into those of the tool.
    """

    name: str
    note: str
    command: Callable[[str], list[str]]
    tools: Mapping[Operation, str]
    arguments: Callable[[Arguments], dict[str, Any]] = dict


def servers(build: Path) -> tuple[list[PeerServer], list[str]]:
    """Install what is missing into ``build``; return the servers, and why others are left out."""
    makers: list[Callable[[], PeerServer]] = [
        _plain_post,
        _floor,
        lambda: _fastmcp(build),
        lambda: _alpha(build),
        _ours,
    ]
    found: list[PeerServer] = []
    missing: list[str] = []
    for make in makers:
        try:
            found.append(make())
        except NotInstalledError as error:
            missing.append(str(error))
    return found, missing


def _plain_post() -> PeerServer:
    command = [sys.executable, str(_FOLDER / "plain_post.py")]
    return PeerServer("plain POST", "no MCP", lambda _: command, {"update": "update"})


def _floor() -> PeerServer:
    command = [sys.executable, str(_FOLDER / "floor_server.py")]
    return PeerServer(
        "bare SDK",
        "one tool on the SDK, `bench/floor_server.py`",
        lambda _: command,
        {"update": "update_sender"},
        _with_small_sid,
    )


def _fastmcp(build: Path) -> PeerServer:
    folder = build / "fastmcp"
    python = folder / "venv" / "bin" / "python"
    document = build / "openapi.json"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _install(
        folder, _FASTMCP, [sys.executable, "-m", "venv", str(folder / "venv")], [*pip, _FASTMCP]
    )
    code = "from importlib.metadata import version; print(version('fastmcp'))"
    version = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True)
    document.write_text(json.dumps(openapi()), encoding="utf-8")
    return PeerServer(
        "FastMCP",
        f"fastmcp {version.stdout.strip()}, `from_openapi` over this project's OpenAPI file",
        lambda _: [str(python), str(_FOLDER / "fastmcp_server.py"), str(document)],
        {
            "list": "listSenders",
            "create": "createSender",
            "fetch": "fetchSender",
            "update": "updateSender",
            "delete": "deleteSender",
        },
    )


def _alpha(build: Path) -> PeerServer:
    folder = build / "alpha"
    npm = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(folder)]
    _install(folder, _ALPHA, [*npm, _ALPHA])
    package = folder / "node_modules" / "@twilio-alpha" / "mcp"

    def command(base_url: str) -> list[str]:
        _point_at(package, base_url)
        script, credentials = package / "build" / "index.js", f"{ACCOUNT_SID}/{API_KEY}"
        services = ["--services", _ALPHA_SERVICE]
        return ["node", str(script), f"{credentials}:{API_SECRET}", *services]

    return PeerServer(
        "twilio-alpha",
        f"`{_ALPHA}` with `--services {_ALPHA_SERVICE}`",
        command,
        {name: f"TwilioMessagingV2--{name.title()}ChannelsSender" for name in _OPERATIONS},
    )


def _point_at(package: Path, base_url: str) -> None:
    """Replace Twilio's address in the OpenAPI file of the package, so that nothing reaches Twilio.

    Raises:
        NotInstalledError: if the file still has another address afterwards.

    """
    file = package / "twilio-oai" / "spec" / "yaml" / f"{_ALPHA_SERVICE}.yaml"
    text = re.sub(r"(?m)^(\s*- url: )http\S+$", rf"\g<1>{base_url}", file.read_text("utf-8"))
    addresses = set(re.findall(r"(?m)^\s*- url: (\S+)$", text))
    if addresses != {base_url}:
        raise NotInstalledError(f"{_ALPHA}: its OpenAPI file has unexpected addresses")
    file.write_text(text, encoding="utf-8")


def _ours() -> PeerServer:
    def arguments(given: Arguments) -> dict[str, Any]:
        names = {"Channel": "channel", "PageSize": "page_size"}
        return {names.get(name, name): value for name, value in _with_small_sid(given).items()}

    return PeerServer(
        "this server",
        "with its default settings",
        lambda _: [sys.executable, "-m", "twilio_senders_mcp"],
        {
            "list": "list_senders",
            "create": "create_sender",
            "fetch": "get_sender",
            "update": "update_sender",
            "delete": "delete_sender",
        },
        arguments,
    )


def _with_small_sid(given: Arguments) -> dict[str, Any]:
    return {"sid" if name == "Sid" else name: value for name, value in given.items()}


def _install(folder: Path, requirement: str, *commands: list[str]) -> None:
    """Run the commands unless an earlier run did so for the same requirement."""
    stamp = folder / "installed.txt"
    if stamp.exists() and stamp.read_text() == requirement:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"installing {requirement} …", file=sys.stderr, flush=True)
    for command in commands:
        try:
            subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=INSTALL_LIMIT,
                check=True,
            )
        except FileNotFoundError as error:
            raise NotInstalledError(f"{requirement}: there is no {command[0]} here") from error
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise NotInstalledError(f"{requirement} could not be installed here") from error
    stamp.write_text(requirement)
