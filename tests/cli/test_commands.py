"""The command line in process: what its words choose, and how it refuses them."""

import signal
from dataclasses import replace

import pytest

from twilio_senders_mcp.__main__ import main
from twilio_senders_mcp.cli import demo, demonstrate, parser, reporting, run, survey
from twilio_senders_mcp.cli.commands import COMMANDS, WITHOUT_A_COMMAND
from twilio_senders_mcp.cli.demo import many_senders, one_sender
from twilio_senders_mcp.protocol.jobs import JOBS
from twilio_senders_mcp.protocol.skills import Skill
from twilio_senders_mcp.sandbox import FLORIST_SENDER, OFFLINE_SENDER, ONLINE_SENDER
from twilio_senders_mcp.settings import SETTINGS


@pytest.fixture(autouse=True)
def restored_signals():
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def chosen(monkeypatch):
    """Replace what each command does by noting that it was chosen."""
    runs = []

    def noting(command):
        def note(options, settings):
            runs.append((command.name, options, settings))
            return 0

        return replace(command, run=note)

    monkeypatch.setattr(parser, "COMMANDS", tuple(noting(command) for command in COMMANDS))
    monkeypatch.setattr(parser, "WITHOUT_A_COMMAND", noting(WITHOUT_A_COMMAND))
    return runs


@pytest.mark.parametrize(
    ("words", "name", "values"),
    [
        ([], "", {"sandbox": False}),
        (["--sandbox"], "", {"sandbox": True}),
        (["http"], "http", {"sandbox": False, "host": "127.0.0.1", "port": 8000}),
        (["http", "--sandbox", "--port", "9"], "http", {"sandbox": True, "port": 9}),
        (["--sandbox", "http"], "http", {"sandbox": True}),
        (["sandbox"], "sandbox", {"port": 4010}),
        (["demo"], "demo", {}),
        (["docs", "x"], "docs", {"folder": "x"}),
        (["check", "XE" + "0" * 32, "--sandbox"], "check", {"sandbox": True, "account": ""}),
        (["survey", "--account", "Bakery"], "survey", {"account": "Bakery"}),
        (["survey"], "survey", {"account": "*", "sandbox": False}),
        (["worker", "--once"], "worker", {"once": True}),
        (["runs"], "runs", {"run": "", "form": "text"}),
        (["runs", "run-1", "--csv"], "runs", {"run": "run-1", "form": "csv"}),
        (["install", "--sandbox"], "install", {"client": None, "sandbox": True, "yes": False}),
        (["uninstall", "--dry-run"], "uninstall", {"client": None, "dry_run": True}),
        (["completion", "fish"], "completion", {"shell": "fish"}),
    ],
)
def test_the_words_choose_a_command(chosen, words, name, values):
    assert run(words) == 0
    [(command, options, _)] = chosen
    assert command == name
    assert {key: getattr(options, key) for key in values} == values


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_example_of_a_command_can_be_parsed(command):
    program, *words = command.example.split()
    assert program == "twilio-senders-mcp"
    assert parser.parse(words).command is command


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_help_of_a_command_has_its_example(command, capsys):
    with pytest.raises(SystemExit):
        run([command.name, "--help"])
    assert f"Example: {command.example}" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("before", [[], ["http"]])
def test_flags_become_settings_in_both_serving_forms(chosen, before):
    flags = ["--region", "ie1", "--edge", "dublin", "--timeout", "7", "--log-level", "info"]
    run([*before, *flags, "--read-only", "--tools", "get_sender,list_docs"])
    [(_, _, settings)] = chosen
    assert (
        settings.accounts[0].address.url("messaging") == "https://messaging.dublin.ie1.twilio.com"
    )
    assert settings.twilio_senders_timeout == 7
    assert settings.twilio_senders_log_level == "info"
    assert settings.twilio_senders_read_only is True
    assert settings.twilio_senders_tools == ("get_sender", "list_docs")


def test_a_flag_before_the_command_counts_and_one_after_it_goes_first(chosen):
    run(["--base-url", "https://a.example", "--timeout", "7", "http", "--timeout", "8"])
    [(_, _, settings)] = chosen
    assert (settings.accounts[0].address.base_url, settings.twilio_senders_timeout) == (
        "https://a.example",
        8,
    )


@pytest.mark.parametrize(
    "words",
    [
        ["--sandbx"],
        ["--sandbox", "sandbox"],
        ["--edge", "x", "demo"],
        ["--sand"],
        ["http", "--sand"],
        ["demo", "--edge", "x"],
        ["--log-level", "info", "sandbox"],
        ["--region"],
        ["serve"],
        ["http", "--port", "x"],
        ["http", "--port", "65536"],
    ],
)
def test_a_word_that_is_not_known_is_refused_with_status_2(words, capsys):
    with pytest.raises(SystemExit) as ended:
        run(words)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_the_docs_name_the_address_that_is_given(tmp_path, capsys):
    assert run(["docs", str(tmp_path), "--mcp-url", "https://mcp.example.com/mcp"]) == 0
    assert "https://mcp.example.com/mcp" in (tmp_path / "index.html").read_text("utf-8")
    capsys.readouterr()
    with pytest.raises(SystemExit):
        run(["docs", str(tmp_path), "--mcp-url", "mcp.example.com"])
    assert "expected an http or https URL" in capsys.readouterr().err


