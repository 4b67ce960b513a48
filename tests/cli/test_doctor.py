"""The command doctor as a person runs it: a subprocess, with a home of its own."""

import io
import json
import os
import signal
import socket
import subprocess
import sys

import pytest
from many_accounts import account_sid
from processes import COMMAND, PATIENCE, started

from twilio_senders_mcp.cli import doctor, doctor_report
from twilio_senders_mcp.cli.doctor_report import as_json, conclusion, shown
from twilio_senders_mcp.doctor.diagnosis import Diagnosis
from twilio_senders_mcp.http.serving import served
from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN, Sandbox

GOOD = Diagnosis("python", "ok", "Python 3.13.")
WARNING = Diagnosis("state", "warning", "Others may read it.", "Run chmod.")
PROBLEM = Diagnosis("accounts", "problem", "Größe “x” is wrong.", "Correct it.")


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """A user without clients, whose state is in a folder of the test."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "CLAUDE_CONFIG_DIR", "CODEX_HOME", "GEMINI_CLI_HOME"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def run_doctor(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "doctor", *words],
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"},
    )


def test_on_the_sandbox_everything_is_well():
    done = run_doctor("--sandbox")
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert [line[0] for line in lines[:-2]] == ["✓"] * len(lines[:-2])
    for text in (
        "The embedded Twilio responds in this process.",
        "A page was read; there is at least one WhatsApp sender.",
        "It answers initialize and offers ",
        "It answers server/discover and offers ",
        "No AI client of this user has this server",
    ):
        assert text in done.stdout
    assert (lines[-1], done.returncode) == ("No problems.", 0)


def test_a_real_account_is_checked_with_the_flags_that_are_given(monkeypatch):
    with served(Sandbox()) as url:
        monkeypatch.setenv("TWILIO_ACCOUNT_SID", ACCOUNT_SID)
        monkeypatch.setenv("TWILIO_AUTH_TOKEN", AUTH_TOKEN)
        done = run_doctor("--base-url", url, "--tools", "get_sender,list_senders", "--read-only")
    assert f"flag: TWILIO_BASE_URL={url}" in done.stdout
    assert "TWILIO_AUTH_TOKEN (set)" in done.stdout
    assert "It answers server/discover and offers 2 tools." in done.stdout
    assert "the clocks agree" in done.stdout
    assert AUTH_TOKEN not in done.stdout
    assert (done.stdout.splitlines()[-1], done.returncode) == ("No problems.", 0)


def test_without_an_account_it_says_what_is_missing_and_checks_the_sandbox():
    done = run_doctor()
    assert "-> Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN" in done.stdout
    assert "The embedded Twilio responds in this process." in done.stdout
    assert (done.stdout.splitlines()[-1], done.returncode) == ("No problems and 1 warning.", 0)


def test_a_host_that_does_not_resolve_is_a_problem_as_json(monkeypatch):
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", ACCOUNT_SID)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "hunter2")
    done = run_doctor("--json", "--base-url", "https://twilio.invalid")
    found = json.loads(done.stdout)
    problems = [check for check in found["checks"] if check["level"] == "problem"]
    assert problems == [
        {
            "check": "twilio.invalid",
            "level": "problem",
            "found": "Twilio could not be reached: its host name did not resolve.",
            "cure": problems[0]["cure"],
        }
    ]
    assert (found["ok"], done.returncode, done.stderr) == (False, 1, "")
    assert "hunter2" not in done.stdout


def test_a_broken_accounts_file_is_a_problem_and_the_rest_is_checked(home):
    file = home / "accounts.toml"
    file.write_text(f'[accounts.shop]\naccount_sid = "{account_sid(1)}"\nauth_token = "hunter2"\n')
    done = run_doctor("--accounts", str(file))
    assert "✗ settings" in done.stdout
    assert "accounts.shop.auth_token: the file must not contain a secret" in done.stdout
    assert "✓ python" in done.stdout
    assert "The embedded Twilio responds in this process." in done.stdout
    assert "it ends, or does not respond as an MCP server" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr
    assert done.returncode == 1


def test_a_setting_that_cannot_be_used_is_a_problem_and_the_rest_is_checked():
    done = run_doctor("--timeout", "never")
    assert "TWILIO_SENDERS_TIMEOUT: expected a number of seconds" in done.stdout
    assert "✓ python" in done.stdout
    assert done.returncode == 1


def test_a_state_that_cannot_be_used_is_a_problem(home):
    (home / "file").touch()
    done = run_doctor("--state", str(home / "file" / "state"))
    assert "cannot be created or written" in done.stdout
    assert done.returncode == 1


def test_a_configured_client_whose_command_does_not_exist_is_a_problem(home):
    (home / ".cursor").mkdir()
    server = {"command": "/nowhere/twilio-senders-mcp", "args": []}
    text = json.dumps({"mcpServers": {"twilio-senders": server}})
    (home / ".cursor" / "mcp.json").write_text(text)
    done = run_doctor("--sandbox")
    assert "✗ cursor" in done.stdout
    assert "-> Add it again: twilio-senders-mcp install cursor" in done.stdout
    assert (done.stdout.splitlines()[-1], done.returncode) == ("1 problem.", 1)


def test_a_word_that_is_not_known_is_a_usage_error():
    assert run_doctor("--jsn").returncode == 2


def test_an_interruption_ends_it_with_status_1():
    credentials = {"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with started("doctor", "--base-url", url, **credentials) as process:
            assert b"ython" in process.stdout.readline()
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=PATIENCE) == 1
            assert process.stderr.read() == b"Interrupted.\n"


def test_a_reader_that_has_read_enough_ends_it():
    with started("doctor", "--sandbox") as process:
        process.stdout.close()
        assert process.wait(timeout=PATIENCE) == 1
        assert process.stderr.read() == b""


class Terminal(io.StringIO):
    """A stdout with an encoding."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self.named = encoding

    @property
    def encoding(self) -> str:
        return self.named


