"""The tools that plan a change of many senders, apply it, follow it and take it back."""

import json
from contextlib import asynccontextmanager

import anyio
import pytest
from many_accounts import ManyAccounts, configured, sender_sid
from mcp import Client
from mcp.types import ElicitResult
from sandboxed import ERAS, connected, connected_to_several, meta_of, sandbox_settings, text_of

from twilio_senders_mcp.changes import PlanCounts, PlanItem, PlanView, RunSummary, Skipped
from twilio_senders_mcp.protocol.calls import ERROR_META
from twilio_senders_mcp.sandbox import (
    ONLINE_SENDER,
    RCS_SENDER,
    Sandbox,
)
from twilio_senders_mcp.senders.diff import FieldChange
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.settings import load_settings
from twilio_senders_mcp.tools.plan_result import item_clause, plan_text
from twilio_senders_mcp.tools.run_result import failure_text, run_sentence

pytestmark = pytest.mark.anyio

MOVE = {"from": "hooks.example.com", "to": "new.example.com"}
WHATSAPP = {"channel": "whatsapp"}
OWL = {"query": "owl"}
"""Selects a WhatsApp and an RCS sender, both with webhooks on one host."""
NOBODY = "XE" + "9" * 32


@asynccontextmanager
async def on_sandbox(sandbox: Sandbox | None = None, **options):
    """A client of a server on a sandbox whose statuses last no time."""
    options = {"twilio_senders_poll": 1, **options}
    async with connected(sandbox or Sandbox(step_seconds=0), **options) as client:
        yield client


async def ok(client: Client, tool: str, **arguments):
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, text_of(result)
    return result.structured_content


async def refused(client: Client, tool: str, **arguments) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return text_of(result)


async def finished(client: Client, plan: str, **options):
    """The run of a plan, followed to its end."""
    run = await ok(client, "apply_plan", plan=plan, wait_seconds=30, **options)
    for _ in range(10):
        if run["state"] != "running":
            break
        run = await ok(client, "follow_run", run=run["run"], wait_seconds=30)
    return run


@pytest.mark.parametrize("era", ERAS)
async def test_a_plan_shows_each_field_and_its_impacts_and_writes_nothing(era):
    sandbox = Sandbox(step_seconds=0)
    async with on_sandbox(sandbox, era=era) as client:
        result = await client.call_tool("plan_changes", {"senders": OWL, "replace_host": MOVE})
    plan = result.structured_content
    assert plan["counts"] == {"senders": 2, "changes": 2, "unchanged": 0, "skipped": 0}
    first, second = plan["items"]
    assert first["sid"] == ONLINE_SENDER
    assert first["fields"][0] == {
        "field": "webhook.callback_url",
        "from": "https://hooks.example.com/inbound",
        "to": "https://new.example.com/inbound",
    }
    assert second["sid"] == RCS_SENDER
    assert "account" not in first
    assert "new.example.com is a new webhook host, for 2 senders." in plan["impacts"]
    assert "- whatsapp:+15550100002: webhook.callback_url, webhook.fallback_url and 1 more" in (
        text_of(result)
    )
    assert {request.method for request in sandbox.requests} == {"GET"}


@pytest.mark.parametrize("era", ERAS)
async def test_a_plan_is_applied_verified_and_taken_back(era):
    sandbox = Sandbox(step_seconds=0)
    async with on_sandbox(sandbox, era=era) as client:
        before = (await ok(client, "get_sender", sid=ONLINE_SENDER))["sender"]
        plan = await ok(client, "plan_changes", senders=OWL, replace_host=MOVE)
        run = await finished(client, plan["plan"])
        assert run["state"] == "done"
        assert run["counts"] == {"applied": 2, "waiting": 0}
        verdicts = {field["verdict"] for item in run["items"] for field in item["fields"]}
        assert verdicts == {"applied"}
        moved = (await ok(client, "get_sender", sid=ONLINE_SENDER))["sender"]
        assert moved["webhook"]["callback_url"] == "https://new.example.com/inbound"
        again = await finished(client, plan["plan"])
        assert again["run"] == run["run"]
        undo = await ok(client, "plan_changes", undo=run["run"])
        back = await finished(client, undo["plan"])
        assert back["counts"] == {"applied": 2, "waiting": 0}
        assert back["undo_of"] == run["run"]
        after = (await ok(client, "get_sender", sid=ONLINE_SENDER))["sender"]
        assert after == before
        recent = await ok(client, "follow_run")
        assert [each["run"] for each in recent["runs"]] == [back["run"], run["run"]]
    writes = [request for request in sandbox.requests if request.method == "POST"]
    assert len(writes) == 4