def test_the_docs_are_written_to_a_folder(tmp_path, capsys):
    folder = tmp_path / "site"
    assert run(["docs", str(folder)]) == 0
    assert (folder / "index.html").is_file()
    assert f"pages are in {folder}" in capsys.readouterr().out


def test_the_skills_are_written_to_a_folder(tmp_path, capsys):
    folder = tmp_path / "skills"
    for _ in range(2):
        assert run(["skills", str(folder)]) == 0
        assert capsys.readouterr().out == f"{len(JOBS)} skills are in {folder}\n"
    written = {file.parent.name: file.read_text("utf-8") for file in folder.glob("*/SKILL.md")}
    assert written == {Skill(job).name: Skill(job).markdown for job in JOBS}


@pytest.mark.parametrize("command", ["docs", "skills"])
def test_a_folder_that_cannot_be_written_is_said_so(command, tmp_path, capsys):
    taken = tmp_path / "site"
    taken.write_text("")
    assert run([command, str(taken)]) == 1
    assert f"cannot write to {taken}: " in capsys.readouterr().err


WITH_SANDBOX = (
    "--sandbox applies only without a command, or with http, doctor, check, survey or install"
)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--sandbx"], "unknown flag --sandbx; did you mean --sandbox?"),
        (["http", "--time=5"], "unknown flag --time; did you mean --timeout?"),
        (
            ["--sandbox", "demo"],
            WITH_SANDBOX,
        ),
        (
            ["--sandbox", "worker"],
            WITH_SANDBOX,
        ),
        (
            ["--tools", "x", "docs", "y"],
            (
                "--tools applies only without a command, "
                "or with http, doctor, check, survey, worker, runs or install"
            ),
        ),
    ],
)
def test_a_flag_that_cannot_be_used_is_named(words, said, capsys):
    with pytest.raises(SystemExit):
        run(words)
    assert capsys.readouterr().err.endswith(f"twilio-senders-mcp: error: {said}\n")


@pytest.mark.parametrize("name", ["account-sid", "auth-token", "api-key", "api-secret", "password"])
@pytest.mark.parametrize("before", [[], ["http"]])
@pytest.mark.parametrize("form", ["--{} hunter2", "--{}=hunter2", "--twilio-{} hunter2"])
def test_no_flag_takes_a_credential_and_its_value_is_not_repeated(name, before, form, capsys):
    with pytest.raises(SystemExit) as ended:
        run([*before, *form.format(name).split()])
    assert ended.value.code == 2
    assert "hunter2" not in capsys.readouterr().err


@pytest.mark.parametrize("before", [[], ["http"]])
def test_help_explains_every_flag_of_a_setting(before, capsys):
    with pytest.raises(SystemExit) as ended:
        run([*before, "--help"])
    assert ended.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    for name, setting in SETTINGS.items():
        if setting.flag:
            assert setting.flag in shown
            assert f"{setting.description.replace('`', '')} ({name.upper()}" in shown
    assert (
        "Timeout of one request to Twilio, in seconds. (TWILIO_SENDERS_TIMEOUT, default 30)"
        in shown
    )


def test_a_setting_that_cannot_be_used_ends_it_with_status_2(capsys):
    assert run(["--timeout", "never"]) == 2
    said = capsys.readouterr().err
    assert said == (
        "twilio-senders-mcp: TWILIO_SENDERS_TIMEOUT: expected a number of seconds, above 0 to 600\n"
    )


@pytest.mark.parametrize("before", [[], ["http", "--port", "0"]])
def test_an_unknown_tool_ends_it_with_status_2(before, capsys):
    assert run([*before, "--tools", "get_sendr,zzz"]) == 2
    assert capsys.readouterr().err == (
        "twilio-senders-mcp: TWILIO_SENDERS_TOOLS: "
        "unknown tool get_sendr; did you mean get_sender?\n"
        "twilio-senders-mcp: TWILIO_SENDERS_TOOLS: unknown tool zzz\n"
    )


def test_a_demo_step_that_fails_ends_it_with_status_1(monkeypatch, capsys):
    call = {**one_sender._GOOD_CALL, "profile": {"name": "Another"}}
    monkeypatch.setattr(one_sender, "_GOOD_CALL", call)
    assert run(["demo"]) == 1
    assert "the demo failed: the profile that arrived is another" in capsys.readouterr().err


def test_a_conflict_that_the_demo_does_not_find_fails_it(monkeypatch, capsys):
    monkeypatch.setattr(many_senders, "_OTHER", "https://old.example.com/inbound")
    assert run(["demo"]) == 1
    said = "the demo failed: the run did not apply four and find one conflict"
    assert said in capsys.readouterr().err


