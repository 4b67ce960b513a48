"""The command that a client runs."""

import sys
import sysconfig

import pytest
from processes import initialize, started

from twilio_senders_mcp.clients.command_line import is_ours, may_vanish, server_command


@pytest.fixture
def no_scripts(monkeypatch, tmp_path):
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path / "none"))


def script(folder, name="twilio-senders-mcp"):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.touch(0o755)
    return path


def test_the_script_that_was_started_is_used_and_its_link_not_followed(tmp_path, monkeypatch):
    target = script(tmp_path / "venv")
    (tmp_path / "bin").mkdir()
    link = tmp_path / "bin" / "twilio-senders-mcp"
    link.symlink_to(target)
    monkeypatch.chdir(tmp_path)
    assert server_command("bin/twilio-senders-mcp", "/python") == (str(link),)


@pytest.mark.parametrize("started_as", ["twilio-senders-mcp", "twilio-senders-mcp.exe"])
@pytest.mark.usefixtures("no_scripts")
def test_on_windows_the_script_has_an_extension(tmp_path, monkeypatch, started_as):
    path = script(tmp_path / "Scripts", "twilio-senders-mcp.exe")
    monkeypatch.chdir(path.parent)
    assert server_command(started_as, "/python") == (str(path),)


@pytest.mark.usefixtures("no_scripts")
def test_the_script_beside_the_interpreter_is_found(tmp_path):
    path = script(tmp_path / "bin")
    found = server_command("/x/twilio_senders_mcp/__main__.py", str(tmp_path / "bin" / "python"))
    assert found == (str(path),)


@pytest.mark.usefixtures("no_scripts")
def test_without_a_script_the_module_is_run(tmp_path):
    python = str(tmp_path / "python")
    assert server_command("-c", python) == (python, "-m", "twilio_senders_mcp")


def test_the_installed_script_starts_from_another_folder(tmp_path, monkeypatch):
    command = server_command("pytest", sys.executable)
    assert command[0].endswith("twilio-senders-mcp")
    monkeypatch.chdir(tmp_path)
    with started("--sandbox", command=command, PATH="") as process:
        initialize(process)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"command": "/a/twilio-senders-mcp"}, True),
        ({"command": "C:\\a\\twilio-senders-mcp.exe", "args": []}, True),
        ({"command": "python", "args": ["-m", "twilio_senders_mcp"]}, True),
        ({"command": "uvx", "args": ["--from", "/x", "twilio-senders-mcp"]}, True),
        ({"command": "npx", "args": ["other", 1]}, False),
        ({"command": 1, "args": "twilio-senders-mcp"}, False),
        ({"url": "http://127.0.0.1"}, False),
        ("twilio-senders-mcp", False),
    ],
)
def test_entries_of_this_server_are_recognized(entry, expected):
    assert is_ours(entry) is expected


def test_a_program_in_the_cache_of_uv_may_vanish():
    assert may_vanish(("/home/ann/.cache/uv/archive-v0/abc/bin/twilio-senders-mcp",))
    assert not may_vanish(("/home/ann/.local/bin/twilio-senders-mcp",))
