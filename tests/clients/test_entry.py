"""What an entry has, in each client's own way."""

from pathlib import Path

import pytest
from homes import BY_KEY, COMMAND, KEY_CREDENTIALS, SECRET

from twilio_senders_mcp.clients.entry import Wanted, create_entry
from twilio_senders_mcp.clients.errors import ClientUsageError

SID, KEY = KEY_CREDENTIALS["TWILIO_ACCOUNT_SID"], KEY_CREDENTIALS["TWILIO_API_KEY"]
TOKEN = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": SECRET}


def entry(home, key, environment=None, **wanted):
    object.__setattr__(home.machine, "environment", environment or {})
    return create_entry(Wanted(BY_KEY[key], "twilio-senders", COMMAND, **wanted), home.machine)


def references(form: str, *names: str) -> dict[str, str]:
    return {name: form.replace("NAME", name) for name in names}


@pytest.mark.parametrize(
    ("key", "form", "transport"),
    [
        ("claude-code", "${NAME}", {"type": "stdio"}),
        ("cursor", "${env:NAME}", {}),
        ("gemini", "$NAME", {}),
        ("windsurf", "${env:NAME}", {}),
    ],
)
def test_clients_that_replace_placeholders_get_these(home, key, form, transport):
    assert entry(home, key, KEY_CREDENTIALS).server == {
        **transport,
        "command": COMMAND[0],
        "args": [],
        "env": references(form, *KEY_CREDENTIALS),
    }


def test_codex_is_told_which_variables_to_pass_on(home):
    found = entry(home, "codex", {**KEY_CREDENTIALS, "TWILIO_REGION": "ie1"})
    assert found.server == {
        "command": COMMAND[0],
        "args": [],
        "env_vars": list(KEY_CREDENTIALS),
        "env": {"TWILIO_REGION": "ie1"},
    }


def test_claude_desktop_gets_values_and_the_path_of_a_file(home):
    found = entry(home, "claude-desktop", KEY_CREDENTIALS)
    assert found.secret_file
    path = found.secret_file.path
    assert found.server["env"] == {
        "TWILIO_ACCOUNT_SID": SID,
        "TWILIO_API_KEY": KEY,
        "TWILIO_API_SECRET_FILE": str(path),
    }
    assert path.is_relative_to(home.machine.own_folder)
    assert SECRET not in repr(found)


def test_claude_desktop_needs_the_values_now(home):
    with pytest.raises(ClientUsageError, match="set TWILIO_API_KEY and TWILIO_API_SECRET in this"):
        entry(home, "claude-desktop", {"TWILIO_ACCOUNT_SID": SID})


def test_vs_code_gets_values_and_asks_for_the_secret(home):
    found = entry(home, "vscode", KEY_CREDENTIALS)
    assert found.server["type"] == "stdio"
    assert found.server["env"] == {
        "TWILIO_ACCOUNT_SID": SID,
        "TWILIO_API_KEY": KEY,
        "TWILIO_API_SECRET": "${input:twilio-senders-api-secret}",
    }
    assert [asked["password"] for asked in found.inputs] == [True]


@pytest.mark.parametrize(("environment", "in_project"), [({}, False), (KEY_CREDENTIALS, True)])
def test_vs_code_asks_for_what_is_not_set_or_not_everybodys(home, environment, in_project):
    found = entry(home, "vscode", environment, in_project=in_project)
    assert [asked["id"] for asked in found.inputs] == [
        "twilio-senders-account-sid",
        "twilio-senders-api-key",
        "twilio-senders-api-secret",
    ]
    assert ["password" in asked for asked in found.inputs] == [False, False, True]


def test_an_auth_token_is_used_where_there_is_no_key(home):
    assert list(entry(home, "cursor", TOKEN).server["env"]) == list(TOKEN)
    both = entry(home, "cursor", TOKEN | KEY_CREDENTIALS)
    assert list(both.server["env"]) == list(KEY_CREDENTIALS)


def test_without_anything_set_an_api_key_is_expected(home):
    found = entry(home, "cursor", {"TWILIO_API_SECRET": "${TWILIO_API_SECRET}"})
    assert list(found.server["env"]) == list(KEY_CREDENTIALS)
    assert found.from_client == list(KEY_CREDENTIALS)


@pytest.mark.parametrize("key", ["cursor", "claude-desktop", "vscode"])
def test_a_file_that_holds_the_secret_is_named_by_its_absolute_path(
    home, key, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    environment = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN_FILE": "token"}
    found = entry(home, key, environment)
    assert found.server["env"]["TWILIO_AUTH_TOKEN_FILE"] == str(tmp_path / "token")
    assert found.secret_file is None


@pytest.mark.parametrize("key", ["claude-code", "codex", "gemini"])
def test_with_the_secret_in_a_file_the_entry_depends_on_no_variable(home, key):
    environment = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN_FILE": "/secret"}
    found = entry(home, key, environment)
    assert found.server["env"] == environment
    assert not found.from_client
    found = entry(home, key, {"TWILIO_AUTH_TOKEN_FILE": "/secret"})
    assert found.from_client == ["TWILIO_ACCOUNT_SID"]


def test_in_a_project_the_path_of_a_file_is_everybodys_own(home):
    environment = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN_FILE": "/secret"}
    found = entry(home, "cursor", environment, in_project=True)
    assert found.server["env"] == references("${env:NAME}", *environment)
    found = entry(home, "vscode", environment, in_project=True)
    assert found.inputs[1]["description"] == "Value of TWILIO_AUTH_TOKEN_FILE"


def test_with_an_accounts_file_no_credentials_are_involved(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    flags = {"twilio_senders_accounts_file": "accounts.toml"}
    found = entry(home, "claude-desktop", flags=flags)
    assert found.server == {
        "command": COMMAND[0],
        "args": ["--accounts", str(tmp_path / "accounts.toml")],
    }
    environment = {"TWILIO_SENDERS_ACCOUNTS_FILE": "~/accounts.toml"}
    found = entry(home, "claude-desktop", environment)
    assert found.server["env"] == {
        "TWILIO_SENDERS_ACCOUNTS_FILE": str(Path("~/accounts.toml").expanduser())
    }


def test_with_the_sandbox_no_credentials_are_involved(home, client):
    found = entry(home, client.key, KEY_CREDENTIALS, sandbox=True)
    assert found.server["args"] == ["--sandbox"]
    assert found.server.keys() <= {"type", "command", "args"}
    assert not found.inputs
    assert not found.secret_file


def test_limits_of_the_shell_are_kept_and_flags_go_before_them(home):
    environment = {"TWILIO_SENDERS_READ_ONLY": "1", "TWILIO_SENDERS_TOOLS": "get_sender"}
    found = entry(home, "cursor", environment, sandbox=True)
    assert found.server["env"] == environment
    flags = {"twilio_senders_read_only": "true", "twilio_senders_tools": "list_senders"}
    found = entry(home, "cursor", environment, sandbox=True, flags=flags)
    assert found.server["args"] == ["--sandbox", "--read-only", "--tools", "list_senders"]
    assert "env" not in found.server


def test_the_module_is_run_where_there_is_no_script(home):
    wanted = Wanted(
        BY_KEY["cursor"], "a", ("/bin/python", "-m", "twilio_senders_mcp"), sandbox=True
    )
    server = create_entry(wanted, home.machine).server
    assert server == {
        "command": "/bin/python",
        "args": ["-m", "twilio_senders_mcp", "--sandbox"],
    }