def test_a_reader_of_the_demo_that_has_read_enough_ends_it(monkeypatch):
    def say(text, *_):
        if text == "\n== the result":
            raise BrokenPipeError

    def leave(*_):
        raise SystemExit(0)

    monkeypatch.setattr(demo, "demo", lambda _: many_senders.change_many_senders(say))
    monkeypatch.setattr(demonstrate, "end_process", leave)
    with pytest.raises(SystemExit):
        run(["demo"])


@pytest.fixture
def short_demo(monkeypatch):
    """Replace the demo by one that shows a heading of two lines and a text."""

    async def demonstrate(say):
        say("\nHeading\nin two lines", "heading")
        say("text")

    monkeypatch.setattr(demo, "demo", demonstrate)


PLAIN = "\nHeading\nin two lines\ntext\n"
COLORED = "\n\x1b[1;36mHeading\x1b[0m\n\x1b[1;36min two lines\x1b[0m\ntext\n"


@pytest.mark.usefixtures("short_demo")
@pytest.mark.parametrize(
    ("is_terminal", "environment", "shown"),
    [
        (True, {"TERM": "xterm"}, COLORED),
        (True, {"TERM": "xterm", "NO_COLOR": ""}, COLORED),
        (True, {"TERM": "xterm", "NO_COLOR": "0"}, PLAIN),
        (True, {"TERM": "dumb"}, PLAIN),
        (True, {"TERM": ""}, PLAIN),
        (True, {}, PLAIN),
        (False, {"TERM": "xterm"}, PLAIN),
    ],
)
def test_the_demo_is_coloured_where_terminal_and_environment_allow_it(
    monkeypatch, capsys, is_terminal, environment, shown
):
    for name in ("TERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal)
    assert run(["demo"]) == 0
    assert capsys.readouterr().out == shown


def test_the_command_reads_this_processs_words(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["twilio-senders-mcp", "--version"])
    monkeypatch.setattr("gc.disable", lambda: None)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("twilio-senders-mcp ")


@pytest.mark.parametrize("in_color", [True, False])
def test_a_check_up_is_a_table_whose_status_tells_whether_the_sender_is_blocked(
    in_color, monkeypatch, capsys
):
    monkeypatch.setenv("COLUMNS", "90")
    monkeypatch.setattr(reporting, "shows_color", lambda: in_color)
    assert run(["check", OFFLINE_SENDER, "--sandbox", "--no-probe"]) == 1
    lines = capsys.readouterr().out.splitlines()
    heading = "whatsapp:+15550100003 is blocked (3 failed, 10 warnings)."
    assert lines[0] == (f"\x1b[1;36m{heading}\x1b[0m" if in_color else heading)
    fail = "\x1b[31mFAIL    \x1b[0m" if in_color else "FAIL    "
    assert lines[2].startswith(f'{fail}status        It is OFFLINE, reason "63020": ')
    assert "                      -> Accept Twilio's invitation in Meta Business Manager." in lines
    assert all(len(line) <= (110 if in_color else 90) for line in lines)


def test_a_check_up_of_a_good_sender_ends_with_status_0(capsys):
    assert run(["check", ONLINE_SENDER, "--sandbox", "--no-probe"]) == 0
    assert capsys.readouterr().out.startswith("whatsapp:+15550100002 is ready: no check failed; ")


def test_a_sender_of_another_account_is_checked_by_its_name(capsys):
    words = ["check", FLORIST_SENDER, "--sandbox", "--sandbox-accounts", "--no-probe"]
    assert run([*words, "--account", "Florist"]) == 1
    assert capsys.readouterr().out.startswith("whatsapp:+15550100021 is blocked")
    assert run(words) == 1
    assert "20404" in capsys.readouterr().err


def test_a_survey_is_a_table_of_counts_and_of_what_needs_attention(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "90")
    assert run(["survey", "--sandbox"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("5 senders, 3 ONLINE.\n\nstatus        ONLINE 3, OFFLINE 1, PENDING")
    assert "\nneeds attention\noffline:63020" in out
    assert f"  {OFFLINE_SENDER}\n" in out
    assert run(["survey", "--sandbox", "--sandbox-accounts"]) == 0
    assert capsys.readouterr().out.startswith("9 senders in 3 accounts, 6 ONLINE.")


def test_a_report_that_cannot_be_made_says_why(capsys):
    assert run(["check", "XE" + "0" * 32, "--sandbox"]) == 1
    assert "twilio-senders-mcp: Twilio refused the request (HTTP 404" in capsys.readouterr().err
    assert run(["survey", "--sandbox", "--sandbox-accounts", "--account", "Bakry"]) == 1
    assert "did you mean" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run(["check", "+15550100002"])
    assert "expected a sender's SID" in capsys.readouterr().err


def test_a_reader_of_a_report_that_has_read_enough_ends_it(monkeypatch):
    def broken(*_):
        raise BrokenPipeError

    def leave(*_):
        raise SystemExit(0)

    monkeypatch.setattr(survey, "print_report", broken)
    monkeypatch.setattr(reporting, "end_process", leave)
    with pytest.raises(SystemExit):
        run(["survey", "--sandbox"])
