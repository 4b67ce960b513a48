"""Settings: what is read, what is refused, and what is said about it."""

import base64
import dataclasses
from typing import Any

import pytest

from twilio_senders_mcp.server import _prober
from twilio_senders_mcp.settings import (
    SETTINGS,
    Settings,
    SettingsError,
    is_loopback,
    load_settings,
)
from twilio_senders_mcp.twilio.credentials import Credentials, IncompleteCredentials

AC, SK = "AC" + "0" * 32, "SK" + "1" * 32
SECRETS = ["TWILIO_AUTH_TOKEN", "TWILIO_API_SECRET"]


@pytest.fixture
def env(monkeypatch):
    def set_all(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return set_all


def problems(**flags) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(**flags)
    return caught.value.problems


def remedy(settings: Settings | None = None) -> str:
    credentials = (settings or load_settings()).accounts[0].credentials
    assert isinstance(credentials, IncompleteCredentials)
    return credentials.remedy


def messaging_url(settings: Settings) -> str:
    return settings.accounts[0].address.url("messaging")


def password(settings: Settings) -> str:
    assert isinstance(settings.accounts[0].credentials, Credentials)
    return settings.accounts[0].credentials.password


def test_the_environment_is_read(env):
    env(TWILIO_ACCOUNT_SID=AC, TWILIO_AUTH_TOKEN=" token ", TWILIO_SENDERS_TIMEOUT="5")
    settings = load_settings()
    assert settings.accounts[0].credentials == Credentials(AC, "token")
    assert settings.twilio_senders_timeout == 5


def test_a_variable_may_be_written_in_small_letters(env):
    env(twilio_senders_timeout="5")
    assert load_settings().twilio_senders_timeout == 5


def test_a_flag_goes_before_the_environment(env):
    env(TWILIO_SENDERS_TIMEOUT="5")
    assert load_settings(twilio_senders_timeout="6").twilio_senders_timeout == 6
    assert load_settings(twilio_senders_timeout=None).twilio_senders_timeout == 5


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_variable_counts_as_unset(env, empty):
    env(TWILIO_AUTH_TOKEN=empty, TWILIO_SENDERS_TIMEOUT=empty)
    assert "TWILIO_AUTH_TOKEN" in remedy()
    assert load_settings().twilio_senders_timeout == 30


def test_an_empty_flag_is_refused():
    assert problems(twilio_region="") == ["TWILIO_REGION: expected a name such as ie1 or dublin"]


def test_a_flag_that_the_client_did_not_expand_leaves_the_environment_in_force(env):
    env(TWILIO_SENDERS_TIMEOUT="5")
    assert load_settings(twilio_senders_timeout="${TIMEOUT}").twilio_senders_timeout == 5


def test_secrets_show_in_no_repr(env):
    env(TWILIO_ACCOUNT_SID=AC, TWILIO_AUTH_TOKEN="hunter2")
    settings = load_settings()
    assert password(settings) == "hunter2"
    assert "hunter2" not in repr(settings) + str(settings)


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_may_stand_in_a_file(env, tmp_path, name):
    file = tmp_path / "secret"
    file.write_text("hunter2\n")
    env(TWILIO_ACCOUNT_SID=AC, **{f"{name}_FILE": str(file)})
    if name == "TWILIO_API_SECRET":
        env(TWILIO_API_KEY=SK)
    assert password(load_settings()) == "hunter2"


def test_a_secret_file_that_is_missing_empty_or_no_text_is_named(env, tmp_path):
    file = tmp_path / "secret"
    env(TWILIO_AUTH_TOKEN_FILE=str(file))
    assert problems() == ["TWILIO_AUTH_TOKEN_FILE: the file cannot be read"]
    file.write_text(" \n")
    assert problems() == ["TWILIO_AUTH_TOKEN_FILE: the file is empty"]
    file.write_bytes(b"\xff\xfe")
    assert problems() == ["TWILIO_AUTH_TOKEN_FILE: the file cannot be read"]


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_and_its_file_together_are_refused(env, tmp_path, name):
    env(**{name: "a", f"{name}_FILE": str(tmp_path)})
    assert problems() == [f"set {name} or {name}_FILE, not both"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("TWILIO_SENDERS_TIMOUT", "; did you mean TWILIO_SENDERS_TIMEOUT?"),
        ("twilio_senders_loglevel", "; did you mean TWILIO_SENDERS_LOG_LEVEL?"),
        ("TWILIO_SENDERS_QQQQQQQQQQQQQQQQQQQQQQQQQQ", ""),
    ],
)
def test_a_mistyped_variable_of_ours_is_refused_by_name(env, name, hint):
    env(**{name: "hunter2"})
    assert problems() == [f"{name}: unknown setting{hint}"]


