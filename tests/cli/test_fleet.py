"""The commands that carry out runs without an AI tool, and show them."""

import csv
import json

import anyio
import pytest
from mcp import Client
from processes import PATIENCE, started
from sandboxed import text_of

from twilio_senders_mcp import cli
from twilio_senders_mcp.changes import SendersByQuery, SetFields
from twilio_senders_mcp.cli import show_runs
from twilio_senders_mcp.http.serving import served
from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN, ONLINE_SENDER, Sandbox
from twilio_senders_mcp.server import create_accounts, create_changes, create_server
from twilio_senders_mcp.settings import load_settings
from twilio_senders_mcp.twilio.requests import UpdateSender

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


async def unattended_run() -> str:
    """A run of all the sandbox's senders that nothing carries out."""
    settings = load_settings()
    accounts = create_accounts(settings)
    changes = create_changes(settings, accounts, sandbox=False)
    try:
        plan = await changes.plan(
            SendersByQuery([accounts.default]), SetFields(UpdateSender(friendly_name="Planned"))
        )
        return (await changes.apply(plan.plan)).run
    finally:
        await changes.aclose()
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
