"""The report on a run: complete for a small run, bounded for a large one, and safe to render."""

from typing import Any

import pytest
from fleet import Fleet, served
from markdown_it import MarkdownIt

from twilio_senders_mcp.changes import (
    Changes,
    SendersByQuery,
    SetFields,
    StateSettings,
)
from twilio_senders_mcp.sandbox import Fault
from twilio_senders_mcp.tools.run_report import SENDERS_BYTES, run_report
from twilio_senders_mcp.twilio.requests import UpdateSender

pytestmark = pytest.mark.anyio

WAIT = 60
NASTY = '**x** <b>[a](http://e.example)</b> `code` | "q"\nwww.e.example'


@pytest.fixture
def fleet():
    with served(Fleet()) as each:
        yield each


async def report_of(fleet: Fleet, place, then=None, *, several=False, **fields: Any) -> str:
    """The report on a run that sets these fields, after ``then`` has changed something."""
    async with fleet.accounts() as accounts:
        changes = Changes(
            StateSettings(fleet.owner, str(place)), accounts, pace=1000, poll_seconds=0.01
        )
        async with changes:
            selection = SendersByQuery(accounts.all)
            plan = await changes.plan(selection, SetFields(UpdateSender.model_validate(fields)))
            if then:
                then()
            run = await changes.apply(plan.plan, canary=0, stop_after=1000)
            run = await changes.wait(run.run, seconds=WAIT)
            return await run_report(changes, run.run, several=several)


async def test_problems_come_first_with_their_meaning_their_fields_and_the_cure(fleet, tmp_path):
    good, changed, refused = fleet.add(3)

    def meanwhile():
        fleet.change(changed, profile={"about": "Closed"})
        body = b'{"code": 63100, "message": "No **bold** names", "status": 400}'
        fleet.fail("POST", refused, Fault(status=400, body=body))

    report = await report_of(fleet, tmp_path, meanwhile, profile={"about": "Open"})
    lines = report.splitlines()
    assert lines[0].startswith("# Run run-")
    assert lines[2].endswith("is done: of 3 senders, 1 applied, 1 in conflict, 1 refused.")
    assert lines[4].startswith("- Planned: the same fields of all senders (`set`), in the plan pl")
    assert [line for line in lines if line.startswith("## ")] == [
        "## Problems (2)",
        "## Other senders (1)",
    ]
    assert "**In conflict**: somebody changed a field after the plan was made" in report
    conflict = lines.index(f"- `whatsapp:+15550000002` ({changed}): in conflict")
    assert lines[conflict + 1] == (
        '    - `profile.about`: before `"Open daily"`, wanted `"Open"`, found `"Closed"`'
    )
    refusal = next(number for number, line in enumerate(lines) if f"({refused})" in line)
    assert r'"No \*\*bold\*\* names"' in lines[refusal]
    assert lines[refusal + 1] == '    - `profile.about`: before `"Open daily"`, wanted `"Open"`'
    assert lines[-1] == f"- `whatsapp:+15550000000` ({good}): applied"


async def test_text_from_outside_cannot_format_the_report(fleet, tmp_path):
    [sid] = fleet.add(1)
    report = await report_of(
        fleet,
        tmp_path,
        lambda: fleet.change(sid, profile={"about": NASTY}),
        several=True,
        profile={"about": "Open"},
    )
    tokens = MarkdownIt().parse(report)
    inline = [child for token in tokens for child in token.children or []]
    assert not {"link_open", "html_inline", "image"} & {token.type for token in inline}
    assert [token.content for token in tokens if token.type == "html_block"] == []
    [shown] = [token.content for token in inline if "e.example" in token.content]
    assert shown == "\"**x** <b>[a](http://e.example)</b> `code` | 'q' www.e.example\""
    assert f'({sid}) in `"main"`: in conflict' in report


async def test_a_name_that_is_reviewed_is_no_problem(fleet, tmp_path):
    fleet.freeze_reviews = True
    fleet.add(1)
    report = await report_of(fleet, tmp_path, profile={"name": "Another name"})
    assert "## Problems" not in report
    assert ": pending review" in report
    assert "- Impact: " in report


async def test_a_field_that_the_channel_does_not_have_says_so(fleet, tmp_path):
    fleet.add_rcs()
    report = await report_of(fleet, tmp_path, profile={"about": "Open"})
    assert "`profile.about`: different (its channel does not have this field); before `null`" in (
        report
    )


async def test_many_fields_of_a_problem_are_counted(fleet, tmp_path):
    [sid] = fleet.add(1)
    fleet.fail("POST", sid, Fault(status=400, body=b"{}"))
    webhook = {"callback_url": "https://n.example.com", "status_callback_url": "https://n.example"}
    profile = {
        "about": "Open",
        "address": "1 Mill Lane",
        "description": "Bread",
        "logo_url": "https://n.example.com/logo.png",
        "vertical": "Food and Grocery",
    }
    report = await report_of(fleet, tmp_path, webhook=webhook, profile=profile)
    assert report.endswith("    - and 1 more field\n")


async def test_a_large_run_is_cut_and_says_how_to_see_the_rest(fleet, tmp_path):
    sids = fleet.add(150)

    def meanwhile():
        for sid in sids[:75]:
            fleet.change(sid, profile={"about": "\U0001f950" * 100})

    report = await report_of(fleet, tmp_path, meanwhile, profile={"about": "Open"})
    shown = sum(line.startswith("- `whatsapp:") for line in report.splitlines())
    assert len(report.encode()) < SENDERS_BYTES + 2_000
    assert f"\nThis report leaves out {150 - shown} senders. `follow_run` with" in report
    assert report.endswith("--csv`.\n")


async def test_a_run_that_is_not_over_says_that_the_report_is_not_final(fleet, tmp_path):
    fleet.add(2)
    async with fleet.accounts() as accounts:
        changes = Changes(StateSettings(fleet.owner, str(tmp_path)), accounts)
        plan = await changes.plan(
            SendersByQuery(accounts.all), SetFields(UpdateSender(friendly_name="x"))
        )
        run = await changes.apply(plan.plan)
        running = await run_report(changes, run.run, several=False)
        await changes.control(run.run, "pause")
        paused = await run_report(changes, run.run, several=False)
        await changes.aclose()
    assert "The run is unfinished, so this report is not final." in running
    assert running.count(": waiting") == 2
    assert "It can be resumed or cancelled." not in running
    assert "It can be resumed or cancelled." in paused
    assert "- Ended" not in paused


async def test_an_undo_names_the_run_that_it_takes_back(fleet, tmp_path):
    fleet.add(1)
    async with fleet.accounts() as accounts:
        changes = Changes(
            StateSettings(fleet.owner, str(tmp_path)), accounts, pace=1000, poll_seconds=0.01
        )
        async with changes:
            selection = SendersByQuery(accounts.all)
            plan = await changes.plan(selection, SetFields(UpdateSender(friendly_name="x")))
            first = await changes.apply(plan.plan)
            await changes.wait(first.run, seconds=WAIT)
            undo = await changes.apply((await changes.plan_undo(first.run)).plan)
            await changes.wait(undo.run, seconds=WAIT)
            report = await run_report(changes, undo.run, several=False)
    assert f"- Takes back: {first.run}" in report
    assert "(`undo`)" in report
    assert "- Ended: " in report
