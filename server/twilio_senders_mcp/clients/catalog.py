"""The clients, and where and how each of them is configured.

The facts come from the pages named beside each client, read in November 2026. Those of Claude Code
2.1.197, Codex 0.171.0 and Gemini CLI 0.61.0 were also observed: their own ``mcp add`` was run, and
a server that writes down its environment was started by them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath
from typing import Final

from .machine import Machine


class SecretWay(Enum):
    """How a client gives a secret to a server without having it in its configuration."""

    EXPANDS = "replaces a placeholder with a variable of its own environment"
    FORWARDS = "passes named variables of its own environment on"
    ASKS = "asks the person and stores what was typed"
    FILE = "has no way of its own: the configuration names a file that holds the secret"


@dataclass(frozen=True)
class Client:
    """An AI client: its places, the form of its configuration, and its way with secrets."""

    key: str
    """Its name on the command line."""
    title: str
    user_files: Callable[[Machine], tuple[PurePath, ...]]
    """Where its file of the user may be; the first whose folder exists is used, else the last."""
    project_file: tuple[str, ...] = ()
    """Its file in a project, as parts of a path; empty if it has none."""
    own_folder: Callable[[Machine], PurePath] | None = None
    """The folder that shows that it is there, if not that of the file."""
    program: str = ""
    """The name under which it can be started from a terminal."""
    servers_key: str = "mcpServers"
    """The key in the file under which the servers are."""
    is_toml: bool = False
    names_transport: bool = False
    """Whether an entry has ``"type": "stdio"``."""
    secrets: SecretWay = SecretWay.EXPANDS
    placeholder: str = ""
    """How it writes a variable of its environment; ``NAME`` stands for the name."""


def _config_folder(machine: Machine) -> PurePath:
    """Return the folder in which Electron applications keep their settings.

    ``app.getPath("appData")`` of https://www.electronjs.org/docs/latest/api/app.
    """
    if machine.system == "windows":
        return machine.folder_from("APPDATA", "AppData", "Roaming")
    if machine.system == "darwin":
        return machine.home_folder / "Library" / "Application Support"
    return machine.folder_from("XDG_CONFIG_HOME", ".config")


def _claude_code_file(machine: Machine) -> tuple[PurePath, ...]:
    """``CLAUDE_CONFIG_DIR`` moves the file, too: observed with version 2.1.197."""
    if machine.environment.get("CLAUDE_CONFIG_DIR"):
        return (_claude_code_folder(machine) / ".claude.json",)
    return (machine.home_folder / ".claude.json",)


def _claude_code_folder(machine: Machine) -> PurePath:
    return machine.folder_from("CLAUDE_CONFIG_DIR", ".claude")


def _claude_desktop_files(machine: Machine) -> tuple[PurePath, ...]:
    """On Windows, an installation as an MSIX package sees a folder of the package instead.

    https://github.com/anthropics/claude-code/issues/26073 describes that.
    """
    name = "claude_desktop_config.json"
    usual = _config_folder(machine) / "Claude" / name
    if machine.system != "windows":
        return (usual,)
    package = machine.folder_from("LOCALAPPDATA", "AppData", "Local").joinpath(
        "Packages", "Claude_pzs8sxrjxfjjc", "LocalCache", "Roaming", "Claude", name
    )
    return package, usual


def _cursor_file(machine: Machine) -> tuple[PurePath, ...]:
    return (machine.home_folder / ".cursor" / "mcp.json",)


def _vscode_file(machine: Machine) -> tuple[PurePath, ...]:
    return (_config_folder(machine) / "Code" / "User" / "mcp.json",)


def _codex_file(machine: Machine) -> tuple[PurePath, ...]:
    return (machine.folder_from("CODEX_HOME", ".codex") / "config.toml",)


def _gemini_file(machine: Machine) -> tuple[PurePath, ...]:
    """``GEMINI_CLI_HOME`` stands for the home folder: observed with version 0.61.0."""
    return (machine.folder_from("GEMINI_CLI_HOME") / ".gemini" / "settings.json",)


def _windsurf_file(machine: Machine) -> tuple[PurePath, ...]:
    return (machine.home_folder / ".codeium" / "windsurf" / "mcp_config.json",)


CLIENTS: Final = (
    # https://code.claude.com/docs/en/mcp: scopes, and ${VAR} in command, args, env, url, headers.
    Client(
        "claude-code",
        "Claude Code",
        _claude_code_file,
        project_file=(".mcp.json",),
        own_folder=_claude_code_folder,
        program="claude",
        names_transport=True,
        placeholder="${NAME}",
    ),
    # https://modelcontextprotocol.io/docs/develop/connect-local-servers: the file on macOS and
    # Windows. The Linux builds use Electron's folder:
    # https://github.com/aaddrick/claude-desktop-debian/issues/1.
    Client("claude-desktop", "Claude Desktop", _claude_desktop_files, secrets=SecretWay.FILE),
    # https://cursor.com/docs/context/mcp: locations and "config interpolation".
    Client(
        "cursor",
        "Cursor",
        _cursor_file,
        project_file=(".cursor", "mcp.json"),
        program="cursor",
        placeholder="${env:NAME}",
    ),
    # https://code.visualstudio.com/docs/copilot/reference/mcp-configuration: format and inputs;
    # https://code.visualstudio.com/docs/configure/settings: the folder of the user.
    Client(
        "vscode",
        "VS Code",
        _vscode_file,
        project_file=(".vscode", "mcp.json"),
        program="code",
        servers_key="servers",
        names_transport=True,
        secrets=SecretWay.ASKS,
    ),
    # https://developers.openai.com/codex/mcp: the tables, env_vars, and projects that are trusted;
    # https://developers.openai.com/docs/config-file/environment-variables: CODEX_HOME.
    Client(
        "codex",
        "Codex",
        _codex_file,
        project_file=(".codex", "config.toml"),
        program="codex",
        servers_key="mcp_servers",
        is_toml=True,
        secrets=SecretWay.FORWARDS,
    ),
    # https://geminicli.com/docs/tools/mcp-server: env with $NAME; a variable that is not named
    # there is withheld if its name looks like that of a secret.
    Client(
        "gemini",
        "Gemini CLI",
        _gemini_file,
        project_file=(".gemini", "settings.json"),
        program="gemini",
        placeholder="$NAME",
    ),
    # https://docs.windsurf.com/windsurf/cascade/mcp: the file and "config interpolation"; the page
    # knows no file of a project.
    Client("windsurf", "Windsurf", _windsurf_file, program="windsurf", placeholder="${env:NAME}"),
)
"""Every client, in the order in which they are listed."""
