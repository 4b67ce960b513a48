"""What `uninstall` takes out, and what it refuses."""

import json
from pathlib import Path

import pytest
from homes import BY_KEY, files

from twilio_senders_mcp.clients.errors import ClientError, ClientUsageError
from twilio_senders_mcp.clients.records import Records

CURSOR = BY_KEY["cursor"]
CODEX = BY_KEY["codex"]


def write(home, client, text: str):
    path = home.path(client)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["", "x"])
def test_where_there_is_nothing_that_is_said(home, client, name):
    with pytest.raises(ClientError, match="has no entry of this server"):
        home.uninstall(client, name)


def test_an_entry_that_is_not_ours_is_refused(home):
    path = write(home, CURSOR, '{"mcpServers": {"twilio-senders": {"command": "npx"}, "x": 1}}')
    for name in ("twilio-senders", "x"):
        with pytest.raises(ClientError, match=f"{name} in .* is not an entry of this server"):
            home.uninstall(CURSOR, name)
    assert "npx" in path.read_text()


@pytest.mark.parametrize("name", ["", "twilio-senders"])
def test_an_entry_that_was_put_in_the_place_of_ours_is_refused(home, name):
    home.install(CURSOR)
    path = write(home, CURSOR, '{"mcpServers": {"twilio-senders": {"command": "npx"}}}')
    with pytest.raises(ClientError):
        home.uninstall(CURSOR, name)
    assert "npx" in path.read_text()


@pytest.mark.parametrize("name", ["", "by-hand"])
def test_an_entry_of_this_server_that_was_written_by_hand_is_taken_out(home, name):
    path = write(
        home,
        CURSOR,
        '{\n  "mcpServers": {\n    "by-hand": {\n      "command": "uvx",\n'
        '      "args": ["twilio-senders-mcp"]\n    }\n  }\n}\n',
    )
    home.uninstall(CURSOR, name)
    assert path.read_text() == '{\n  "mcpServers": {}\n}\n'


def test_without_a_yes_nothing_is_changed(home, client):
    home.install(client)
    before = files(home.machine.project.parent)
    home.answer = False
    assert not home.uninstall(client)
    assert home.uninstall(client, dialogue=home.dialogue(dry_run=True))
    with pytest.raises(ClientUsageError):
        home.uninstall(client, dialogue=home.dialogue(can_ask=False))
    assert files(home.machine.project.parent) == before


def test_an_entry_that_is_gone_leaves_nothing_behind(home):
    desktop = BY_KEY["claude-desktop"]
    home.install(desktop)
    home.path(desktop).unlink()
    assert home.uninstall(desktop)
    assert files(home.machine.project.parent) == {}
    home.install(desktop)
    home.path(desktop).write_text("{}")
    assert home.uninstall(desktop)
    assert files(home.machine.project.parent) == {}


def test_an_entry_that_is_gone_from_a_file_of_others_leaves_the_file_alone(home):
    path = write(home, CURSOR, '{"a": 1}')
    home.install(CURSOR)
    path.write_text('{"a": 2}')
    assert home.uninstall(CURSOR)
    assert files(home.machine.project.parent) == {"home/.cursor/mcp.json": b'{"a": 2}'}


def test_what_was_installed_in_other_files_stays_known(home):
    home.install(CURSOR)
    home.install(CODEX)
    home.uninstall(CURSOR)
    home.uninstall(CODEX)
    assert not home.path(CODEX).exists()


def test_a_file_that_cannot_be_deleted_is_named(home, monkeypatch):
    home.install(CURSOR)

    def unlink(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", unlink)
    with pytest.raises(ClientError, match="cannot be deleted: Permission denied"):
        home.uninstall(CURSOR)
    assert "twilio-senders" in json.loads(home.path(CURSOR).read_text())["mcpServers"]


def test_a_record_that_cannot_be_written_does_not_hide_what_was_changed(home, monkeypatch):
    home.install(CURSOR)

    def keep(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Records, "keep", keep)
    with pytest.raises(ClientError, match="Permission denied; the configuration was changed"):
        home.uninstall(CURSOR)
    assert not home.path(CURSOR).exists()


def test_an_entry_written_in_a_form_of_its_own_is_taken_out(home):
    text = '[mcp_servers]\na = {command = "x"}\nours = {command = "twilio-senders-mcp"}\n'
    path = write(home, CODEX, text)
    home.uninstall(CODEX)
    assert path.read_text() == '[mcp_servers]\na = {command = "x"}\n'


def test_an_entry_that_cannot_be_taken_out_alone_is_left(home):
    text = (
        '[mcp_servers]\nours.command = "twilio-senders-mcp"\n'
        '[mcp_servers.ours.env]\nTWILIO_REGION = "ie1"\n'
    )
    path = write(home, CODEX, text)
    with pytest.raises(ClientError, match="take it out by hand"):
        home.uninstall(CODEX)
    assert path.read_text() == text


def test_the_inputs_of_vs_code_that_others_use_stay(home):
    vscode = BY_KEY["vscode"]
    path = home.path(vscode)
    home.install(vscode)
    value = json.loads(path.read_text())
    value["servers"]["other"] = {"env": {"X": "${input:twilio-senders-api-secret}"}}
    path.write_text(json.dumps(value, indent=2))
    home.uninstall(vscode)
    left = json.loads(path.read_text())
    assert list(left["servers"]) == ["other"]
    assert [value["id"] for value in left["inputs"]] == ["twilio-senders-api-secret"]
