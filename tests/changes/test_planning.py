"""What is read for a plan, and what it says."""

import json
from dataclasses import asdict

import pytest
from fleet import NEW, OLD, FakeAccounts, Fleet
from sqlalchemy import text

from twilio_senders_mcp.changes import (
    Changes,
    PlanView,
    ReplaceHost,
    SendersByQuery,
    SendersBySid,
    SetFields,
    SetRows,
    StateSettings,
    errors,
)
from twilio_senders_mcp.sandbox import Fault
from twilio_senders_mcp.twilio.errors import Refused
from twilio_senders_mcp.twilio.requests import Profile, UpdateSender, Webhook

pytestmark = pytest.mark.anyio
MOVE = ReplaceHost("old.example.com", "new.example.com")
ABSENT = "XE" + "0" * 32
RENAME = SetFields(UpdateSender(profile=Profile(name="Owl Cakes")))


@pytest.fixture
async def accounts(fleet: Fleet):
    async with fleet.accounts() as each:
        yield each


@pytest.fixture
async def changes(fleet: Fleet, accounts: FakeAccounts, tmp_path):
    each = Changes(StateSettings(fleet.owner, str(tmp_path)), accounts)
    yield each
    await each.aclose()


def named(*sids: str, account: str = "main") -> SendersBySid:
    return SendersBySid([(account, sid) for sid in sids])


def reasons(plan: PlanView) -> list[tuple[str, str]]:
    return [(each.sid, each.reason) for each in plan.skipped]


async def test_a_plan_names_each_field_that_differs(changes, fleet):
    one, other = fleet.add(2)
    fleet.change(other, webhook={"callback_url": NEW})
    plan = await changes.plan(named(one, other), MOVE)
    [item] = plan.items
    assert (item.sid, item.account, item.status) == (one, "main", "ONLINE")
    [field] = item.fields
    assert (field.field, field.before, field.after) == ("webhook.callback_url", OLD, NEW)
    assert (plan.counts.senders, plan.counts.changes, plan.counts.unchanged) == (2, 1, 1)
    assert plan.run is None
    assert fleet.updates.total() == 0


async def test_rows_give_each_sender_its_own_fields(changes, fleet):
    one, other = fleet.add(2)
    rows = {
        one: UpdateSender(profile=Profile(about="One")),
        other: UpdateSender(webhook=None, profile=Profile(about="Other")),
    }
    plan = await changes.plan(named(one, other), SetRows(rows))
    assert plan.kind == "rows"
    assert [[each.field for each in item.fields] for item in plan.items] == [
        ["profile.about"],
        ["webhook.callback_url", "webhook.callback_method", "profile.about"],
    ]


async def test_unknown_and_foreign_senders_are_skipped_with_the_reason(changes, fleet, accounts):
    [sid] = fleet.add(1)
    async with fleet.accounts(name="archive", sid="AC" + "3" * 32, read_only=True) as archive:
        accounts.all += archive.all
        two = [("nobody", ABSENT[:-1] + "1"), ("archive", ABSENT[:-1] + "2")]
        chosen = SendersBySid([("main", sid), ("main", ABSENT), *two])
        plan = await changes.plan(chosen, MOVE)
    assert sorted(reasons(plan)) == sorted(
        [
            (ABSENT, "not_found"),
            (ABSENT[:-1] + "1", "unknown_account"),
            (ABSENT[:-1] + "2", "read_only"),
        ]
    )
    assert (plan.counts.senders, plan.counts.changes, plan.counts.skipped) == (4, 1, 3)


async def test_a_sender_that_cannot_be_read_is_skipped_with_the_failure(changes, fleet):
    one, other = fleet.add(2)
    fleet.fail("GET", other, Fault(status=403))
    plan = await changes.plan(named(one, other), MOVE)
    [skipped] = plan.skipped
    assert (skipped.sid, skipped.reason) == (other, "read_failed")
    assert skipped.failure is not None
    assert skipped.failure["http_status"] == 403


