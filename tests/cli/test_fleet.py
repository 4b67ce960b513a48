"""The commands that carry out runs without an AI tool, and show them."""

import csv
import json
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel
import pytest
from mcp import Client
from processes import PATIENCE, on_a_terminal, started
from sandboxed import text_of

from twilio_senders_mcp import cli
from twilio_senders_mcp.changes import Changes, RunSummary, SendersByQuery, SetFields
from twilio_senders_mcp.cli import fleet, show_runs
from twilio_senders_mcp.http.serving import served
from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN, ONLINE_SENDER, Sandbox
from twilio_senders_mcp.server import create_accounts, create_changes, create_server
from twilio_senders_mcp.settings import load_settings
from twilio_senders_mcp.twilio.requests import UpdateSender

CTRL_C = "\x03"
CHANGE = {"senders": {"query": "owl"}, "set": {"friendly_name": "Planned"}}


@pytest.fixture
def sandbox(monkeypatch, tmp_path):
    """A sandbox on a socket, to which the environment points."""
    sandbox = Sandbox(step_seconds=0)
    with served(sandbox) as url:
        monkeypatch.setenv("TWILIO_ACCOUNT_SID", ACCOUNT_SID)
        monkeypatch.setenv("TWILIO_AUTH_TOKEN", AUTH_TOKEN)
        monkeypatch.setenv("TWILIO_BASE_URL", url)
        monkeypatch.setenv("TWILIO_SENDERS_STATE", str(tmp_path))
        monkeypatch.setenv("TWILIO_SENDERS_POLL", "1")
        yield sandbox


@asynccontextmanager
async def created_changes() -> AsyncIterator[Changes]:
    """Plans and runs that this process does not carry out."""
    settings = load_settings()
    accounts = create_accounts(settings)
    changes = create_changes(settings, accounts, sandbox=False)
    try:
        yield changes
    finally:
        await changes.aclose()
        await accounts.aclose()


async def unattended_run(friendly_name: str = "Planned") -> str:
    """A run of all the sandbox's senders that nothing carries out."""
    settings = load_settings()
    accounts = create_accounts(settings)
    try:
        async with created_changes() as changes:
            selection = SendersByQuery([accounts.default])
            change = SetFields(UpdateSender(friendly_name=friendly_name))
            plan = await changes.plan(selection, change)
            return (await changes.apply(plan.plan)).run
    finally:
        await accounts.aclose()


async def paused_run() -> str:
    """A run that a server began and that was paused before its first sender."""
    async with Client(create_server(load_settings())) as client:

        async def ok(tool, **arguments):
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, text_of(result)
            return result.structured_content

        plan = await ok("plan_changes", **CHANGE)
        run = (await ok("apply_plan", plan=plan["plan"], wait_seconds=0))["run"]
        await ok("control_run", run=run, action="pause")
        await ok("control_run", run=run, action="resume")
        return run


