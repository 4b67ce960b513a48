"""The commands `install` and `uninstall`, as a person runs them."""

import builtins
import os
import pty
import signal
import subprocess
import tomllib
from pathlib import Path

import pytest
from processes import COMMAND, PATIENCE, initialize, started

from twilio_senders_mcp.cli import install as command
from twilio_senders_mcp.cli import run

CREDENTIALS = {
    "TWILIO_ACCOUNT_SID": "AC" + "5" * 32,
    "TWILIO_API_KEY": "SK" + "5" * 32,
    "TWILIO_API_SECRET": "5b" * 16,
}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home of its own, and a project as the current folder; nobody is at the terminal."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "GEMINI_CLI_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    monkeypatch.setattr("sys.stdin", None)
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    yield tmp_path
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def answering(monkeypatch):
    """Put a person at the terminal who gives an answer, or raises one."""

    class Terminal:
        def isatty(self):
            return True

    def answer(text):
        def respond(question):
            assert question.endswith("[y/N] ")
            if isinstance(text, str):
                return text
            raise text

        monkeypatch.setattr("sys.stdin", Terminal())
        monkeypatch.setattr(builtins, "input", respond)

    return answer


def servers(home):
    return tomllib.loads((home / ".codex" / "config.toml").read_text())["mcp_servers"]


def test_the_command_that_is_written_starts_from_any_folder(home):
    assert run(["install", "codex", "--sandbox", "--read-only", "--yes"]) == 0
    server = servers(home)["twilio-senders-sandbox"]
    assert Path(server["command"]).is_absolute()
    assert server["args"] == ["--sandbox", "--read-only"]
    with started(command=[server["command"], *server["args"]], PATH="/nowhere") as process:
        initialize(process)


def test_what_was_installed_is_taken_out(home, capsys):
    assert run(["install", "claude-code", "--sandbox", "--yes"]) == 0
    assert run(["uninstall", "claude-code", "--yes"]) == 0
    assert not (home / ".claude.json").exists()
    assert run(["uninstall", "claude-code", "--yes"]) == 1
    assert "has no entry of this server" in capsys.readouterr().err


def test_in_a_project_its_file_is_written(home):
    assert run(["install", "claude-code", "--project", "--sandbox", "--name", "mine", "--yes"]) == 0
    assert '"mine"' in (home / "project" / ".mcp.json").read_text()
    assert run(["uninstall", "claude-code", "--project", "--name", "mine", "--yes"]) == 0
    assert list((home / "project").iterdir()) == []


def test_without_a_client_the_clients_are_listed(home, capsys):
    run(["install", "codex", "--sandbox", "--yes"])
    capsys.readouterr()
    for words in (["install"], ["uninstall"], ["install", "--project"]):
        assert run(words) == 0
    lines = capsys.readouterr().out.splitlines()
    path = home / ".codex" / "config.toml"
    assert f"codex           yes    twilio-senders-sandbox  {path}" in lines
    assert any(line.endswith(str(home / "project" / ".mcp.json")) for line in lines)


@pytest.mark.parametrize(("answer", "status"), [("y", 0), (" Yes", 0), ("", 1), ("n", 1)])
def test_the_answer_of_the_person_counts(home, answering, answer, status):
    answering(answer)
    assert run(["install", "codex", "--sandbox"]) == status
    assert (home / ".codex").exists() == (status == 0)


@pytest.mark.parametrize("end", [EOFError(), KeyboardInterrupt()])
def test_an_answer_that_is_not_given_is_a_no(home, answering, end):
    answering(end)
    assert run(["install", "codex", "--sandbox"]) == 1
    assert not (home / ".codex").exists()


def test_without_a_terminal_nothing_is_written(home, capsys):
    assert run(["install", "codex", "--sandbox"]) == 2
    assert "no terminal at which to ask" in capsys.readouterr().err
    assert not (home / ".codex").exists()


def test_a_dry_run_writes_nothing(home, capsys):
    assert run(["install", "codex", "--sandbox", "--dry-run"]) == 0
    assert "+[mcp_servers.twilio-senders-sandbox]" in capsys.readouterr().out
    assert list(home.iterdir()) == [home / "project"]


def test_on_a_terminal_the_difference_is_coloured(monkeypatch, capsys):
    monkeypatch.setattr(command, "shows_color", lambda: True)
    run(["install", "codex", "--sandbox", "--dry-run"])
    assert "\x1b[32m+[mcp_servers.twilio-senders-sandbox]\x1b[0m" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["install", "claude"], "did you mean claude-code?"),
        (["install", "codex", "--name", "a b"], "expected at most 40 letters, digits and - _"),
        (["uninstall", "codex", "--sandbox"], "unrecognized arguments: --sandbox"),
        (["uninstall", "codex", "--read-only"], "unrecognized arguments: --read-only"),
    ],
)
def test_words_that_cannot_be_used_end_it_with_status_2(words, said, capsys):
    with pytest.raises(SystemExit) as ended:
        run(words)
    assert ended.value.code == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_missing_values_end_it_with_status_2(capsys):
    assert run(["install", "claude-desktop", "--yes"]) == 2
    assert "set TWILIO_ACCOUNT_SID and TWILIO_API_KEY and" in capsys.readouterr().err


def test_settings_that_cannot_be_used_are_refused_before_they_are_written(
    home, monkeypatch, capsys
):
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "SK" + "5" * 32)
    assert run(["install", "cursor", "--yes"]) == 2
    assert "TWILIO_ACCOUNT_SID: this is an API key" in capsys.readouterr().err
    assert not (home / ".cursor").exists()


def test_a_person_at_a_real_terminal_is_asked(home):
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "install", "claude-desktop"],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, **CREDENTIALS, "NO_COLOR": "1"},
    )
    os.close(terminal)
    try:
        shown = b""
        while b"[y/N] " not in shown:
            shown += os.read(controller, 4096)
        os.write(controller, b"y\n")
        assert process.wait(timeout=PATIENCE) == 0
    finally:
        process.kill()
        process.wait(timeout=PATIENCE)
        os.close(controller)
    assert CREDENTIALS["TWILIO_API_SECRET"].encode() not in shown
    secrets = home / ".config" / "twilio-senders-mcp" / "secrets"
    [secret] = secrets.iterdir()
    assert secret.read_text().strip() == CREDENTIALS["TWILIO_API_SECRET"]