async def test_what_somebody_changed_meanwhile_is_left_alone():
    async with on_sandbox() as client:
        plan = await ok(client, "plan_changes", senders=OWL, replace_host=MOVE)
        other = {"callback_url": "https://other.example.com/in"}
        await ok(client, "update_sender", sid=ONLINE_SENDER, webhook=other)
        run = await finished(client, plan["plan"])
        assert run["counts"] == {"applied": 1, "conflict": 1, "waiting": 0}
        [conflict] = [item for item in run["items"] if item["outcome"] == "conflict"]
        assert conflict["fields"][0] == {
            "field": "webhook.callback_url",
            "wanted": "https://new.example.com/inbound",
            "found": "https://other.example.com/in",
            "before": "https://hooks.example.com/inbound",
        }
        sender = (await ok(client, "get_sender", sid=ONLINE_SENDER))["sender"]
        assert sender["webhook"]["callback_url"] == other["callback_url"]


async def test_fields_rows_and_skipped_senders():
    async with on_sandbox() as client:
        plan = await ok(
            client,
            "plan_changes",
            senders={"sids": [ONLINE_SENDER, NOBODY]},
            set={"profile": {"about": "Open"}, "clear": ["webhook.fallback_url"]},
        )
        assert plan["skipped"] == [{"sid": NOBODY, "reason": "the account has no such sender"}]
        fields = {each["field"]: each["to"] for each in plan["items"][0]["fields"]}
        assert fields == {"profile.about": "Open", "webhook.fallback_url": ""}
        rows = [
            {"sid": ONLINE_SENDER, "friendly_name": "One"},
            {"sid": RCS_SENDER, "profile": {"description": "Two"}},
        ]
        plan = await ok(client, "plan_changes", rows=rows)
        assert [item["sid"] for item in plan["items"]] == [ONLINE_SENDER, RCS_SENDER]
        shown = await ok(client, "plan_changes", plan=plan["plan"])
        assert shown["items"] == plan["items"]
        run = await finished(client, plan["plan"])
        assert run["counts"] == {"applied": 2, "waiting": 0}
        done = await ok(client, "plan_changes", plan=plan["plan"])
        assert done["run"] == run["run"]
        assert "see follow_run" in done["next"]


async def test_a_new_name_is_pending_review():
    async with on_sandbox(Sandbox(step_seconds=1000)) as client:
        senders = {"sids": [ONLINE_SENDER]}
        plan = await ok(client, "plan_changes", senders=senders, set={"profile": {"name": "Owl"}})
        assert plan["impacts"][0].startswith("1 display name goes to Meta's review")


async def test_a_run_that_is_refused_says_why_with_the_cure():
    twilio = RefusingAccounts(1)
    async with connected_to_several([configured(0)], twilio) as client:
        plan = await ok(
            client,
            "plan_changes",
            senders={"sids": [sender_sid(0)]},
            set={"friendly_name": "x"},
        )
        run = await finished(client, plan["plan"])
        shown = await client.call_tool("follow_run", {"run": run["run"], "show": "problems"})
    assert run["counts"] == {"refused": 1, "waiting": 0}
    assert run["items"][0]["error"].startswith(
        'Twilio refused it (HTTP 400, code 63110): "no such thing". '
    )
    assert "refused; friendly_name not sent; Twilio refused it" in text_of(shown) or (
        "refused; Twilio refused it" in text_of(shown)
    )


