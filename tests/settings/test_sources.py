"""Where settings come from, and that no secret is shown."""

import pytest

from twilio_senders_mcp.settings import SettingSource, setting_sources


def test_a_flag_goes_before_the_environment(monkeypatch):
    monkeypatch.setenv("TWILIO_SENDERS_TIMEOUT", "9")
    monkeypatch.setenv("twilio_edge", " dublin ")
    assert setting_sources({"twilio_senders_timeout": "7"}) == [
        SettingSource("TWILIO_EDGE", "environment", "dublin"),
        SettingSource("TWILIO_SENDERS_TIMEOUT", "flag", "7"),
    ]


@pytest.mark.parametrize(
    "variable",
    [
        "TWILIO_AUTH_TOKEN",
        "TWILIO_API_SECRET",
        "TWILIO_API_SECRET_FILE",
        "TWILIO_SENDERS_ACCOUNTS_FILE",
        "TWILIO_SENDERS_STATE",
        "TWILIO_SENDERS_TOOLS",
        "TWILIO_API_KEY",
        "TWILIO_REGION",
        "TWILIO_BASE_URL",
        "TWILIO_SENDERS_TIMEOUT",
        "TWILIO_SENDERS_LOG_LEVEL",
    ],
)
def test_a_secret_is_shown_in_no_setting(monkeypatch, variable):
    monkeypatch.setenv(variable, "Hunter/2")
    assert setting_sources({}) == [SettingSource(variable, "environment", "set")]


def test_a_placeholder_counts_as_not_expanded_and_an_empty_variable_as_unset(monkeypatch):
    monkeypatch.setenv("TWILIO_API_KEY", "${TWILIO_API_KEY}")
    monkeypatch.setenv("TWILIO_EDGE", "")
    assert setting_sources({}) == [SettingSource("TWILIO_API_KEY", "not expanded", "")]


def test_the_settings_of_an_account_can_be_left_out(monkeypatch):
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "hunter2")
    monkeypatch.setenv("TWILIO_SENDERS_ACCOUNTS_FILE", "accounts.toml")
    monkeypatch.setenv("TWILIO_SENDERS_CONFIRM", "never")
    assert setting_sources({}, account=False) == [
        SettingSource("TWILIO_SENDERS_CONFIRM", "environment", "never")
    ]
