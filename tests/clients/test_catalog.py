"""Where each client's file is, on each system."""

from dataclasses import replace

import pytest
from homes import BY_KEY

from twilio_senders_mcp.clients.machine import Machine, system_of, this_machine
from twilio_senders_mcp.clients.places import configuration_path, is_present

LINUX, MACOS, WINDOWS = "/home/ann", "/Users/ann", "C:\\Users\\ann"
SUPPORT = f"{MACOS}/Library/Application Support"
ROAMING = f"{WINDOWS}\\AppData\\Roaming"
PACKAGE = f"{WINDOWS}\\AppData\\Local\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming"


def machine(tmp_path, system, **environment) -> Machine:
    home = {"linux": LINUX, "darwin": MACOS, "windows": WINDOWS}[system]
    return Machine(system, home, environment, tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("key", "linux", "macos", "windows"),
    [
        (
            "claude-code",
            f"{LINUX}/.claude.json",
            f"{MACOS}/.claude.json",
            f"{WINDOWS}\\.claude.json",
        ),
        (
            "claude-desktop",
            f"{LINUX}/.config/Claude/claude_desktop_config.json",
            f"{SUPPORT}/Claude/claude_desktop_config.json",
            f"{ROAMING}\\Claude\\claude_desktop_config.json",
        ),
        (
            "cursor",
            f"{LINUX}/.cursor/mcp.json",
            f"{MACOS}/.cursor/mcp.json",
            f"{WINDOWS}\\.cursor\\mcp.json",
        ),
        (
            "vscode",
            f"{LINUX}/.config/Code/User/mcp.json",
            f"{SUPPORT}/Code/User/mcp.json",
            f"{ROAMING}\\Code\\User\\mcp.json",
        ),
        (
            "codex",
            f"{LINUX}/.codex/config.toml",
            f"{MACOS}/.codex/config.toml",
            f"{WINDOWS}\\.codex\\config.toml",
        ),
        (
            "gemini",
            f"{LINUX}/.gemini/settings.json",
            f"{MACOS}/.gemini/settings.json",
            f"{WINDOWS}\\.gemini\\settings.json",
        ),
        (
            "windsurf",
            f"{LINUX}/.codeium/windsurf/mcp_config.json",
            f"{MACOS}/.codeium/windsurf/mcp_config.json",
            f"{WINDOWS}\\.codeium\\windsurf\\mcp_config.json",
        ),
    ],
)
def test_the_file_of_the_user(tmp_path, key, linux, macos, windows):
    for system, path in (("linux", linux), ("darwin", macos), ("windows", windows)):
        files = BY_KEY[key].user_files(machine(tmp_path, system))
        assert str(files[-1]) == path


@pytest.mark.parametrize(
    ("key", "system", "environment", "path"),
    [
        ("claude-code", "linux", {"CLAUDE_CONFIG_DIR": "/c"}, "/c/.claude.json"),
        ("codex", "darwin", {"CODEX_HOME": "/c"}, "/c/config.toml"),
        ("gemini", "linux", {"GEMINI_CLI_HOME": "/g"}, "/g/.gemini/settings.json"),
        ("vscode", "linux", {"XDG_CONFIG_HOME": "/x"}, "/x/Code/User/mcp.json"),
        ("vscode", "linux", {"XDG_CONFIG_HOME": ""}, f"{LINUX}/.config/Code/User/mcp.json"),
        ("vscode", "windows", {"APPDATA": "D:\\r"}, "D:\\r\\Code\\User\\mcp.json"),
        (
            "claude-desktop",
            "windows",
            {"APPDATA": "D:\\r"},
            "D:\\r\\Claude\\claude_desktop_config.json",
        ),
    ],
)
def test_the_environment_moves_files(tmp_path, key, system, environment, path):
    assert str(BY_KEY[key].user_files(machine(tmp_path, system, **environment))[-1]) == path


def test_claude_desktop_as_a_package_has_a_folder_of_its_own(tmp_path):
    first, _ = BY_KEY["claude-desktop"].user_files(machine(tmp_path, "windows"))
    assert str(first) == f"{PACKAGE}\\Claude\\claude_desktop_config.json"


def test_the_first_file_whose_folder_exists_is_used(home):
    (home.machine.project / "b").mkdir()
    places = ("a", "b", "c")
    client = replace(
        BY_KEY["cursor"],
        user_files=lambda _: tuple(home.machine.project / place / "mcp.json" for place in places),
    )
    assert home.path(client) == home.machine.project / "b" / "mcp.json"


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("claude-code", ".mcp.json"),
        ("cursor", ".cursor/mcp.json"),
        ("vscode", ".vscode/mcp.json"),
        ("codex", ".codex/config.toml"),
        ("gemini", ".gemini/settings.json"),
    ],
)
def test_the_file_of_a_project(home, key, path):
    found = configuration_path(BY_KEY[key], home.machine, in_project=True)
    assert found == home.machine.project / path


def test_a_client_is_found_by_its_program(home, tmp_path):
    codex = BY_KEY["codex"]
    assert not is_present(codex, home.machine)
    program = tmp_path / "bin" / "codex"
    program.parent.mkdir()
    program.touch(0o755)
    home.machine.environment["PATH"] = str(program.parent)
    assert is_present(codex, home.machine)


def test_a_client_is_found_by_its_folder(home, client):
    path = home.path(client)
    folder = path.parent / ".claude" if client.key == "claude-code" else path.parent
    folder.mkdir(parents=True, exist_ok=True)
    assert is_present(client, home.machine)


def test_the_systems():
    assert [system_of(name) for name in ("win32", "darwin", "linux", "freebsd14")] == [
        "windows",
        "darwin",
        "linux",
        "linux",
    ]


def test_this_machine(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    machine = this_machine()
    assert machine.home == str(tmp_path)
    assert machine.project == tmp_path
    assert machine.environment["HOME"] == str(tmp_path)
    assert machine.own_folder.name == "twilio-senders-mcp"