class RefusingAccounts(ManyAccounts):
    def _response(self, number, method, path, query):
        if method == "POST":
            return 400, {"code": 63110, "message": "no such thing"}
        return super()._response(number, method, path, query)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "give exactly one of set, replace_host, rows, undo and plan"),
        ({"set": {"friendly_name": "x"}}, "senders is required with set and replace_host"),
        ({"undo": "x", "senders": WHATSAPP}, "senders is only for set and replace_host"),
        ({"undo": "x", "page_token": "2"}, "page_token is only for plan"),
        (
            {"senders": WHATSAPP, "set": {"friendly_name": "x"}, "replace_host": MOVE},
            "give exactly one of",
        ),
        (
            {"senders": {"sids": [NOBODY], "query": "x"}, "replace_host": MOVE},
            "senders: give sids, or any of channel, query and status",
        ),
        ({"senders": {}, "replace_host": MOVE}, "senders: give sids, or any of channel"),
        (
            {"senders": WHATSAPP, "set": {"profile": {"nmae": "x"}}},
            "set.profile.nmae: unknown field; did you mean name?",
        ),
        ({"senders": WHATSAPP, "set": {}}, "set: give at least one field to change"),
        (
            {"rows": [{"sid": NOBODY, "profil": {}}]},
            "rows[0].profil: unknown field; did you mean profile?",
        ),
        (
            {"rows": [{"sid": f"XE{n:032x}", "friendly_name": "x"} for n in range(1001)]},
            "rows: expected at most 1000",
        ),
        ({"senders": {"sids": [NOBODY, NOBODY]}, "replace_host": MOVE}, "may be named only once"),
        (
            {"senders": {"query": "nobody at all"}, "replace_host": MOVE},
            "No sender was named, or none matches.",
        ),
        (
            {"senders": WHATSAPP, "replace_host": {"from": "https://a", "to": "b"}},
            "replace_host.from: expected a host name",
        ),
        (
            {
                "senders": WHATSAPP,
                "set": {"configuration": {"verification_code": "987654"}},
            },
            "A verification code is for one sender and one moment",
        ),
        ({"undo": "run-x"}, "There is no run run-x; follow_run shows the recent ones."),
        ({"plan": "plan x"}, 'There is no plan "plan x". Make one with plan_changes.'),
    ],
)
async def test_bad_input_is_refused_with_the_reason_and_nothing_is_written(arguments, said):
    sandbox = Sandbox()
    async with on_sandbox(sandbox) as client:
        result = await client.call_tool("plan_changes", arguments)
    assert result.is_error
    assert said in text_of(result)
    assert "987654" not in text_of(result)
    assert meta_of(result)[ERROR_META]["outcome"] in ("nothing_sent", "nothing_changed")
    assert {request.method for request in sandbox.requests} <= {"GET"}


async def test_plans_and_runs_that_cannot_be_used_are_refused():
    async with on_sandbox() as client:
        assert "There is no plan nope." in await refused(client, "apply_plan", plan="nope")
        assert "There is no run nope" in await refused(client, "follow_run", run="nope")
        senders = {"sids": [ONLINE_SENDER]}
        empty = await ok(
            client, "plan_changes", senders=senders, set={"friendly_name": "Main line"}
        )
        assert empty["summary"].startswith(f"The plan {empty['plan']} changes nothing")
        assert "next" not in empty
        assert "changes nothing, so there is nothing to apply" in await refused(
            client, "apply_plan", plan=empty["plan"]
        )
        plan = await ok(client, "plan_changes", senders=senders, set={"friendly_name": "New"})
        run = await finished(client, plan["plan"])
        assert "is done and cannot be paused" in await refused(
            client, "control_run", run=run["run"], action="pause"
        )
        token = await refused(client, "plan_changes", plan=plan["plan"], page_token="x")
        assert "page_token: expected the next_page_token of this plan or run." in token


async def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    async with on_sandbox(twilio_senders_state=str(file / "state")) as client:
        text = await refused(client, "follow_run")
    assert text.startswith(f'The folder for plans and runs, "{file}/state", cannot be created')


async def test_a_database_that_is_down_is_named_without_its_password():
    url = "postgresql://somebody:hush@127.0.0.1:9/plans"
    async with on_sandbox(twilio_senders_state=url) as client:
        text = await refused(client, "follow_run")
    assert "The database for plans and runs, " in text
    assert "cannot be reached" in text
    assert "hush" not in text