@pytest.mark.parametrize(
    ("encoding", "marks", "text"),
    [
        ("utf-8", "✓!✗", "Größe “x” is wrong."),
        ("ascii", "+!x", "Gr\\xf6\\xdfe \\u201cx\\u201d is wrong."),
        ("latin-1", "+!x", "Größe \\u201cx\\u201d is wrong."),
    ],
)
def test_what_an_encoding_does_not_have_is_written_otherwise(monkeypatch, encoding, marks, text):
    monkeypatch.setattr(sys, "stdout", Terminal(encoding))
    lines = [shown(diagnosis) for diagnosis in (GOOD, WARNING, PROBLEM)]
    assert "".join(line[0] for line in lines) == marks
    assert text in lines[2]


def test_long_texts_are_wrapped_and_the_cure_is_below(monkeypatch):
    monkeypatch.setattr(doctor_report, "width", lambda: 80)
    text = shown(Diagnosis("a" * 30, "warning", "word " * 20 + "end.", "Cure it."))
    first, *others, cure = text.splitlines()
    assert first.startswith(f"! {'a' * 30} word")
    assert all(line.startswith(" " * 26) for line in others)
    assert cure == f"{' ' * 26}-> Cure it."


def test_the_mark_is_coloured_where_the_terminal_shows_it(monkeypatch):
    monkeypatch.setattr(doctor_report, "shows_color", lambda: True)
    monkeypatch.setattr(sys, "stdout", Terminal("utf-8"))
    assert shown(GOOD).startswith("\x1b[32m✓\x1b[0m python ")
    assert shown(PROBLEM).startswith("\x1b[31m✗\x1b[0m accounts ")


@pytest.mark.parametrize(
    ("diagnoses", "sentence"),
    [
        ([GOOD], "No problems."),
        ([GOOD, WARNING], "No problems and 1 warning."),
        ([WARNING, WARNING, PROBLEM], "1 problem and 2 warnings."),
        ([PROBLEM, PROBLEM], "2 problems."),
    ],
)
def test_the_end_counts_problems_and_warnings(diagnoses, sentence):
    assert conclusion(diagnoses) == sentence


def test_json_has_every_check_and_a_cure_where_there_is_one():
    found = json.loads(as_json([GOOD, WARNING]))
    assert found == {
        "ok": True,
        "checks": [
            {"check": "python", "level": "ok", "found": "Python 3.13."},
            {
                "check": "state",
                "level": "warning",
                "found": "Others may read it.",
                "cure": "Run chmod.",
            },
        ],
    }
    assert json.loads(as_json([PROBLEM]))["ok"] is False


def test_the_signals_are_those_of_the_command(monkeypatch, capsys):
    ended = []
    monkeypatch.setattr(doctor, "end_with", ended.append)
    doctor._interrupted(signal.SIGTERM, None)
    assert (ended, capsys.readouterr().err) == ([1], "Interrupted.\n")
