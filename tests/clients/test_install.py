"""How `install` asks, replaces, keeps and refuses."""

import json
import os

import pytest
from homes import BY_KEY, FOREIGN_SECRET, SECRET, files, secret_of_another

from twilio_senders_mcp.clients import configuration_file
from twilio_senders_mcp.clients.errors import ClientError, ClientUsageError

CURSOR = BY_KEY["cursor"]
DESKTOP = BY_KEY["claude-desktop"]


def with_entry(client, entry) -> str:
    return json.dumps({client.servers_key: {"twilio-senders": entry}}, indent=2)


def write(home, client, text: str):
    path = home.path(client)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_person_sees_the_difference_and_is_asked(home):
    assert home.install(CURSOR, sandbox=True)
    path = home.path(CURSOR)
    assert home.questions == [f"Write this to {path}?"]
    assert f"+++ {path} (after)" in home.said
    assert '+      "command": "/opt/venv/bin/twilio-senders-mcp",' in home.said


def test_without_a_yes_nothing_is_written(home, client):
    home.answer = False
    assert not home.install(client)
    assert home.said[-1] == "Nothing was written."
    assert files(home.machine.project.parent) == {}


def test_a_dry_run_asks_nothing_and_writes_nothing(home, client):
    assert home.install(client, dialogue=home.dialogue(dry_run=True))
    assert not home.questions
    assert files(home.machine.project.parent) == {}


def test_where_nobody_can_be_asked_nothing_is_written(home, client):
    with pytest.raises(ClientUsageError, match="repeat the command with --yes"):
        home.install(client, dialogue=home.dialogue(can_ask=False))
    assert files(home.machine.project.parent) == {}


def test_with_yes_nobody_is_asked(home, client):
    assert home.install(client, dialogue=home.dialogue(can_ask=False, yes=True))
    assert not home.questions


def test_the_same_again_changes_nothing(home, client):
    home.install(client)
    before = files(home.machine.project.parent)
    assert home.install(client, dialogue=home.dialogue(can_ask=False))
    assert "already" in home.said[-1]
    assert files(home.machine.project.parent) == before


def test_an_entry_of_this_server_is_replaced_and_all_comes_back_at_the_end(home, client):
    path = home.path(client)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(secret_of_another(client))
    home.install(client)
    home.install(client, flags={"twilio_senders_read_only": "true"})
    assert "There is an entry twilio-senders of this server already; it is replaced." in home.said
    assert "--read-only" in path.read_text()
    home.uninstall(client)
    assert path.read_bytes() == secret_of_another(client)


def test_an_entry_that_is_not_ours_is_replaced_only_with_a_word_about_it(home):
    foreign = {"command": "npx", "args": ["--key", FOREIGN_SECRET], "env": {"A": FOREIGN_SECRET}}
    path = write(home, CURSOR, with_entry(CURSOR, foreign))
    home.install(CURSOR)
    assert "that is NOT of this server" in home.all_said
    assert '-      "command": "npx",' in home.said
    assert '-        "--key",' in home.said
    assert FOREIGN_SECRET not in home.all_said
    assert FOREIGN_SECRET not in path.read_text()
    [backup] = (home.machine.own_folder / "backups").iterdir()
    assert FOREIGN_SECRET in backup.read_text()


@pytest.mark.parametrize("again", [True, False])
def test_an_entry_that_was_replaced_comes_back(home, client, again):
    text = '[mcp_servers.twilio-senders]\ncommand = "npx" # mine\n\n[b]\n'
    if not client.is_toml:
        text = with_entry(client, {"command": "npx"}) + "// mine\n"
    path = write(home, client, text)
    home.install(client)
    if again:
        home.install(client, flags={"twilio_senders_read_only": "true"})
    assert "npx" not in path.read_text()
    home.uninstall(client)
    assert path.read_text() == text


def test_what_was_changed_since_is_not_undone_with_it(home):
    path = write(home, CURSOR, with_entry(CURSOR, {"command": "npx"}))
    home.install(CURSOR)
    path.write_text(path.read_text().replace("{", '{"later": 1,', 1))
    home.install(CURSOR, flags={"twilio_senders_read_only": "true"})
    home.uninstall(CURSOR)
    assert json.loads(path.read_text()) == {"later": 1, "mcpServers": {}}


def test_if_the_backup_is_gone_our_entry_still_goes(home):
    path = write(home, CURSOR, with_entry(CURSOR, {"command": "npx"}))
    home.install(CURSOR)
    for backup in (home.machine.own_folder / "backups").iterdir():
        backup.unlink()
    home.uninstall(CURSOR)
    assert json.loads(path.read_text()) == {"mcpServers": {}}