async def test_null_arguments_count_as_not_given():
    async with on_sandbox() as client:
        assert await ok(client, "follow_run", run=None, show=None, page_token=None)
        plan = await ok(
            client,
            "plan_changes",
            senders={"sids": [ONLINE_SENDER], "channel": None, "query": None, "status": None},
            set={"friendly_name": "New", "profile": None, "clear": None},
            replace_host=None,
            rows=None,
            undo=None,
            plan=None,
            page_token=None,
        )
        assert await ok(client, "apply_plan", plan=plan["plan"], canary=None, stop_after=None)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("agrees", [True, False])
async def test_a_person_is_asked_with_what_the_plan_means(era, agrees):
    asked: list[str] = []

    async def person(_, params):
        asked.append(params.message)
        return ElicitResult(action="accept", content={"confirm": agrees})

    sandbox = Sandbox(step_seconds=0)
    async with on_sandbox(sandbox, era=era, elicitation_callback=person) as client:
        plan = await ok(client, "plan_changes", senders=OWL, replace_host=MOVE)
        result = await client.call_tool("apply_plan", {"plan": plan["plan"], "wait_seconds": 30})
        assert result.is_error is not agrees
        assert len(asked) == 1
        if agrees:  # the same run is followed without another question
            await ok(client, "apply_plan", plan=plan["plan"])
            assert len(asked) == 1
    assert asked[0].startswith("Change 2 senders? ")
    for impact in plan["impacts"]:
        assert impact in asked[0]
    assert (
        "whatsapp:+15550100002: webhook.callback_url from "
        '"https://hooks.example.com/inbound" to "https://new.example.com/inbound" and 2 more.'
    ) in asked[0]
    posts = [request for request in sandbox.requests if request.method == "POST"]
    assert bool(posts) is agrees


async def test_with_read_only_plans_and_runs_can_be_seen():
    async with on_sandbox(twilio_senders_read_only=True) as client:
        names = {tool.name for tool in (await client.list_tools()).tools}
        assert {"plan_changes", "follow_run"} <= names
        assert not {"apply_plan", "control_run"} & names
        plan = await ok(client, "plan_changes", senders=OWL, replace_host=MOVE)
        assert "next" not in plan


async def test_a_plan_of_other_accounts_is_unknown(tmp_path):
    async with on_sandbox(twilio_senders_state=str(tmp_path)) as client:
        plan = await ok(client, "plan_changes", senders=OWL, replace_host=MOVE)
    async with on_sandbox(twilio_senders_state=str(tmp_path)) as client:
        assert await ok(client, "plan_changes", plan=plan["plan"])
    other = sandbox_settings(
        twilio_senders_state=str(tmp_path), twilio_base_url="https://other.example"
    )
    async with Client(create_server(other, app=Sandbox())) as client:
        text = await refused(client, "plan_changes", plan=plan["plan"])
    assert "There is no plan" in text


async def test_the_state_of_the_sandbox_is_not_kept():
    settings = load_settings(account=False)
    async with Client(create_server(settings, sandbox=True)) as client:
        plan = await ok(client, "plan_changes", senders=OWL, replace_host=MOVE)
    async with Client(create_server(settings, sandbox=True)) as client:
        assert "There is no plan" in await refused(client, "plan_changes", plan=plan["plan"])


async def test_senders_of_several_accounts_are_planned_and_changed_together():
    twilio = KeepingAccounts(4)
    accounts = [configured(0), configured(1), configured(2, read_only=True), configured(3)]
    async with connected_to_several(accounts, twilio) as client:
        senders = {"query": "Shop", "account": "*"}
        plan = await ok(client, "plan_changes", senders=senders, set={"friendly_name": "x"})
        assert [item["account"] for item in plan["items"]] == [
            "account-0",
            "account-1",
            "account-3",
        ]
        assert plan["skipped"] == [
            {
                "sid": sender_sid(2),
                "account": "account-2",
                "reason": "the account is read-only",
            }
        ]
        run = await finished(client, plan["plan"])
        assert run["counts"] == {"applied": 3, "waiting": 0}
        assert {item["account"] for item in run["items"]} == {"account-0", "account-1", "account-3"}
        named = {"sids": [sender_sid(3), sender_sid(1), NOBODY], "account": "*"}
        plan = await ok(client, "plan_changes", senders=named, set={"friendly_name": "y"})
        assert [item["account"] for item in plan["items"]] == ["account-3", "account-1"]
        assert plan["skipped"][0]["reason"] == "no account has this sender"
        named = {"sids": [sender_sid(1)], "account": "*"}
        plan = await ok(client, "plan_changes", senders=named, set={"friendly_name": "y"})
        assert [item["account"] for item in plan["items"]] == ["account-1"]
        rows = [{"sid": sender_sid(1), "account": "account-1", "friendly_name": "z"}]
        plan = await ok(client, "plan_changes", rows=rows)
        assert plan["items"][0]["account"] == "account-1"
        one = {"sids": [sender_sid(3)], "account": "account-3"}
        plan = await ok(client, "plan_changes", senders=one, set={"friendly_name": "w"})
        assert plan["counts"]["changes"] == 1
    posts = [(signer, path) for signer, method, path in twilio.received if method == "POST"]
    assert sorted(posts) == [(n, f"/v2/Channels/Senders/{sender_sid(n)}") for n in (0, 1, 3)]