async def test_if_no_sender_can_be_read_the_failure_is_raised(changes, fleet):
    [sid] = fleet.add(1)
    fleet.fail("GET", sid, Fault(status=403))
    with pytest.raises(Refused):
        await changes.plan(named(sid), MOVE)


async def test_what_cannot_be_planned_is_refused_before_anything_is_read(changes, fleet):
    [sid] = fleet.add(1)
    code = UpdateSender.model_validate({"configuration": {"verification_code": "123456"}})
    for selection, change, error in [
        (named(), MOVE, errors.NothingSelected),
        (named(sid, sid), MOVE, errors.NamedTwice),
        (named(*[f"XE{number:032x}" for number in range(1001)]), MOVE, errors.TooManySenders),
        (named(sid), SetFields(code), errors.CodeNotPlannable),
        (named(sid), SetRows({sid: code}), errors.CodeNotPlannable),
        (named(sid), ReplaceHost("https://a.example", "b.example"), errors.UnusableHost),
        (named(sid), ReplaceHost("a.example", ""), errors.UnusableHost),
    ]:
        with pytest.raises(error):
            await changes.plan(selection, change)
    assert fleet.fetches.total() == fleet.lists == 0


async def test_a_query_selects_from_the_list(changes, fleet, accounts):
    fleet.add(5)
    fleet.add_rcs()
    everything = SendersByQuery(accounts.all)
    plan = await changes.plan(everything, MOVE)
    assert (plan.counts.senders, plan.counts.changes) == (6, 5)
    two = SendersByQuery(accounts.all, "whatsapp", query="shop 2", status="online")
    assert (await changes.plan(two, MOVE)).counts.senders == 1
    with pytest.raises(errors.NothingSelected):
        await changes.plan(SendersByQuery(accounts.all, query="nobody"), MOVE)
    assert fleet.fetches.total() == 0


async def test_a_query_of_a_read_only_account_skips_its_senders(changes, fleet):
    fleet.add(2)
    async with fleet.accounts(read_only=True) as closed:
        plan = await changes.plan(SendersByQuery(closed.all), MOVE)
    assert [each.reason for each in plan.skipped] == ["read_only", "read_only"]


async def test_a_query_for_too_many_senders_is_refused(changes, fleet, accounts):
    fleet.add(1001)
    with pytest.raises(errors.TooManySenders) as refused:
        await changes.plan(SendersByQuery(accounts.all), MOVE)
    assert (refused.value.count, refused.value.limit) == (1001, 1000)


async def test_a_list_that_is_cut_off_is_said_so(changes, fleet, accounts):
    fleet.add(1)
    listed = {"senders": [fleet.shown(fleet.sandbox.sids()[0])], "meta": {"next_page_url": "x"}}
    fleet.sandbox.inject(Fault(body=json.dumps(listed)))
    plan = await changes.plan(SendersByQuery(accounts.all, "whatsapp"), MOVE)
    assert "further senders may match" in plan.impacts[0]


async def test_senders_whose_name_would_change_are_fetched(changes, fleet, accounts):
    sids = fleet.add(3)
    plan = await changes.plan(SendersByQuery(accounts.all, "whatsapp"), RENAME)
    assert plan.counts.changes == 3
    assert fleet.fetches == dict.fromkeys(sids, 1)


async def test_many_named_senders_are_looked_up_in_the_list_and_the_rest_fetched(changes, fleet):
    sids = fleet.add(30)
    told: list[tuple[int, int]] = []

    async def progress(done: int, total: int) -> None:
        told.append((done, total))

    plan = await changes.plan(named(*sids, ABSENT), MOVE, progress=progress)
    assert [item.sid for item in plan.items] == sids[:20]
    assert reasons(plan) == [(ABSENT, "not_found")]
    assert fleet.fetches == {ABSENT: 1}
    assert told[0] == (0, 31)
    assert told[-1] == (31, 31)


