"""Settings and accounts, as they are described."""

from dataclasses import replace

import pytest
from many_accounts import account_sid

from twilio_senders_mcp.accounts.configured import ConfiguredAccount
from twilio_senders_mcp.doctor.configuration import check_accounts, check_settings
from twilio_senders_mcp.settings import SettingSource, load_settings
from twilio_senders_mcp.twilio.credentials import Credentials


@pytest.fixture
def accounts_file(tmp_path):
    """A file with an account whose secret is in another file."""
    (tmp_path / "token").write_text("hunter2")
    (tmp_path / "token").chmod(0o600)
    file = tmp_path / "accounts.toml"
    file.write_text(
        f'[accounts.shop]\naccount_sid = "{account_sid(1)}"\nauth_token_file = "token"\n'
        "read_only = true\n"
    )
    file.chmod(0o644)
    return file


def test_each_setting_is_told_with_its_origin():
    sources = [
        SettingSource("TWILIO_AUTH_TOKEN", "environment", "set"),
        SettingSource("TWILIO_SENDERS_TIMEOUT", "flag", "7"),
        SettingSource("TWILIO_EDGE", "environment", "dublin"),
    ]
    [told] = check_settings(sources, [])
    assert told.level == "ok"
    assert told.found.startswith(
        "flag: TWILIO_SENDERS_TIMEOUT=7; "
        "environment: TWILIO_AUTH_TOKEN (set), TWILIO_EDGE=dublin; default or unset: "
    )


def test_a_problem_and_an_unexpanded_placeholder_are_told_with_a_cure():
    source = SettingSource("TWILIO_API_KEY", "not expanded", "")
    problem, warning, _ = check_settings([source], ["TWILIO_EDGE: expected a name"])
    assert (problem.level, problem.found) == ("problem", "TWILIO_EDGE: expected a name.")
    assert (warning.level, warning.found) == (
        "warning",
        "TWILIO_API_KEY counts as unset: ${…} was not expanded.",
    )
    assert problem.cure
    assert warning.cure


def test_the_accounts_of_a_file_are_told_without_secrets(accounts_file):
    settings = load_settings(twilio_senders_accounts_file=str(accounts_file))
    file, account = check_accounts(settings)
    assert (file.level, file.found) == ("ok", "It has 1 account.")
    assert account.found == (
        f"{account_sid(1)} with the auth token, at https://messaging.twilio.com, read-only."
    )


def test_files_that_others_may_read_or_change_are_warned_of(accounts_file, tmp_path):
    accounts_file.chmod(0o666)
    (tmp_path / "token").chmod(0o640)
    settings = load_settings(twilio_senders_accounts_file=str(accounts_file))
    _, changeable, _, readable = check_accounts(settings)
    assert (changeable.level, readable.level) == ("warning", "warning")
    assert changeable.found.startswith("Other users of this machine may change it")
    assert readable.found == "Other users of this machine may read the file of its secret."
    (tmp_path / "token").unlink()
    assert len(check_accounts(settings)) == 3


def test_without_an_account_what_is_missing_is_told():
    [account] = check_accounts(load_settings())
    assert account.level == "warning"
    assert account.cure.startswith("Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN")


def test_an_api_key_and_its_secret_file_are_known(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("hunter2")
    (tmp_path / "secret").chmod(0o604)
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", account_sid(1))
    monkeypatch.setenv("TWILIO_API_KEY", "SK" + "7" * 32)
    monkeypatch.setenv("TWILIO_API_SECRET_FILE", str(tmp_path / "secret"))
    account, warning = check_accounts(load_settings())
    assert f"with API key SK{'7' * 32}, at" in account.found
    assert "may read the file of its secret" in warning.found


def test_of_very_many_accounts_the_first_are_told():
    accounts = tuple(
        ConfiguredAccount(name=f"a{number}", credentials=Credentials(account_sid(number), "x"))
        for number in range(25)
    )
    found = check_accounts(replace(load_settings(), accounts=accounts))
    assert len(found) == 21
    assert found[-1].found == "5 more are not looked at here."