class KeepingAccounts(ManyAccounts):
    """Keeps the friendly name that a sender was given."""

    async def __call__(self, scope, receive, send):
        body = b""

        async def reading():
            nonlocal body
            message = await receive()
            body += message.get("body", b"")
            return message

        self.body = lambda: json.loads(body or b"{}")
        await super().__call__(scope, reading, send)

    def sender(self, number):
        given = self.body() if hasattr(self, "body") else {}
        kept = self.__dict__.setdefault("kept", {})
        if "friendly_name" in given:
            kept[number] = given["friendly_name"]
        return {**super().sender(number), "friendly_name": kept.get(number)}


async def test_a_thousand_senders_are_planned_in_a_small_result():
    sandbox = Sandbox(step_seconds=0, seed=False)
    [senders, *_] = sandbox._senders.values()
    for number in range(1000):
        body = {
            "sender_id": f"whatsapp:+1555{number:07d}",
            "profile": {"name": f"Shop {number}"},
            "webhook": {
                "callback_url": "https://hooks.example.com/inbound",
                "fallback_url": "https://hooks.example.com/fallback",
                "status_callback_url": "https://hooks.example.com/status",
            },
        }
        senders.create(body, 0)
    async with on_sandbox(sandbox) as client:
        result = await client.call_tool("plan_changes", {"senders": WHATSAPP, "replace_host": MOVE})
        plan = result.structured_content
        assert plan["counts"]["changes"] == 1000
        assert len(plan["items"]) == 20
        second = await ok(
            client, "plan_changes", plan=plan["plan"], page_token=plan["next_page_token"]
        )
    assert second["items"][0]["sender_id"] == "whatsapp:+15550000020"
    assert len(result.model_dump_json(by_alias=True, exclude_none=True)) <= 12_000
    assert len(sandbox.requests) <= 2


async def test_a_run_that_is_paused_begins_no_further_sender_and_can_be_cancelled():
    sandbox = Sandbox(step_seconds=0, seed=False)
    [senders, *_] = sandbox._senders.values()
    for number in range(30):
        name = {"sender_id": f"whatsapp:+1555{number:07d}", "profile": {"name": "Shop"}}
        senders.create(name, 0)
    async with on_sandbox(sandbox, twilio_senders_pace=1) as client:
        plan = await ok(client, "plan_changes", senders=WHATSAPP, set={"friendly_name": "x"})
        started = await ok(client, "apply_plan", plan=plan["plan"], canary=0, wait_seconds=0)
        paused = await ok(client, "control_run", run=started["run"], action="pause")
        assert paused["state"] == "paused"
        assert "resume or cancel it with control_run" in paused["next"]
        assert paused["counts"]["waiting"] > 0
        cancelled = await ok(client, "control_run", run=started["run"], action="cancel")
        assert cancelled["state"] == "cancelled"
        with anyio.fail_after(60):
            while (await ok(client, "follow_run", run=started["run"]))["state"] != "cancelled":
                pass