async def test_named_senders_are_fetched_if_the_list_cannot_be_read(changes, fleet):
    sids = fleet.add(21)
    fleet.sandbox.inject(Fault(status=403, times=2))
    plan = await changes.plan(named(*sids), MOVE)
    assert plan.counts.changes == 21
    assert fleet.fetches == dict.fromkeys(sids, 1)


async def test_a_plan_of_1000_senders_stays_small(changes, fleet):
    plan = await changes.plan(named(*fleet.add(1000)), MOVE)
    assert plan.counts.changes == 1000
    assert len(json.dumps(asdict(plan))) <= 12_000
    assert (plan.canary, plan.stop_after) == (1, 50)


async def test_limits_of_a_small_plan(changes, fleet):
    plan = await changes.plan(named(*fleet.add(5)), MOVE)
    assert (plan.canary, plan.stop_after) == (0, 3)


async def test_what_an_undo_cannot_restore_is_skipped_with_the_reason(changes, fleet):
    old, taken = fleet.add(2)
    unusual = {"callback_url": "not a url", "callback_method": "POST"}
    fleet.senders._get(old, 0).webhook = unusual
    body = UpdateSender(webhook=Webhook(callback_url=NEW))
    plan = await changes.plan(named(old, taken), SetFields(body))
    run = await changes.apply(plan.plan)
    await changes.control(run.run, "cancel")
    # As the executor leaves them: sent, whatever became of them.

    with changes._open().database.writing() as connection:
        connection.execute(text("UPDATE run_items SET posted_at = 1, outcome = 'applied'"))
    fleet.change(old, webhook={"callback_url": NEW})
    fleet.change(taken, webhook={"callback_url": "https://theirs.example.com"})
    undo = await changes.plan_undo(run.run)
    assert undo.counts.changes == 0
    assert sorted(reasons(undo)) == sorted([(old, "not_restorable"), (taken, "changed_since")])
    assert undo.skipped[0].fields == ("webhook.callback_url",)


async def test_an_undo_says_which_reviews_it_cannot_withdraw(changes, fleet):
    one, other = fleet.add(2)
    fleet.freeze_reviews = True
    body = {"profile": {"name": "Owl Cakes", "about": "New"}}
    plan = await changes.plan(named(one, other), SetFields(UpdateSender.model_validate(body)))
    run = await changes.apply(plan.plan)
    await changes.control(run.run, "cancel")
    with changes._open().database.writing() as connection:
        connection.execute(text("UPDATE run_items SET posted_at = 1, outcome = 'pending_review'"))
    fleet.change(one, **body)
    fleet._freeze_reviews()
    undo = await changes.plan_undo(run.run)
    [impact] = undo.impacts
    assert impact.startswith("Display names that the run submitted and that Meta is still review")
    assert "reviewing: 1. An undo cannot withdraw them." in impact
    [item] = undo.items
    assert [(each.field, each.after) for each in item.fields] == [("profile.about", "Open daily")]


async def test_a_section_given_as_null_is_sent_as_null(changes, fleet):
    [sid] = fleet.add(1)
    plan = await changes.plan(named(sid), SetFields(UpdateSender(webhook=None, friendly_name=None)))
    with changes._open().database.reading() as connection:
        assert connection.execute(text("SELECT body FROM plan_items")).scalar() == (
            '{"webhook": null}'
        )
    assert plan.counts.changes == 1


async def test_a_name_that_was_empty_cannot_be_restored(changes, fleet):
    [sid] = fleet.add(1)
    fleet.senders._get(sid, 0).profile = {"name": None}
    plan = await changes.plan(named(sid), RENAME)
    run = await changes.apply(plan.plan)
    await changes.control(run.run, "cancel")
    with changes._open().database.writing() as connection:
        connection.execute(text("UPDATE run_items SET posted_at = 1, outcome = 'applied'"))
    fleet.senders._get(sid, 0).profile = {"name": "Owl Cakes"}
    undo = await changes.plan_undo(run.run)
    assert reasons(undo) == [(sid, "not_restorable")]
