"""What `install` writes is right, and `uninstall` brings back every byte of what was there."""

import json
import stat
import tomllib

import pytest
from homes import BY_KEY, FOREIGN_SECRET, SECRET, contents, files, secret_of_another

from twilio_senders_mcp.clients.catalog import CLIENTS
from twilio_senders_mcp.clients.errors import ClientError
from twilio_senders_mcp.clients.formats import format_of

EXAMPLES = [
    pytest.param(client, content, id=f"{client.key}, {name}")
    for client in CLIENTS
    for name, content in contents(client).items()
]


def entries(client, path):
    return format_of(client).entries(path.read_bytes().decode("utf-8-sig"))


@pytest.mark.parametrize("sandbox", [True, False])
@pytest.mark.parametrize(("client", "content"), EXAMPLES)
def test_every_byte_comes_back(home, client, content, sandbox):
    path = home.path(client)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    before = files(path.parent)
    others = entries(client, path)
    assert home.install(client, sandbox=sandbox)
    found = entries(client, path)
    assert found.pop("twilio-senders")["command"] == "/opt/venv/bin/twilio-senders-mcp"
    assert found == others
    assert home.uninstall(client)
    assert files(path.parent) == before
    assert list(files(home.machine.own_folder)) == []


@pytest.mark.parametrize(
    ("client", "in_project"),
    [
        pytest.param(client, in_project, id=f"{client.key}, {in_project}")
        for client in CLIENTS
        for in_project in (True, False)
        if client.project_file or not in_project
    ],
)
def test_a_file_that_was_not_there_is_gone_again_with_its_folders(home, client, in_project):
    path = home.path(client, in_project=in_project)
    home.install(client, in_project=in_project)
    assert "twilio-senders" in entries(client, path)
    home.uninstall(client, in_project=in_project)
    assert not path.exists()
    shared = (home.machine.project, home.machine.own_folder.parents[1])
    assert path.parent in shared or not path.parent.exists()


def test_a_new_file_of_the_user_is_private_and_one_of_a_project_is_not(home):
    client = BY_KEY["cursor"]
    for in_project, mode in ((False, 0o600), (True, 0o644)):
        home.install(client, in_project=in_project)
        assert stat.S_IMODE(home.path(client, in_project=in_project).stat().st_mode) == mode


def test_the_mode_of_a_file_stays(home, client):
    path = home.path(client)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(secret_of_another(client))
    path.chmod(0o640)
    home.install(client)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("dangling", [True, False])
def test_what_a_link_leads_to_is_changed_and_the_link_stays(home, client, tmp_path, dangling):
    path, target = home.path(client), tmp_path / "dotfiles" / "config"
    path.parent.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir()
    path.symlink_to(target)
    before = secret_of_another(client)
    if not dangling:
        target.write_bytes(before)
    home.install(client)
    assert path.is_symlink()
    assert "twilio-senders" in entries(client, target)
    home.uninstall(client)
    assert path.is_symlink()
    assert not target.exists() if dangling else target.read_bytes() == before


def test_a_read_only_file_is_refused(home, client):
    path = home.path(client)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(secret_of_another(client))
    path.chmod(0o444)
    for change in (home.install, home.uninstall):
        with pytest.raises(ClientError, match="is read-only; nothing was written"):
            change(client)
    assert path.read_bytes() == secret_of_another(client)


@pytest.mark.parametrize("change", ["install", "uninstall"])
def test_a_broken_file_is_refused_with_the_place(home, client, change):
    path = home.path(client)
    path.parent.mkdir(parents=True, exist_ok=True)
    broken = b'a = 1\nb = "x\n' if client.is_toml else b'{\n  "a": "secret" "b"\n}\n'
    path.write_bytes(broken)
    with pytest.raises(ClientError, match=r"line 2, column \d+: this is not valid"):
        getattr(home, change)(client)
    assert path.read_bytes() == broken
    assert not home.machine.own_folder.exists()


def test_a_file_that_is_not_utf_8_is_refused_with_the_place(home, client):
    path = home.path(client)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\n {\xff}")
    with pytest.raises(ClientError, match="line 2, column 3: this is not UTF-8 text"):
        home.install(client)


def test_a_folder_in_the_place_of_the_file_is_refused(home, client):
    home.path(client).mkdir(parents=True)
    with pytest.raises(ClientError, match="cannot be read"):
        home.install(client)


def test_no_secret_is_written_to_a_configuration_or_said(home, client):
    path = home.path(client)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(secret_of_another(client))
    home.install(client)
    assert SECRET not in path.read_text()
    assert SECRET not in home.all_said
    home.uninstall(client)
    assert FOREIGN_SECRET not in home.all_said


def test_two_entries_are_taken_out_together_or_one_by_one(home, client):
    path = home.path(client)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(secret_of_another(client))
    for first, second in (("a", "b"), ("b", "a"), ("", None)):
        home.install(client, "a", sandbox=True)
        home.install(client, "b")
        assert {"a", "b"} <= entries(client, path).keys()
        home.uninstall(client, first)
        if second:
            assert second in entries(client, path)
            home.uninstall(client, second)
        assert path.read_bytes() == secret_of_another(client)


def test_what_was_added_by_others_since_stays(home, client):
    path = home.path(client)
    home.install(client)
    if client.is_toml:
        path.write_text(path.read_text() + '\n# mine\n[mcp_servers.later]\ncommand = "x"\n')
    else:
        value = json.loads(path.read_text())
        value[client.servers_key]["later"] = {"command": "x"}
        path.write_text(json.dumps(value))
    home.uninstall(client)
    assert entries(client, path) == {"later": {"command": "x"}}
    assert "# mine" in path.read_text() or not client.is_toml


def test_what_was_made_for_the_entry_goes_even_if_the_file_was_rewritten(home, client):
    path = home.path(client)
    home.install(client)
    if client.is_toml:
        path.write_text(path.read_text().replace("\n", "\n\n"))
    else:
        path.write_text(json.dumps(json.loads(path.read_text()), indent=8))
    home.uninstall(client)
    assert not path.exists()


def test_a_file_in_which_something_else_was_added_is_not_deleted(home, client):
    path = home.path(client)
    home.install(client)
    if client.is_toml:
        path.write_text("model = 1\n" + path.read_text())
        home.uninstall(client)
        assert tomllib.loads(path.read_text()) == {"model": 1}
    else:
        path.write_text(json.dumps({"numStartups": 1} | json.loads(path.read_text()), indent=2))
        home.uninstall(client)
        assert json.loads(path.read_text()) == {"numStartups": 1}
