"""The accounts file: what it gives, and how each mistake in it is named."""

from pathlib import Path

import pytest
from many_accounts import account_sid, token, write_accounts_file

from twilio_senders_mcp.accounts.configured import ConfiguredAccount
from twilio_senders_mcp.settings import SettingsError, load_settings
from twilio_senders_mcp.twilio.credentials import Credentials

AC, AC2, SK = account_sid(1), account_sid(2), "SK" + "7" * 32
GOOD = f'account_sid = "{AC}"\nauth_token_env = "TOKEN"\n'


@pytest.fixture(autouse=True)
def variables(monkeypatch):
    monkeypatch.setenv("TOKEN", "hush")


@pytest.fixture
def write(tmp_path):
    def write(text: str) -> Path:
        file = tmp_path / "accounts.toml"
        file.write_text(text)
        return file

    return write


def accounts(file: Path) -> tuple[ConfiguredAccount, ...]:
    return load_settings(twilio_senders_accounts_file=str(file)).accounts


def problems(file: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        accounts(file)
    return caught.value.problems


def test_each_account_has_what_the_file_says(write, tmp_path):
    (tmp_path / "main.token").write_text(" secret-of-main \n")
    file = write(
        f"""
        default = "bakery"
        [accounts.main]
        account_sid = "{AC}"
        auth_token_file = "main.token"
        description = "Our own senders"
        subaccounts = true
        [accounts.bakery]
        account_sid = "{AC2}"
        api_key = "{SK}"
        api_secret_env = "TOKEN"
        region = "ie1"
        edge = "dublin"
        read_only = true
        """
    )
    bakery, main = accounts(file)
    assert main.name == "main"
    assert main.credentials == Credentials(AC, "secret-of-main")
    assert (main.description, main.subaccounts, main.read_only) == ("Our own senders", True, False)
    assert main.address.url("api") == "https://api.twilio.com"
    assert bakery.name == "bakery"
    assert bakery.credentials == Credentials(AC2, "hush", api_key=SK)
    assert (bakery.subaccounts, bakery.read_only) == (False, True)
    assert bakery.address.url("messaging") == "https://messaging.dublin.ie1.twilio.com"


def test_the_first_account_is_the_default_if_the_file_names_none(tmp_path):
    file = write_accounts_file(tmp_path, 3, "http://127.0.0.1:1")
    assert [account.name for account in accounts(file)] == ["account-0", "account-1", "account-2"]


def test_a_secret_file_is_relative_to_the_accounts_file_and_read_again(tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    [account] = accounts(write_accounts_file(tmp_path, 1, "http://127.0.0.1:1"))
    assert account.credentials == Credentials(account_sid(0), token(0))
    assert account.read_again is not None
    (tmp_path / "0.token").write_text("new")
    assert account.read_again() == Credentials(account_sid(0), "new")
    (tmp_path / "0.token").unlink()
    assert account.read_again() is None


def test_a_secret_of_the_environment_is_not_read_again(write):
    [account] = accounts(write(f"[accounts.main]\n{GOOD}"))
    assert account.read_again is None


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (
            'auth_token = "x"',
            (
                ".auth_token: the file must not contain a secret; give "
                "auth_token_file, a file that holds it, or auth_token_env, an environment variable"
            ),
        ),
        (
            'api_secret = "x"',
            (
                ".api_secret: the file must not contain a secret; give "
                "api_secret_file, a file that holds it, or api_secret_env, an environment variable"
            ),
        ),
        ("reed_only = true", ".reed_only: unknown key; did you mean read_only?"),
        ('"9f86d081884c7d659a2feaa0c55ad015" = 1', ".(key not shown): unknown key"),
        ('read_only = "yes"', ".read_only: expected true or false"),
        ("description = 1", ".description: expected text"),
        (
            'description = "a\\nb"',
            ".description: expected one line of at most 200 printable characters",
        ),
        ('region = "Dublin 1"', ".region: expected a name such as ie1 or dublin"),
        (
            'base_url = "http://evil.example"',
            (
                ".base_url: expected https; http only to this "
                "machine, since credentials travel with it"
            ),
        ),
        ('auth_token_file = "a"', ": give auth_token_file or auth_token_env, not both"),
        ('api_secret_env = "TOKEN"', ".api_secret_env: it needs api_key"),
    ],
)
def test_a_mistake_names_the_file_the_account_and_the_key(write, table, problem):
    file = write(f"[accounts.main]\n{GOOD}{table}\n")
    assert problems(file) == [f"{file}: accounts.main{problem}"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "expected at least one table [accounts.NAME]"),
        ("accounts = 1", "expected at least one table [accounts.NAME]"),
        ("[accounts]\nmain = 1", "accounts.main: expected a table [accounts.NAME]"),
        ("[account.main]\n", "expected at least one table [accounts.NAME]"),
        (f"[accounts.main]\n{GOOD}[acounts]", "acounts: unknown key; did you mean accounts?"),
        (
            f"[accounts.{AC}]\n{GOOD}",
            (
                "accounts.(key not shown): expected a name of at most 60 "
                "letters, digits and . _ -, which is not a SID"
            ),
        ),
        (
            '[accounts."*"]\n' + GOOD,
            (
                "accounts.(key not shown): expected a name of at most 60 "
                "letters, digits and . _ -, which is not a SID"
            ),
        ),
        (
            f'default = "mian"\n[accounts.main]\n{GOOD}',
            "default: there is no such account; did you mean main?",
        ),
        ("[accounts.main]\nauth_token_env = 'TOKEN'", "accounts.main.account_sid: required"),
        (
            f"[accounts.main]\naccount_sid = '{AC}'",
            "accounts.main: give auth_token_file or auth_token_env",
        ),
        (
            f"[accounts.main]\naccount_sid = '{AC}'\nauth_token_env = 'NONE'",
            "accounts.main.auth_token_env: this environment variable is not set",
        ),
        (
            f"[accounts.main]\naccount_sid = '{AC}'\nauth_token_file = 'none'",
            "accounts.main.auth_token_file: the file cannot be read",
        ),
        (
            f"[accounts.main]\naccount_sid = '{SK}'\nauth_token_env = 'TOKEN'",
            (
                "accounts.main.account_sid: this is an API key (SK…); put it into TWILIO_API_KEY, "
                "and the account SID here"
            ),
        ),
        (
            f"[accounts.main]\naccount_sid = '{AC}'\napi_key = '{SK}'\nauth_token_env = 'TOKEN'",
            "accounts.main.auth_token_env: api_key needs api_secret",
        ),
        (
            f"[accounts.a]\n{GOOD}[accounts.b]\n{GOOD}",
            "accounts.b.account_sid: accounts.a has the same one",
        ),
    ],
)
def test_a_mistake_in_the_structure_is_named(write, text, problem):
    file = write(text)
    assert f"{file}: {problem}" in problems(file)