def test_variables_of_other_twilio_programs_are_left_alone(env):
    env(TWILIO_WORKSPACE_SID="WS1", TWILIO_PHONE_NUMBER="+1")
    load_settings()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TWILIO_ACCOUNT_SID", SK, "this is an API key (SK…); put it into TWILIO_API_KEY"),
        ("TWILIO_ACCOUNT_SID", "AC12", "expected an account SID: AC and 32 hexadecimal digits"),
        ("TWILIO_API_KEY", AC, "this is an account SID (AC…); an API key begins with SK"),
        ("TWILIO_API_KEY", "key", "expected an API key: SK and 32 hexadecimal digits"),
        ("TWILIO_REGION", "ie1.evil.example/", "expected a name such as ie1 or dublin"),
        ("TWILIO_EDGE", "a b", "expected a name such as ie1 or dublin"),
        ("TWILIO_BASE_URL", "http://api.example", "credentials travel with it"),
        ("TWILIO_BASE_URL", "ftp://127.0.0.1", "expected https"),
        ("TWILIO_BASE_URL", "https://", "expected an address"),
        ("TWILIO_BASE_URL", "https://u:p@api.example", "expected an address"),
        ("TWILIO_BASE_URL", "https://api.example:x", "expected an address"),
        ("TWILIO_BASE_URL", "https://[", "expected an address"),
        ("TWILIO_BASE_URL", "https://:pw@api.example", "expected an address"),
        ("TWILIO_BASE_URL", "https://exa mple.com", "expected an address"),
        ("TWILIO_BASE_URL", "https://exämple.com", "expected an address"),
        ("TWILIO_SENDERS_READ_ONLY", "yess", "expected true or false"),
        ("TWILIO_SENDERS_TIMEOUT", "0", "expected a number of seconds, above 0 to 600"),
        ("TWILIO_SENDERS_TIMEOUT", "fast", "expected a number of seconds, above 0 to 600"),
        ("TWILIO_SENDERS_TOTAL_TIMEOUT", "0.5", "expected a number of seconds, from 1 to 600"),
        ("TWILIO_SENDERS_TIMEOUT", "nan", "expected a number of seconds, above 0 to 600"),
        ("TWILIO_SENDERS_CONNECTIONS", "0", "expected a whole number from 1 to 1000"),
        ("TWILIO_SENDERS_CONNECTIONS", "1001", "expected a whole number from 1 to 1000"),
        ("TWILIO_SENDERS_CONNECTIONS", "2.5", "expected a whole number from 1 to 1000"),
        ("TWILIO_SENDERS_CONNECTIONS", "9" * 5000, "expected a whole number from 1 to 1000"),
        ("TWILIO_SENDERS_LOG_LEVEL", "loud", "expected one of 'debug', 'info', 'warning' or"),
    ],
)
def test_a_malformed_value_is_named_with_what_was_expected(env, name, value, said):
    env(**{name: value})
    [problem] = problems()
    assert problem.startswith(f"{name}: ")
    assert said in problem


def test_every_problem_is_named_at_once(env):
    env(TWILIO_SENDERS_TIMOUT="1", TWILIO_SENDERS_POLL="x", TWILIO_ACCOUNT_SID="x")
    assert [problem.partition(":")[0] for problem in problems()] == [
        "TWILIO_SENDERS_TIMOUT",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_SENDERS_POLL",
    ]


@pytest.mark.parametrize(
    "name",
    # Any text is a secret; names of tools are checked where the tools are known.
    [name.upper() for name in SETTINGS if not name.endswith(("secret", "token", "tools"))],
)
def test_a_secret_that_landed_in_another_setting_is_not_repeated(env, name):
    env(**{name: "hunter2://?"})
    assert "hunter2" not in "".join(problems())


def test_the_log_level_may_be_written_in_capitals(env):
    env(TWILIO_SENDERS_LOG_LEVEL="INFO")
    assert load_settings().twilio_senders_log_level == "info"


@pytest.mark.parametrize("number", [1, 20, 1000])
def test_the_number_of_connections_is_a_whole_number(env, number):
    env(TWILIO_SENDERS_CONNECTIONS=str(number))
    assert load_settings().twilio_senders_connections == number


@pytest.mark.parametrize(("text", "meant"), [("true", True), ("Yes", True), ("0", False)])
def test_a_truth_value_may_be_written_in_several_ways(env, text, meant):
    env(TWILIO_SENDERS_READ_ONLY=text)
    assert load_settings().twilio_senders_read_only is meant


def test_without_an_account_what_concerns_one_is_ignored(env):
    env(TWILIO_ACCOUNT_SID="bogus", TWILIO_BASE_URL="x", TWILIO_SENDERS_TIMEOUT="7")
    settings = load_settings(account=False)
    assert messaging_url(settings) == "https://messaging.twilio.com"
    assert settings.twilio_senders_timeout == 7


@pytest.mark.parametrize("name", ["TWILIO_AUTH_TOKN", "TWILIO_ACOUNT_SID", "twilio_api_secrett"])
def test_a_misspelt_credential_is_named_where_credentials_are_missing(env, name):
    env(**{name: "hunter2"})
    said = remedy()
    assert f"{name} is set; did you mean TWILIO_A" in said
    assert "hunter2" not in said


def test_a_setting_that_does_not_exist_cannot_be_given():
    with pytest.raises(KeyError):
        load_settings(twilio_regoin="ie1")