def test_a_path_that_is_not_utf_8_is_refused(home):
    with pytest.raises(ClientError, match="it is not valid UTF-8"):
        home.install(CURSOR, sandbox=True, command=("/\udcff/twilio-senders-mcp",))
    assert files(home.machine.project.parent) == {}


def test_what_was_there_is_kept_for_its_user_alone(home, client):
    path = home.path(client)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(secret_of_another(client))
    home.install(client)
    [backup] = (home.machine.own_folder / "backups").iterdir()
    assert backup.read_bytes() == secret_of_another(client)
    assert backup.stat().st_mode & 0o777 == 0o600
    assert backup.parent.stat().st_mode & 0o777 == 0o700
    assert f"A backup of the file as it was is in {backup}" in home.said


def test_a_file_of_one_long_line_is_shown_on_several(home):
    servers = {"a": {"command": "x", "args": ["y" * 300]}, "twilio-senders": {"command": "z"}}
    write(home, CURSOR, json.dumps({"mcpServers": servers}))
    home.install(CURSOR)
    assert '-      "command": "z"' in home.said
    assert '+      "command": "/opt/venv/bin/twilio-senders-mcp",' in home.said
    home.said.clear()
    home.uninstall(CURSOR)
    assert '-      "command": "/opt/venv/bin/twilio-senders-mcp",' in home.said
    assert '+      "command": "…"' in home.said


def test_a_long_line_is_shortened(home):
    write(home, CURSOR, '{\n"a": 1, "' + "k" * 1000 + '": 2}')
    home.install(CURSOR)
    assert max(len(line) for line in home.said if not line.startswith("These")) < 310


def test_the_file_of_a_secret_is_private_and_goes_with_the_entry(home):
    home.install(DESKTOP)
    path = home.machine.own_folder / "secrets" / "claude-desktop-twilio-senders-twilio_api_secret"
    assert path.read_text() == f"{SECRET}\n"
    assert path.stat().st_mode & 0o777 == 0o600
    environment = json.loads(home.path(DESKTOP).read_text())["mcpServers"]["twilio-senders"]["env"]
    assert environment["TWILIO_API_SECRET_FILE"] == str(path)
    assert f"The secret goes to a file that only you can read: {path}" in home.said
    home.uninstall(DESKTOP)
    assert not path.parent.exists()


@pytest.mark.parametrize(
    "damage", [lambda path: path.write_text("old"), lambda path: path.unlink()]
)
def test_a_secret_that_is_no_longer_current_is_written_again(home, damage):
    home.install(DESKTOP)
    path = next((home.machine.own_folder / "secrets").iterdir())
    damage(path)
    home.install(DESKTOP)
    assert path.read_text() == f"{SECRET}\n"


def test_the_file_of_a_secret_goes_when_the_entry_needs_it_no_longer(home):
    home.install(DESKTOP)
    home.install(DESKTOP, sandbox=True)
    assert not (home.machine.own_folder / "secrets").exists()


def test_a_file_that_changes_while_the_question_is_open_is_not_written(home):
    path = write(home, CURSOR, "{}")

    def ask(_):
        path.write_text('{"a": 1}')
        return True

    dialogue = home.dialogue()
    object.__setattr__(dialogue, "ask", ask)
    with pytest.raises(ClientError, match="was changed by another program in the meantime"):
        home.install(CURSOR, dialogue=dialogue)
    assert path.read_text() == '{"a": 1}'
    assert not (home.machine.own_folder / "installed.json").exists()


@pytest.fixture
def failing_replacement(monkeypatch, home):
    """Let the configuration of Claude Desktop not be replaced."""
    target = home.path(DESKTOP)
    write = configuration_file._write_atomically

    def write_or_fail(file, content):
        if file.target == target:
            raise PermissionError(13, "Permission denied")
        write(file, content)

    monkeypatch.setattr(configuration_file, "_write_atomically", write_or_fail)


@pytest.mark.usefixtures("failing_replacement")
def test_if_the_file_cannot_be_written_no_secret_stays_behind(home):
    with pytest.raises(ClientError, match="cannot be written: Permission denied; nothing was"):
        home.install(DESKTOP)
    assert files(home.machine.project.parent) == {}


def test_if_the_file_cannot_be_written_the_secret_of_the_earlier_entry_stays(home, request):
    home.install(DESKTOP)
    before = files(home.machine.project.parent)
    request.getfixturevalue("failing_replacement")
    with pytest.raises(ClientError):
        home.install(DESKTOP, flags={"twilio_senders_read_only": "true"})
    assert files(home.machine.project.parent) == before