async def test_a_run_of_many_senders_is_shown_in_pages_and_taken_back():
    sandbox = Sandbox(step_seconds=0, seed=False)
    [senders, *_] = sandbox._senders.values()
    for number in range(25):
        name = {"sender_id": f"whatsapp:+1555{number:07d}", "profile": {"name": "Shop"}}
        senders.create(name, 0)
    reported = []

    async def note(progress, total, message):
        reported.append((progress, total, message))

    async with on_sandbox(sandbox, twilio_senders_pace=100) as client:
        plan = await ok(client, "plan_changes", senders=WHATSAPP, set={"friendly_name": "x"})
        started = await ok(client, "apply_plan", plan=plan["plan"], canary=0, wait_seconds=0)
        for _ in range(10):
            arguments = {"run": started["run"], "wait_seconds": 30, "show": "all"}
            result = await client.call_tool("follow_run", arguments, progress_callback=note)
            if result.structured_content["state"] != "running":
                break
        first = result.structured_content
        assert first["counts"] == {"applied": 25, "waiting": 0}
        assert f"More: page_token {first['next_page_token']}" in text_of(result)
        token = first["next_page_token"]
        arguments = {"run": started["run"], "show": "all", "page_token": token}
        second = await ok(client, "follow_run", **arguments)
        assert len(first["items"]) + len(second["items"]) == 25
        undo = await ok(client, "plan_changes", undo=started["run"])
        assert undo["counts"]["changes"] == 25
    assert reported[0][1] == 25


async def test_a_sender_that_changed_since_is_skipped_by_the_undo_with_its_fields():
    async with on_sandbox() as client:
        senders = {"sids": [ONLINE_SENDER]}
        plan = await ok(client, "plan_changes", senders=senders, set={"friendly_name": "x"})
        run = await finished(client, plan["plan"])
        await ok(client, "update_sender", sid=ONLINE_SENDER, friendly_name="theirs")
        undo = await ok(client, "plan_changes", undo=run["run"])
    assert undo["skipped"][0]["reason"] == (
        "somebody else changed these fields since: friendly_name"
    )


def run_of(**others) -> RunSummary:
    facts = {
        "run": "run-1",
        "plan": "plan-1",
        "state": "stopped",
        "leg": 1,
        "senders": 2,
        "waiting": 1,
        "counts": {"refused": 1},
        "canary": 1,
        "stop_after": 3,
        "created_at": 0.0,
        "finished_at": None,
        "stopped_because": None,
        "executing": False,
        "undo_of": None,
    }
    return RunSummary(**{**facts, **others})


WHERE = "of 2 senders, 1 refused, 1 waiting."


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        (
            {"stopped_because": "canary"},
            f"The run run-1 was stopped because one of the first senders went wrong: {WHERE}",
        ),
        (
            {"stopped_because": "too_many"},
            f"The run run-1 was stopped because too many senders went wrong: {WHERE}",
        ),
        (
            {"state": "running"},
            (
                f"The run run-1 is running: {WHERE} No server is carrying it out at the moment; "
                "the next one that starts goes on."
            ),
        ),
    ],
)
def test_a_run_is_told_in_a_sentence(others, sentence):
    assert run_sentence(run_of(**others)) == sentence


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (None, ""),
        ({"kind": "refused"}, "Twilio refused it"),
        ({"kind": "not_sent", "reason": "dns"}, "it was not sent (dns)"),
        (
            {"kind": "unknown", "reason": "timeout", "http_status": 500, "message": "a\nb"},
            'no usable response (timeout) (HTTP 500): "a b"',
        ),
        (
            {"kind": "refused", "code": 63100, "cure": "Do this."},
            "Twilio refused it (code 63100). Do this.",
        ),
    ],
)
def test_a_failure_is_told_in_one_line(failure, text):
    assert failure_text(failure) == text


def test_values_and_skipped_senders_are_told():
    item = PlanItem("XE1", "", "main", "ONLINE", (FieldChange("profile.emails", [], [{"a": 1}]),))
    assert item_clause(item) == "XE1: profile.emails from nothing to \"[{'a':1}]\""
    view = PlanView(
        plan="plan-1",
        kind="set",
        created_at=0.0,
        expires_at=0.0,
        counts=PlanCounts(1, 0, 0, 1),
        items=(),
        skipped=(Skipped("XE1", "read_failed", failure={"kind": "refused"}),),
        impacts=(),
        next_page_token=None,
        canary=0,
        stop_after=3,
    )
    assert (
        plan_text(view, several=False) == "- skipped XE1: it could not be read: Twilio refused it"
    )