def test_a_worker_finishes_what_a_server_left_and_its_run_is_shown(sandbox, capsys):
    run = anyio.run(paused_run)
    assert cli.run(["worker", "--once"]) == 0
    writes = [request for request in sandbox.requests if request.method == "POST"]
    assert len(writes) == 2
    capsys.readouterr()
    assert cli.run(["runs"]) == 0
    assert capsys.readouterr().out == f"The run {run} is done: of 2 senders, 2 applied.\n"
    assert cli.run(["runs", run]) == 0
    shown = capsys.readouterr().out
    assert f"- whatsapp:+15550100002 ({ONLINE_SENDER}): applied" in shown
    assert cli.run(["runs", run, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["counts"] == {"applied": 2, "waiting": 0}
    assert len(facts["items"]) == 2
    assert cli.run(["runs", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["run"] == run
    assert cli.run(["runs", run, "--csv"]) == 0
    first, _ = csv.DictReader(capsys.readouterr().out.splitlines())
    assert (first["sid"], first["outcome"]) == (ONLINE_SENDER, "applied")
    assert first["friendly_name wanted"] == "Planned"
    assert cli.run(["runs", "--csv"]) == 0
    [row] = csv.DictReader(capsys.readouterr().out.splitlines())
    assert (row["run"], row["state"], row["applied"]) == (run, "done", "2")


def test_every_page_of_a_run_is_printed_in_each_form(sandbox, capsys):
    [senders, *_] = sandbox._senders.values()
    for number in range(20):
        name = {"sender_id": f"whatsapp:+1555{number:07d}", "profile": {"name": "Shop"}}
        senders.create(name, 0)
    run = anyio.run(unattended_run)
    assert cli.run(["runs", run]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + 25
    assert cli.run(["runs", run, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert len({each["sid"] for each in facts["items"]}) == 25
    assert "next_page_token" not in facts
    assert cli.run(["runs", run, "--csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert len({each["sid"] for each in rows}) == 25
    assert {each["outcome"] for each in rows} == {"waiting"}


@pytest.mark.usefixtures("sandbox")
def test_a_reader_of_runs_that_has_read_enough_ends_it(monkeypatch):
    def broken(*_):
        raise BrokenPipeError

    def leave(*_):
        raise SystemExit(0)

    monkeypatch.setattr(show_runs, "print_utf8", broken)
    monkeypatch.setattr(show_runs, "end_process", leave)
    with pytest.raises(SystemExit):
        cli.run(["runs", "--csv"])


def test_one_form_is_chosen(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.run(["runs", "--json", "--csv"])
    assert ended.value.code == 2
    assert "argument --csv: not allowed with argument --json" in capsys.readouterr().err


def test_a_worker_works_until_a_signal(sandbox):
    anyio.run(paused_run)
    with started("worker") as process:
        lines = [process.stderr.readline().decode()]
        while "is done" not in lines[-1] and process.poll() is None:
            lines.append(process.stderr.readline().decode())
        process.terminate()
        assert process.wait(timeout=PATIENCE) == 0
    assert lines[0] == "Carrying out unfinished runs; Ctrl-C ends it.\n"
    assert sum(request.method == "POST" for request in sandbox.requests) == 2


def test_without_runs_there_is_nothing_to_do_or_to_show(sandbox, capsys):
    assert cli.run(["worker", "--once"]) == 0
    assert cli.run(["runs"]) == 0
    assert capsys.readouterr().out == "There are no runs.\n"
    assert not sandbox.requests


def test_a_run_that_does_not_exist_is_refused(sandbox, capsys):
    assert cli.run(["runs", "run-x"]) == 1
    assert "There is no run run-x" in capsys.readouterr().err
    assert not sandbox.requests


def test_a_state_that_cannot_be_used_is_named(sandbox, capsys, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TWILIO_SENDERS_STATE", str(tmp_path / "file" / "state"))
    assert cli.run(["worker", "--once"]) == 1
    assert "cannot be created or written" in capsys.readouterr().err
    assert not sandbox.requests


@pytest.mark.usefixtures("sandbox")
def test_on_a_terminal_a_worker_shows_a_bar_and_then_a_line():
    run = anyio.run(unattended_run)
    with on_a_terminal("worker", "--once", NO_COLOR="1") as (process, terminal):
        shown = terminal.rest()
        assert process.wait(timeout=PATIENCE) == 0
    assert re.search(rf"{run} .*\d/5", shown)
    assert f"The run {run} is done: of 5 senders, 5 applied.\r\n" in shown
    assert f"Run {run} was unfinished and goes on in this process\r\n" in shown
    assert_cursor_is_shown(shown)


@pytest.mark.usefixtures("sandbox")
def test_on_a_terminal_without_control_sequences_a_worker_shows_lines():
    run = anyio.run(unattended_run)
    with on_a_terminal("worker", "--once", TERM="dumb") as (process, terminal):
        shown = terminal.rest()
        assert process.wait(timeout=PATIENCE) == 0
    assert f"The run {run} is done: of 5 senders, 5 applied.\r\n" in shown
    assert "\x1b" not in shown


@pytest.mark.usefixtures("sandbox")
def test_ctrl_c_ends_a_worker_on_a_terminal():
    run = anyio.run(unattended_run)
    with on_a_terminal("worker") as (process, terminal):
        terminal.shows("is done")
        terminal.type(CTRL_C)
        shown = terminal.rest()
        assert process.wait(timeout=PATIENCE) == 0
    assert run in shown
    assert_cursor_is_shown(shown)


@pytest.mark.usefixtures("sandbox")
def test_a_run_is_followed_to_its_end_and_then_reported(capfd):
    run = anyio.run(unattended_run)
    with started("runs", run, "--follow", "--csv") as process:
        first = process.stderr.readline().decode()
        assert first == f"The run {run} is running: of 5 senders, 5 waiting.\n"
        assert cli.run(["worker", "--once"]) == 0
        output, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
    rows = list(csv.DictReader(output.decode().splitlines()))
    assert [row["outcome"] for row in rows] == ["applied"] * 5
    assert errors.decode().endswith(f"The run {run} is done: of 5 senders, 5 applied.\n")
    capfd.readouterr()
    assert cli.run(["runs", run, "--follow"]) == 0
    shown, said = capfd.readouterr()
    assert shown.startswith(f"The run {run} is done: of 5 senders, 5 applied.\n- ")
    assert said == ""


@pytest.mark.usefixtures("sandbox")
def test_ctrl_c_ends_following_with_the_report_as_it_is():
    run = anyio.run(unattended_run)
    words = ("runs", run, "--follow", "--json")
    with on_a_terminal(*words, stdout=subprocess.PIPE, NO_COLOR="1") as (process, terminal):
        terminal.shows(rf"{run} .*0/5")
        terminal.type(CTRL_C)
        shown = terminal.rest()
        assert process.stdout
        facts = json.load(process.stdout)
        assert process.wait(timeout=PATIENCE) == 0
    assert shown.endswith("No longer following; the run is not affected.\r\n")
    assert_cursor_is_shown(shown)
    assert (facts["state"], len(facts["items"])) == ("running", 5)


@pytest.mark.usefixtures("sandbox")
def test_it_is_said_once_if_nothing_carries_out_what_is_followed(monkeypatch, capsys):
    async def follow() -> None:
        run = await unattended_run()
        async with created_changes() as changes:
            looks = 0
            summary = changes.summary

            async def counted(run: str, **others) -> RunSummary:
                nonlocal looks
                looks += 1
                if looks == 4:
                    await changes.control(run, "pause")
                return await summary(run, **others)

            monkeypatch.setattr(changes, "summary", counted)
            await fleet.follow_run(changes, run, unattended_seconds=0)
        assert capsys.readouterr().err == (
            f"The run {run} is running: of 5 senders, 5 waiting.\n"
            "Nothing is carrying it out; start `twilio-senders-mcp worker`.\n"
        )

    monkeypatch.setattr(fleet, "_LOOK_SECONDS", 0)
    anyio.run(follow)


@pytest.mark.usefixtures("sandbox")
def test_to_follow_takes_a_run_that_exists(capsys):
    assert cli.run(["runs", "--follow"]) == 2
    assert capsys.readouterr().err.endswith("--follow needs the RUN to follow\n")
    assert cli.run(["runs", "run-x", "--follow"]) == 1
    assert "There is no run run-x" in capsys.readouterr().err


def assert_cursor_is_shown(shown: str) -> None:
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")