def test_a_half_written_file_does_not_stay(home, monkeypatch):
    path = write(home, CURSOR, "{}")

    def fsync(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(ClientError, match="No space"):
        home.install(CURSOR)
    assert files(path.parent) == {"mcp.json": b"{}"}


def test_a_folder_of_our_own_that_cannot_be_written_to_stops_everything(home):
    home.machine.own_folder.parent.mkdir(parents=True, exist_ok=True)
    home.machine.own_folder.write_text("in the way")
    with pytest.raises(ClientError, match=r"cannot be"):
        home.install(CURSOR)
    assert not home.path(CURSOR).exists()


def test_folders_that_cannot_be_written_to_are_named(home):
    home.machine.own_folder.mkdir(parents=True)
    (home.machine.own_folder / "secrets").write_text("in the way")
    with pytest.raises(ClientError, match=r"cannot be written to: .*; nothing was changed"):
        home.install(DESKTOP)
    assert not home.path(DESKTOP).exists()


def test_an_unreadable_record_is_named(home):
    home.machine.own_folder.mkdir(parents=True)
    (home.machine.own_folder / "installed.json").write_text('{"a": 1}')
    with pytest.raises(ClientError, match="cannot be read; move it away"):
        home.install(CURSOR)


def test_an_inline_table_without_room_is_refused(home):
    codex = BY_KEY["codex"]
    path = write(home, codex, "mcp_servers = { a = {} }\n")
    with pytest.raises(ClientError, match="inline table"):
        home.install(codex)
    assert path.read_text() == "mcp_servers = { a = {} }\n"


@pytest.mark.parametrize(
    ("key", "text", "reason"),
    [
        ("cursor", '{"mcpServers": []}', "line 1, column 16: expected an object"),
        ("cursor", "[]", "line 1, column 1: expected an object"),
        ("cursor", '{"mcpServers": {},\n"mcpServers": {}}', "line 2, column 1: this key is there"),
        ("cursor", "[" * 100_000, "nested too deeply"),
        ("cursor", '{"a": [1, {,}]}', "line 1, column 12: unexpected comma"),
        ("codex", "a = " + "[" * 100_000, "nested too deeply"),
        ("codex", "[a]\nb = [", "line 2, column 6: this is not valid TOML"),
        ("vscode", '{"inputs": {}}', "line 1, column 12: expected an array"),
        ("codex", "mcp_servers = 1", "mcp_servers is not a table"),
    ],
)
def test_a_file_of_another_structure_is_refused(home, key, text, reason):
    write(home, BY_KEY[key], text)
    with pytest.raises(ClientError, match=reason):
        home.install(BY_KEY[key])


@pytest.mark.parametrize("key", ["claude-desktop", "windsurf"])
def test_a_client_without_files_in_projects_is_refused_there(home, key):
    with pytest.raises(ClientUsageError, match="has no configuration of a project"):
        home.install(BY_KEY[key], in_project=True)


def test_variables_that_the_client_must_have_are_named(home):
    object.__setattr__(home.machine, "environment", {"TWILIO_ACCOUNT_SID": "AC" + "5" * 32})
    home.install(CURSOR)
    needed = "TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET"
    assert home.said[-2:] == [
        f"These variables must be set where Cursor is started: {needed}.",
        "Not set in this shell: TWILIO_API_KEY, TWILIO_API_SECRET.",
    ]


def test_a_command_in_the_cache_of_uv_is_warned_about(home):
    home.install(
        CURSOR, sandbox=True, command=("/h/.cache/uv/archive-v0/x/bin/twilio-senders-mcp",)
    )
    assert "which may remove it" in home.said[-1]


def test_a_client_that_is_not_found_is_configured_with_a_word_about_it(home):
    home.install(CURSOR, sandbox=True)
    assert home.said[0].startswith("Cursor was not found on this machine")


def test_vs_code_asks_for_secrets_and_keeps_its_other_inputs(home):
    vscode = BY_KEY["vscode"]
    own = '{\n  "inputs": [\n    {"id": "mine"},\n    1\n  ]\n}\n'
    path = write(home, vscode, own)
    home.install(vscode, in_project=False)
    configuration = json.loads(path.read_text())
    assert configuration["inputs"][2:] == [
        {
            "type": "promptString",
            "id": "twilio-senders-api-secret",
            "description": "Secret of the Twilio API key",
            "password": True,
        }
    ]
    environment = configuration["servers"]["twilio-senders"]["env"]
    assert environment["TWILIO_API_SECRET"] == "${input:twilio-senders-api-secret}"
    path.write_text(path.read_text() + "\n")
    home.uninstall(vscode)
    assert json.loads(path.read_text()) == {"inputs": [{"id": "mine"}, 1]}


def test_an_input_of_vs_code_that_is_there_already_is_used(home):
    vscode = BY_KEY["vscode"]
    own = '{"inputs": [{"id": "twilio-senders-api-secret"}]}'
    path = write(home, vscode, own)
    home.install(vscode)
    assert len(json.loads(path.read_text())["inputs"]) == 1
    home.uninstall(vscode)
    assert path.read_text() == own