@pytest.mark.parametrize("url", ["https://api.example/", "http://127.0.0.1:4010", "http://[::1]:1"])
def test_https_and_plain_http_to_this_machine_are_taken(url):
    assert messaging_url(load_settings(twilio_base_url=url)) == url.rstrip("/")


def test_the_address_is_that_of_region_and_edge_unless_one_is_given(env):
    env(TWILIO_REGION="ie1", TWILIO_EDGE="dublin")
    assert messaging_url(load_settings()) == "https://messaging.dublin.ie1.twilio.com"
    env(TWILIO_BASE_URL="https://api.example")
    assert messaging_url(load_settings()) == "https://api.example"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (or TWILIO_API_KEY and"),
        ({"TWILIO_ACCOUNT_SID": AC}, "Set TWILIO_AUTH_TOKEN (or"),
        ({"TWILIO_AUTH_TOKEN": "t"}, "Set TWILIO_ACCOUNT_SID in"),
        ({"TWILIO_ACCOUNT_SID": AC, "TWILIO_API_KEY": SK}, "Set TWILIO_API_SECRET in"),
        ({"TWILIO_API_SECRET": "s"}, "Set TWILIO_ACCOUNT_SID and TWILIO_API_KEY in"),
        (
            {"TWILIO_ACCOUNT_SID": AC, "TWILIO_API_KEY": SK, "TWILIO_AUTH_TOKEN": "t"},
            "Set TWILIO_API_SECRET in",
        ),
    ],
)
def test_missing_credentials_are_named(env, given, said):
    env(**given)
    assert remedy().startswith(said)


def test_an_api_key_with_its_secret_is_complete_and_goes_before_the_token(env):
    env(TWILIO_ACCOUNT_SID=AC, TWILIO_API_KEY=SK, TWILIO_API_SECRET="s")
    assert load_settings().accounts[0].credentials == Credentials(AC, "s", api_key=SK)
    env(TWILIO_AUTH_TOKEN="t")
    assert load_settings().accounts[0].credentials == Credentials(AC, "s", api_key=SK)


@pytest.mark.parametrize(("api_key", "username"), [(None, AC), (SK, SK)])
def test_credentials_know_their_user_name_and_every_form_of_their_secret(api_key, username):
    credentials = Credentials(AC, "hunter2", api_key=api_key)
    assert credentials.username == username
    password, basic = credentials.secrets
    assert password == "hunter2"
    assert base64.b64decode(basic).decode() == f"{username}:hunter2"


def test_what_is_missing_was_found_out_at_the_start(env):
    settings = load_settings()
    env(TWILIO_AUTH_TOKN="t")
    assert "TWILIO_AUTH_TOKN" not in remedy(settings)


def test_a_variable_that_the_client_did_not_expand_counts_as_unset_and_is_named(env):
    env(TWILIO_ACCOUNT_SID=AC, TWILIO_AUTH_TOKEN="${TWILIO_AUTH_TOKEN:-}")
    said = remedy()
    assert "did not expand ${…} in TWILIO_AUTH_TOKEN." in said


def test_settings_cannot_be_changed():
    settings: Any = load_settings()
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.accounts = ()


def test_every_setting_is_described_and_no_secret_has_a_flag():
    assert all(setting.description for setting in SETTINGS.values())
    flags = {name.upper() for name, setting in SETTINGS.items() if setting.flag}
    assert flags.isdisjoint(SECRETS)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.0.1", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(host, loopback):
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("name", ["READ_ONLY", "TOOLS", "CONFIRM"])
def test_a_limit_that_was_not_expanded_prevents_the_start(monkeypatch, name):
    monkeypatch.setenv(f"TWILIO_SENDERS_{name}", "${LIMIT}")
    assert problems() == [
        f"TWILIO_SENDERS_{name}: the client that started this server did not expand ${{…}}"
    ]


@pytest.mark.parametrize("url", ["https://a\tb.example", "https://a b.example"])
def test_an_address_with_white_space_is_refused(url):
    assert problems(twilio_base_url=url)


@pytest.mark.parametrize(
    ("given", "over_stdio", "over_http"),
    [
        ({}, True, False),
        ({"twilio_senders_probe": "true"}, True, True),
        ({"twilio_senders_probe": "false"}, False, False),
    ],
)
def test_addresses_are_opened_over_http_only_if_that_is_turned_on(given, over_stdio, over_http):
    settings = load_settings(account=False, **given)
    assert (_prober(settings, sandbox=False, over_http=False) is not None) is over_stdio
    assert (_prober(settings, sandbox=False, over_http=True) is not None) is over_http


def test_only_the_sandbox_lets_this_machine_be_looked_at():
    for sandbox in (True, False):
        prober = _prober(load_settings(account=False), sandbox=sandbox, over_http=False)
        assert prober is not None
        assert prober.allow_loopback is sandbox


def test_a_placeholder_that_would_allow_probing_is_refused(monkeypatch):
    monkeypatch.setenv("TWILIO_SENDERS_PROBE", "${PROBE}")
    with pytest.raises(SettingsError) as caught:
        load_settings(account=False)
    assert "TWILIO_SENDERS_PROBE" in caught.value.problems[0]
