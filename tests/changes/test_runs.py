"""What a run does with each sender, against a sandbox over a real socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fleet import NEW, OLD, Fleet, served

from twilio_senders_mcp.changes import (
    Changes,
    ReplaceHost,
    RunItem,
    SendersBySid,
    SetFields,
    StateSettings,
    attempts,
)
from twilio_senders_mcp.changes.errors import WrongState
from twilio_senders_mcp.sandbox import Fault
from twilio_senders_mcp.twilio.requests import Profile, UpdateSender

pytestmark = pytest.mark.anyio
MOVE = ReplaceHost("old.example.com", "new.example.com")
PATIENCE = 30


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr(attempts, "_WAIT", 0.01)


@asynccontextmanager
async def engine(fleet: Fleet, place: Any, **options: Any) -> AsyncIterator[Changes]:
    """The engine of a server that is alone with its state."""
    options = {"pace": 100, "poll_seconds": 0.03, "settle_seconds": 1, **options}
    async with fleet.accounts() as accounts:
        changes = Changes(StateSettings(fleet.owner, str(place)), accounts, **options)
        async with changes:
            yield changes


def named(*sids: str) -> SendersBySid:
    return SendersBySid([("main", sid) for sid in sids])


async def carried_out(changes: Changes, plan: str, **options: Any) -> dict[str, RunItem]:
    """Apply a plan, wait for the end of its run, and return its items by SID."""
    run = await changes.apply(plan, **options)
    ended = await changes.wait(run.run, seconds=PATIENCE)
    assert ended.state == "done"
    view = await changes.show_run(run.run, show="all")
    return {item.sid: item for item in view.items}


async def test_every_outcome_is_what_became_of_the_sender(tmp_path, fleet):
    (applied, same, taken, refused, lost, vanished, cut, slow_down, gone, stuck, unread) = (
        fleet.add(11)
    )
    async with engine(fleet, tmp_path) as changes:
        plan = await changes.plan(named(*fleet.sandbox.sids()), MOVE)
        fleet.change(same, webhook={"callback_url": NEW})
        fleet.change(taken, webhook={"callback_url": "https://theirs.example.com"})
        fleet.fail("POST", refused, Fault(status=400))
        fleet.fail("POST", lost, Fault(status=500, apply=True))
        fleet.fail("POST", vanished, Fault(status=500))
        fleet.fail("POST", cut, Fault(drop=True, apply=True))
        fleet.fail("POST", slow_down, Fault(status=429, retry_after=0.01))
        fleet.fail("GET", unread, *[Fault(status=503)] * attempts.FAILURES_MAX)
        fleet.senders.delete(gone, 0)
        fleet.freeze(stuck, "ONLINE:UPDATING")
        fleet.ignore_updates.add(stuck)
        items = await carried_out(changes, plan.plan, canary=0, stop_after=100)

    assert {sid: item.outcome for sid, item in items.items()} == {
        applied: "applied",
        same: "unchanged",
        taken: "conflict",
        refused: "refused",
        lost: "applied",
        vanished: "different",
        cut: "applied",
        slow_down: "applied",
        gone: "refused",
        stuck: "accepted",
        unread: "not_sent",
    }
    assert fleet.effective == dict.fromkeys((applied, lost, cut, slow_down), 1)
    sent = dict.fromkeys((applied, refused, lost, vanished, cut, stuck), 1) | {slow_down: 2}
    assert fleet.updates == sent
    [field] = items[taken].fields
    assert (field.verdict, field.before, field.wanted) == (None, OLD, NEW)
    assert field.found == "https://theirs.example.com"
    [field] = items[vanished].fields
    assert (field.verdict, field.found, field.wanted) == ("different", OLD, NEW)
    failure = dict(items[refused].failure or {})
    assert failure.pop("request_id")
    assert failure == {
        "kind": "refused",
        "http_status": 400,
        "code": 20001,
        "message": "Error 400",
        "more_info": "https://www.twilio.com/docs/errors/20001",
        "cure": "Check the spelling of the request's parameters.",
    }
    assert dict(items[gone].failure or {})["code"] == 20404


async def test_a_name_under_review_is_pending(tmp_path, fleet):
    [sid] = fleet.add(1)
    fleet.freeze_reviews = True
    async with engine(fleet, tmp_path) as changes:
        body = UpdateSender(profile=Profile(name="Owl Bakery", about="New"))
        plan = await changes.plan(named(sid), SetFields(body))
        [item] = (await carried_out(changes, plan.plan)).values()
    assert item.outcome == "pending_review"
    assert [(each.field, each.verdict, each.note) for each in item.fields] == [
        ("profile.name", "pending_review", "PENDING_REVIEW"),
        ("profile.about", "applied", None),
    ]
    assert "review" in plan.impacts[0]


async def test_an_outcome_stays_unknown_until_the_sender_can_be_read(tmp_path, fleet):
    [sid] = fleet.add(1)
    async with engine(fleet, tmp_path) as changes:
        plan = await changes.plan(named(sid), MOVE)
        fleet.fail("POST", sid, Fault(status=500, apply=True))
        fleet.fail("GET", sid, Fault(), *[Fault(status=401)] * 3)
        run = await changes.apply(plan.plan, stop_after=1)
        stopped = await changes.wait(run.run, seconds=PATIENCE)
        assert (stopped.state, stopped.counts) == ("stopped", {"unknown": 1})
        fleet.faults.clear()
        await changes.control(run.run, "resume")
        ended = await changes.wait(run.run, seconds=PATIENCE)
    assert (ended.state, ended.counts) == ("done", {"applied": 1})
    assert fleet.updates[sid] == 1


async def test_the_same_plan_applied_twice_is_the_same_run(tmp_path, fleet):
    sids = fleet.add(3)
    async with engine(fleet, tmp_path) as changes:
        plan = await changes.plan(named(*sids), MOVE)
        first, second = await changes.apply(plan.plan), await changes.apply(plan.plan)
        await changes.wait(first.run, seconds=PATIENCE)
        third = await changes.apply(plan.plan)
    assert first.run == second.run == third.run
    assert third.state == "done"
    assert fleet.updates.total() == 3


async def test_a_canary_that_goes_wrong_stops_the_run_at_once(tmp_path, fleet):
    sids = fleet.add(8)
    fleet.fail("POST", sids[0], Fault(status=400))
    async with engine(fleet, tmp_path) as changes:
        plan = await changes.plan(named(*sids), MOVE)
        assert plan.canary == 1
        run = await changes.apply(plan.plan)
        stopped = await changes.wait(run.run, seconds=PATIENCE)
        assert (stopped.state, stopped.stopped_because) == ("stopped", "canary")
        assert (stopped.counts, stopped.waiting) == ({"refused": 1}, 7)
        await changes.control(run.run, "resume")
        ended = await changes.wait(run.run, seconds=PATIENCE)
    assert ended.counts == {"applied": 7, "refused": 1}
    assert fleet.updates == dict.fromkeys(sids, 1)


async def test_the_others_begin_only_after_the_canaries_are_verified(tmp_path, fleet):
    sids = fleet.add(8)
    fleet.freeze(sids[0], "ONLINE:UPDATING")
    async with engine(fleet, tmp_path, settle_seconds=PATIENCE) as changes:
        plan = await changes.plan(named(*sids), MOVE)
        run = await changes.apply(plan.plan, canary=2)
        await fleet.reaches(lambda: fleet.fetches[sids[0]] >= 6)
        assert fleet.updates == {sids[0]: 1}
        fleet.freeze(sids[0], "ONLINE")
        ended = await changes.wait(run.run, seconds=PATIENCE)
    assert ended.counts == {"applied": 8}


async def test_a_run_stops_when_too_much_goes_wrong(tmp_path, fleet):
    sids = fleet.add(60)
    for sid in sids:
        fleet.fail("POST", sid, Fault(status=400))
    async with engine(fleet, tmp_path) as changes:
        plan = await changes.plan(named(*sids), MOVE)
        run = await changes.apply(plan.plan, canary=0, stop_after=4)
        stopped = await changes.wait(run.run, seconds=PATIENCE)
        await changes.control(run.run, "cancel")
        cancelled = await changes.wait(run.run, seconds=0)
        with pytest.raises(WrongState):
            await changes.control(run.run, "resume")
    assert (stopped.state, stopped.stopped_because) == ("stopped", "too_many")
    assert 4 <= stopped.counts["refused"] < 60
    assert cancelled.state == "cancelled"


async def test_a_paused_run_begins_no_sender_until_it_is_resumed(tmp_path, fleet):
    sids = fleet.add(20)
    async with engine(fleet, tmp_path, pace=50) as changes:
        plan = await changes.plan(named(*sids), MOVE)
        run = await changes.apply(plan.plan)
        await fleet.reaches(lambda: fleet.updates.total() >= 3)
        paused = await changes.control(run.run, "pause")
        assert (await changes.control(run.run, "pause")).state == "paused"
        sent = fleet.updates.total()
        assert sent < 20
        await changes.control(run.run, "resume")
        ended = await changes.wait(run.run, seconds=PATIENCE)
    assert paused.state == "paused"
    assert (ended.state, ended.counts) == ("done", {"applied": 20})
    assert fleet.updates == dict.fromkeys(sids, 1)


async def test_a_cancelled_run_leaves_the_rest_alone(tmp_path, fleet):
    sids = fleet.add(20)
    async with engine(fleet, tmp_path, pace=50) as changes:
        plan = await changes.plan(named(*sids), MOVE)
        run = await changes.apply(plan.plan)
        await fleet.reaches(lambda: fleet.updates.total() >= 3)
        cancelled = await changes.control(run.run, "cancel")
    assert cancelled.state == "cancelled"
    assert fleet.updates.total() < 20
    assert fleet.updates == fleet.effective


async def test_a_run_goes_on_in_the_next_server_and_its_log_says_so(tmp_path, fleet, caplog):
    sids = fleet.add(20)
    async with engine(fleet, tmp_path, pace=20) as changes:
        plan = await changes.plan(named(*sids), MOVE)
        run = await changes.apply(plan.plan)
        await fleet.reaches(lambda: fleet.updates.total() >= 3)
    assert fleet.updates.total() < 20
    caplog.clear()
    async with engine(fleet, tmp_path) as changes:
        ended = await changes.wait(run.run, seconds=PATIENCE)
    assert ended.counts == {"applied": 20}
    assert fleet.updates == dict.fromkeys(sids, 1)
    assert f"Run {run.run} was unfinished and goes on in this process" in caplog.text


async def test_progress_tells_each_change_of_the_counts(tmp_path, fleet):
    sids = fleet.add(10)
    told: list[int] = []

    async def progress(summary: Any) -> None:
        told.append(summary.waiting)

    async with engine(fleet, tmp_path, pace=20) as changes:
        plan = await changes.plan(named(*sids), MOVE)
        run = await changes.apply(plan.plan)
        await changes.wait(run.run, seconds=PATIENCE, progress=progress)
    assert told == sorted(set(told), reverse=True)
    assert len(told) > 1


async def test_undo_restores_byte_for_byte_and_leaves_what_others_changed(tmp_path, fleet):
    plain, taken, nothing = fleet.add(3)
    fleet.change(nothing, webhook=None)
    before = {sid: fleet.shown(sid) for sid in (plain, taken, nothing)}
    body = UpdateSender.model_validate(
        {
            "webhook": {"callback_url": NEW, "fallback_url": "https://new.example.com/fallback"},
            "profile": {"about": "", "emails": [{"email": "a@example.com", "label": "Mail"}]},
        }
    )
    async with engine(fleet, tmp_path) as changes:
        plan = await changes.plan(named(plain, taken, nothing), SetFields(body))
        await carried_out(changes, plan.plan)
        done = {sid: fleet.shown(sid) for sid in (plain, taken, nothing)}
        assert all(done[sid] != before[sid] for sid in done)
        fleet.change(taken, webhook={"callback_url": "https://theirs.example.com"})
        undo = await changes.plan_undo("run-" + plan.plan.removeprefix("plan-"))
        assert undo.kind == "undo"
        await carried_out(changes, undo.plan)
        assert fleet.shown(plain) == before[plain]
        assert fleet.shown(nothing) == before[nothing]
        theirs = {**before[taken]["webhook"], "callback_url": "https://theirs.example.com"}
        assert fleet.shown(taken) == {**before[taken], "webhook": theirs}
        redo = await changes.plan_undo("run-" + undo.plan.removeprefix("plan-"))
        await carried_out(changes, redo.plan)
        assert fleet.shown(plain) == done[plain]
        assert fleet.shown(nothing) == done[nothing]


async def test_a_run_changes_senders_of_several_accounts(tmp_path):
    with served(Fleet()) as one, served(Fleet()) as two:
        fast, slow = one.add(10), two.add(3)
        two.fail("POST", slow[0], Fault(status=429, retry_after=0.1))
        async with one.accounts() as first, two.accounts(name="sub", sid="AC" + "2" * 32) as sub:
            first.all += sub.all
            state = StateSettings(one.owner, str(tmp_path))
            async with Changes(state, first, pace=100, poll_seconds=0.03) as changes:
                chosen = [("main", sid) for sid in fast] + [("sub", sid) for sid in slow]
                plan = await changes.plan(SendersBySid(chosen), MOVE)
                run = await changes.apply(plan.plan, canary=0)
                ended = await changes.wait(run.run, seconds=PATIENCE)
    assert ended.counts == {"applied": 13}
    assert plan.accounts == ("main", "sub")
    assert {**one.effective, **two.effective} == dict.fromkeys([*fast, *slow], 1)