def test_a_file_that_is_no_toml_gets_the_place(write):
    file = write("[accounts.main]\naccount_sid = AC\n")
    assert problems(file) == [f"{file}: the file is not valid TOML: line 2, column 15"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_not_repeated(tmp_path, content):
    file = tmp_path / "secret-name"
    if content is not None:
        file.write_bytes(content)
    assert problems(file) == ["TWILIO_SENDERS_ACCOUNTS_FILE: the file cannot be read"]


def test_the_file_and_a_single_account_exclude_each_other(write, monkeypatch):
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "token")
    assert problems(write(f"[accounts.main]\n{GOOD}")) == [
        (
            "set TWILIO_SENDERS_ACCOUNTS_FILE or TWILIO_AUTH_TOKEN, not both: with an accounts "
            "file, everything about an account stands in the file"
        )
    ]


def test_no_secret_stands_in_a_problem(write):
    file = write(f'[accounts.main]\naccount_sid = "{AC}"\nauth_token = "hush-hush"\nx = "hush"')
    assert "hush" not in "".join(problems(file))


def test_the_sandbox_needs_no_file_and_reads_none(monkeypatch):
    monkeypatch.setenv("TWILIO_SENDERS_ACCOUNTS_FILE", "/nowhere")
    assert len(load_settings(account=False).accounts) == 1
