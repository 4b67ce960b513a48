"""Calls that become durable tasks, for clients that take tasks."""

import sqlite3
from contextlib import asynccontextmanager, closing
from types import SimpleNamespace

import pytest
from conformance.fixture_server import create_fixture_server
from http_clients import META, exchange, modern
from mcp import Client, MCPError
from mcp.types import ElicitResult
from sandboxed import connected, sandbox_settings, text_of
from task_clients import TakesTasks, ask, create_task

from twilio_senders_mcp import server
from twilio_senders_mcp.changes import tasks as durable_tasks
from twilio_senders_mcp.http.app import create_http_app
from twilio_senders_mcp.http.serving import served
from twilio_senders_mcp.protocol import tasks as task_handlers
from twilio_senders_mcp.sandbox import ONLINE_SENDER, Fault, Sandbox
from twilio_senders_mcp.server import create_server

pytestmark = pytest.mark.anyio

MOVE = {"from": "hooks.example.com", "to": "new.example.com"}
OWL = {"query": "owl"}
"""Selects two senders."""
NEW = {"sender_id": "whatsapp:+15550100102", "profile": {"name": "New"}}
POLL = 15.0


class Clock:
    """The time as tasks see it."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def time(self) -> float:
        return self.now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    for module in (durable_tasks, task_handlers):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=clock.time))
    return clock


@asynccontextmanager
async def taking_tasks(sandbox, **options):
    options = {"extensions": [TakesTasks()], "twilio_senders_poll": POLL, **options}
    async with connected(sandbox, **options) as client:
        yield client


@pytest.fixture
def state(tmp_path) -> str:
    return str(tmp_path / "state")


async def plan(client: Client, senders=OWL, change=None) -> str:
    arguments = {"senders": senders, "replace_host": MOVE} if change is None else change
    result = await client.call_tool("plan_changes", arguments)
    assert result.structured_content, text_of(result)
    return result.structured_content["plan"]


async def at_end(client: Client, clock: Clock, task: str) -> dict:
    """The task when it needs nobody but a person; each look comes a moment after the last."""
    for _ in range(5_000):
        shown = await ask(client, "tasks/get", task)
        if shown["status"] != "working":
            return shown
        clock.now += POLL
    raise AssertionError(shown)


# Runs


async def test_applying_a_plan_becomes_a_task_that_ends_with_the_runs_result(clock):
    sandbox = Sandbox(step_seconds=0)
    async with taking_tasks(sandbox) as client:
        number = await plan(client)
        handle = await create_task(client, "apply_plan", plan=number)
        shown = await at_end(client, clock, handle["taskId"])
        again = await ask(client, "tasks/get", handle["taskId"])
        applied = await client.call_tool("apply_plan", {"plan": number})
        followed = await client.call_tool("follow_run", {"run": run_of(shown)})
    assert handle["status"] == "working"
    assert handle["statusMessage"].startswith("Waiting for the run run-")
    assert handle["ttlMs"] == 7 * 24 * 3600 * 1000
    assert handle["pollIntervalMs"] == 1000
    assert handle["createdAt"] == "2027-01-15T08:00:00.000Z"
    assert shown["status"] == "completed"
    assert shown["result"]["structuredContent"] == followed.structured_content
    assert followed.structured_content["counts"] == {"applied": 2, "waiting": 0}
    assert again == shown
    # The run is over, so there is nothing to wait for.
    assert applied.structured_content == followed.structured_content


def run_of(shown: dict) -> str:
    return shown["result"]["structuredContent"]["run"]


async def test_a_person_agrees_before_the_task_is_created(clock):
    questions = []

    async def agree(_, params):
        questions.append(params.message)
        return ElicitResult(action="accept", content={"confirm": True})

    async with taking_tasks(Sandbox(step_seconds=0), elicitation_callback=agree) as client:
        handle = await create_task(client, "apply_plan", plan=await plan(client))
        shown = await at_end(client, clock, handle["taskId"])
    assert len(questions) == 1
    assert questions[0].startswith("Change 2 senders?")
    assert shown["status"] == "completed"


async def test_a_call_that_waits_for_nothing_is_no_task():
    async with taking_tasks(Sandbox(step_seconds=0)) as client:
        number = await plan(client)
        begun = await client.call_tool("apply_plan", {"plan": number, "wait_seconds": 0})
        assert begun.structured_content
        run = begun.structured_content["run"]
        for arguments in ({}, {"run": run}, {"run": run, "show": "all"}):
            looked = await client.call_tool("follow_run", arguments)
            assert looked.structured_content
            assert "summary" in looked.structured_content
        waited = await client.call_tool("wait_for_sender", {"sid": ONLINE_SENDER})
        assert waited.structured_content
        assert waited.structured_content["reached"] is True
        refused = await client.call_tool("wait_for_sender", {"sid": "XE1"})
        assert refused.is_error


async def test_following_a_run_is_a_task_whose_cancellation_leaves_the_run_alone():
    sandbox = Sandbox(step_seconds=1000)  # no sender settles in time
    async with taking_tasks(sandbox) as client:
        number = await plan(client)
        begun = await client.call_tool("apply_plan", {"plan": number, "wait_seconds": 0})
        assert begun.structured_content
        run = begun.structured_content["run"]
        handle = await create_task(client, "follow_run", run=run, wait_seconds=5)
        assert await ask(client, "tasks/cancel", handle["taskId"]) == {"resultType": "complete"}
        shown = await ask(client, "tasks/get", handle["taskId"])
        assert shown["status"] == "cancelled"
        assert "statusMessage" not in shown
        followed = await client.call_tool("follow_run", {"run": run})
        assert followed.structured_content
        assert followed.structured_content["state"] == "running"
        # Ends the run, so that the server need not wait for it.
        await client.call_tool("control_run", {"run": run, "action": "cancel"})
        another = await client.call_tool("follow_run", {"run": run, "wait_seconds": 5})
        assert another.structured_content
        assert another.structured_content["state"] == "cancelled"


async def test_cancelling_the_task_of_a_plan_cancels_its_run():
    sandbox = Sandbox(step_seconds=1000)
    async with taking_tasks(sandbox) as client:
        handle = await create_task(client, "apply_plan", plan=await plan(client))
        assert await ask(client, "tasks/cancel", handle["taskId"]) == {"resultType": "complete"}
        shown = await ask(client, "tasks/get", handle["taskId"])
        assert shown["status"] == "cancelled"
        assert " was cancelled: of 2 senders" in shown["statusMessage"]
        # Again, and after the end, it changes nothing.
        assert await ask(client, "tasks/cancel", handle["taskId"]) == {"resultType": "complete"}
        assert await ask(client, "tasks/get", handle["taskId"]) == shown


async def test_a_run_that_was_cancelled_otherwise_ends_the_task_with_its_result(clock):
    async with taking_tasks(Sandbox(step_seconds=1000)) as client:
        handle = await create_task(client, "apply_plan", plan=await plan(client))
        recent = await client.call_tool("follow_run", {})
        assert recent.structured_content
        run = recent.structured_content["runs"][0]["run"]
        await client.call_tool("control_run", {"run": run, "action": "cancel"})
        shown = await at_end(client, clock, handle["taskId"])
        assert await ask(client, "tasks/cancel", handle["taskId"]) == {"resultType": "complete"}
        assert (await ask(client, "tasks/get", handle["taskId"]))["status"] == "completed"
    assert shown["result"]["structuredContent"]["state"] == "cancelled"


# A run that stopped


class RefusingOnce:
    """A sandbox that refuses the first write."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(step_seconds=0)
        self.has_refused = False

    async def __call__(self, scope, receive, send) -> None:
        if scope["method"] == "POST" and not self.has_refused:
            self.has_refused = True
            body = {"code": 63100, "message": "Refused", "status": 400}
            self.sandbox.inject(Fault(status=400, body=body))
        await self.sandbox(scope, receive, send)


@asynccontextmanager
async def stopped_run(**options):
    """A client and the task of a run whose first sender Twilio refused."""
    async with taking_tasks(RefusingOnce(), **options) as client:
        number = await plan(client)
        handle = await create_task(client, "apply_plan", plan=number, canary=1)
        yield client, handle["taskId"]


async def agree(*_):
    return ElicitResult(action="accept", content={"confirm": True})


async def test_a_run_that_stopped_asks_a_person_and_goes_on(clock):
    async with stopped_run(elicitation_callback=agree) as (client, task):
        shown = await at_end(client, clock, task)
        assert shown["status"] == "input_required"
        assert "result" not in shown
        [(key, request)] = shown["inputRequests"].items()
        assert request["method"] == "elicitation/create"
        assert request["params"]["message"].endswith("Resume it?")
        assert " was stopped because one of the first senders" in request["params"]["message"]
        for meaningless in ({"other": {}}, {key: {"action": "maybe"}}, {key: {"action": "accept"}}):
            acknowledged = await ask(client, "tasks/update", task, inputResponses=meaningless)
            assert acknowledged == {"resultType": "complete"}
            assert (await ask(client, "tasks/get", task))["inputRequests"] == {key: request}
        yes = {"action": "accept", "content": {"confirm": True}}
        await ask(client, "tasks/update", task, inputResponses={key: yes})
        ended = await at_end(client, clock, task)
        assert ended["status"] == "completed"
        counts = ended["result"]["structuredContent"]["counts"]
        assert counts == {"applied": 1, "refused": 1, "waiting": 0}


@pytest.mark.parametrize(
    "no", [{"action": "decline"}, {"action": "accept", "content": {"confirm": False}}]
)
async def test_a_run_that_nobody_resumes_ends_the_task_as_it_is(clock, no):
    async with stopped_run(elicitation_callback=agree) as (client, task):
        stopped = await at_end(client, clock, task)
        assert stopped["status"] == "input_required", stopped["result"]["content"]
        [key] = stopped["inputRequests"]
        await ask(client, "tasks/update", task, inputResponses={key: no})
        ended = await at_end(client, clock, task)
    assert ended["status"] == "completed"
    assert ended["result"]["structuredContent"]["state"] == "stopped"


async def test_consent_is_for_the_stop_that_was_seen(clock):
    async with stopped_run(elicitation_callback=agree) as (client, task):
        stopped = await at_end(client, clock, task)
        assert stopped["status"] == "input_required", stopped["result"]["content"]
        [key] = stopped["inputRequests"]
        recent = await client.call_tool("follow_run", {})
        assert recent.structured_content
        run = recent.structured_content["runs"][0]["run"]
        # Somebody else resumes it; the answer comes after that.
        await client.call_tool("control_run", {"run": run, "action": "resume"})
        yes = {"action": "accept", "content": {"confirm": True}}
        await ask(client, "tasks/update", task, inputResponses={key: yes})
        ended = await at_end(client, clock, task)
    assert ended["status"] == "completed"
    assert ended["result"]["structuredContent"]["state"] == "done"


async def test_a_client_that_cannot_ask_gets_the_stopped_run(clock):
    async with stopped_run() as (client, task):
        ended = await at_end(client, clock, task)
    assert ended["result"]["structuredContent"]["state"] == "stopped"


# Senders


async def created(client: Client) -> str:
    """The SID of a new sender, whose registration takes a few steps of the sandbox."""
    result = await client.call_tool("create_sender", NEW)
    assert result.structured_content
    return result.structured_content["sender"]["sid"]


async def test_a_registration_is_waited_for_with_one_read_per_interval(clock):
    sandbox = Sandbox(step_seconds=60, clock=clock)
    async with taking_tasks(sandbox) as client:
        sid = await created(client)
        handle = await create_task(client, "wait_for_sender", sid=sid, timeout_seconds=900)
        assert handle["statusMessage"] == "The sender is CREATING; still waiting."
        assert handle["pollIntervalMs"] == POLL * 1000
        before = len(sandbox.requests)
        for _ in range(20):
            assert (await ask(client, "tasks/get", handle["taskId"]))["status"] == "working"
        assert len(sandbox.requests) == before
        clock.now += POLL
        await ask(client, "tasks/get", handle["taskId"])
        await ask(client, "tasks/get", handle["taskId"])
        assert len(sandbox.requests) == before + 1
        shown = await at_end(client, clock, handle["taskId"])
    content = shown["result"]["structuredContent"]
    assert content["reached"] is True
    assert content["sender"]["status"] == "ONLINE"
    assert content["waited_seconds"] % POLL == 0


async def test_a_wait_ends_at_its_timeout(clock):
    sandbox = Sandbox(step_seconds=10_000, clock=clock)
    async with taking_tasks(sandbox) as client:
        sid = await created(client)
        handle = await create_task(client, "wait_for_sender", sid=sid, timeout_seconds=10)
        assert handle["pollIntervalMs"] == 10_000
        clock.now += 10
        shown = await ask(client, "tasks/get", handle["taskId"])
    assert shown["status"] == "completed"
    assert shown["result"]["structuredContent"]["reached"] is False


async def test_a_read_that_fails_for_a_moment_is_repeated(clock):
    sandbox = Sandbox(step_seconds=10_000, clock=clock)
    async with taking_tasks(sandbox, twilio_senders_total_timeout=1) as client:
        sid = await created(client)
        handle = await create_task(client, "wait_for_sender", sid=sid, timeout_seconds=60)
        sandbox.inject(Fault(status=503, times=3))
        clock.now += POLL
        shown = await ask(client, "tasks/get", handle["taskId"])
    assert shown["status"] == "working"
    assert shown["statusMessage"] == "Twilio did not respond; still waiting."


async def test_a_sender_that_is_gone_ends_the_task_with_an_error_of_the_tool(clock):
    sandbox = Sandbox(step_seconds=10_000, clock=clock)
    async with taking_tasks(sandbox) as client:
        sid = await created(client)
        handle = await create_task(client, "wait_for_sender", sid=sid)
        sandbox.inject(Fault(status=404, body={"code": 20404, "message": "Gone", "status": 404}))
        clock.now += POLL
        shown = await ask(client, "tasks/get", handle["taskId"])
    assert shown["status"] == "completed"
    assert shown["result"]["isError"] is True
    assert "20404" in shown["result"]["content"][0]["text"]


# Other servers on the same state


async def test_a_task_survives_a_restart(clock, state):
    sandbox = Sandbox(step_seconds=0)
    async with taking_tasks(sandbox, twilio_senders_state=state) as client:
        handle = await create_task(client, "apply_plan", plan=await plan(client))
    async with taking_tasks(sandbox, twilio_senders_state=state) as client:
        shown = await at_end(client, clock, handle["taskId"])
    assert shown["result"]["structuredContent"]["counts"] == {"applied": 2, "waiting": 0}


async def test_a_server_without_the_tool_does_not_know_the_task(state):
    sandbox = Sandbox(step_seconds=0)
    async with taking_tasks(sandbox, twilio_senders_state=state) as client:
        handle = await create_task(client, "apply_plan", plan=await plan(client))
    async with taking_tasks(
        sandbox, twilio_senders_state=state, twilio_senders_read_only="true"
    ) as client:
        with pytest.raises(MCPError, match="There is no such task") as raised:
            await ask(client, "tasks/get", handle["taskId"])
    assert raised.value.code == -32602


async def test_a_server_without_a_tool_that_waits_offers_no_tasks():
    async with taking_tasks(Sandbox(), twilio_senders_tools="get_sender") as client:
        assert client.server_capabilities.extensions is None
        with pytest.raises(MCPError) as raised:
            await ask(client, "tasks/get", "task-1")
    assert raised.value.code == -32601


# What is refused


@pytest.mark.parametrize("method", ["tasks/get", "tasks/update", "tasks/cancel"])
async def test_an_unknown_task_is_refused(method):
    params = {"inputResponses": {}} if method == "tasks/update" else {}
    async with taking_tasks(Sandbox()) as client:
        with pytest.raises(MCPError, match="There is no such task, or it has expired") as raised:
            await ask(client, method, "task-1", **params)
    assert raised.value.code == -32602


async def test_a_task_expires(clock):
    async with taking_tasks(Sandbox(step_seconds=0)) as client:
        handle = await create_task(client, "apply_plan", plan=await plan(client))
        clock.now += handle["ttlMs"] / 1000
        with pytest.raises(MCPError, match="has expired"):
            await ask(client, "tasks/get", handle["taskId"])


@pytest.mark.parametrize("method", ["tasks/get", "tasks/update", "tasks/cancel"])
async def test_a_client_that_takes_no_tasks_is_refused(method):
    params = {"inputResponses": {}} if method == "tasks/update" else {}
    async with connected(Sandbox()) as client:
        with pytest.raises(MCPError) as raised:
            await ask(client, method, "task-1", **params)
    assert raised.value.code == -32021
    needed = {"extensions": {"io.modelcontextprotocol/tasks": {}}}
    assert raised.value.data == {"requiredCapabilities": needed}


async def test_a_client_that_takes_no_tasks_gets_results():
    async with connected(Sandbox(step_seconds=0)) as client:
        result = await client.call_tool("apply_plan", {"plan": await plan(client)})
    assert result.structured_content
    assert result.structured_content["counts"] == {"applied": 2, "waiting": 0}


async def test_an_older_revision_has_no_tasks():
    async with connected(
        Sandbox(step_seconds=0), era="legacy", extensions=[TakesTasks()]
    ) as client:
        assert client.server_capabilities.extensions is None
        result = await client.call_tool("apply_plan", {"plan": await plan(client)})
        assert result.structured_content
        assert result.structured_content["state"] == "done"
        with pytest.raises(MCPError) as raised:
            await ask(client, "tasks/get", "task-1")
    assert raised.value.code == -32601


# Without state


async def test_without_state_a_wait_is_no_task(tmp_path, monkeypatch):
    place = tmp_path / "file"
    place.write_text("")
    monkeypatch.setattr(server, "_poll_seconds", lambda *_, **__: 0.01)
    async with taking_tasks(Sandbox(step_seconds=0.2), twilio_senders_state=str(place)) as client:
        sid = await created(client)
        result = await client.call_tool("wait_for_sender", {"sid": sid})
    assert result.structured_content
    assert result.structured_content["reached"] is True


@pytest.mark.parametrize("lost", ["tasks", "runs"])
async def test_state_that_cannot_be_used_is_an_error_and_the_task_goes_on(
    lost, clock, state, tmp_path
):
    async with taking_tasks(Sandbox(step_seconds=1000), twilio_senders_state=state) as client:
        handle = await create_task(client, "apply_plan", plan=await plan(client))
        await ask(client, "tasks/get", handle["taskId"])
        [tables] = tmp_path.glob("state/*/changes.sqlite")
        with closing(sqlite3.connect(tables)) as connection:
            connection.execute(f"ALTER TABLE {lost} RENAME TO elsewhere")
            clock.now += POLL
            for method in ("tasks/get", "tasks/cancel"):
                with pytest.raises(MCPError, match="plans and runs") as raised:
                    await ask(client, method, handle["taskId"])
                assert raised.value.code == -32603
            connection.execute(f"ALTER TABLE elsewhere RENAME TO {lost}")
        shown = await ask(client, "tasks/get", handle["taskId"])
        assert shown["status"] == "working"
        await ask(client, "tasks/cancel", handle["taskId"])


async def test_an_error_of_the_protocol_ends_a_task_as_failed(clock):
    async with Client(create_fixture_server(), extensions=[TakesTasks()]) as client:
        handle = await create_task(client, "protocol_error_job")
        shown = await at_end(client, clock, handle["taskId"])
    assert shown["status"] == "failed"
    assert shown["error"] == {"code": -32603, "message": "Broken on purpose"}
    assert "result" not in shown


@pytest.mark.parametrize(
    ("name", "code"), [("task-1", -32602), ("=?base64?dGFzay0x?=", -32602), ("task-2", -32020)]
)
def test_over_http_the_header_names_the_task(name, code):
    capabilities = {"extensions": {"io.modelcontextprotocol/tasks": {}}}
    meta = {**META, "io.modelcontextprotocol/clientCapabilities": capabilities}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tasks/get"}
    body["params"] = {"taskId": "task-1", "_meta": meta}
    served_here = create_server(sandbox_settings(), sandbox=True)
    with served(create_http_app(served_here, "127.0.0.1")) as origin:
        got = exchange(f"{origin}/mcp", body, **modern(name, "tasks/get"))
        unnamed = exchange(
            f"{origin}/mcp", body, MCP_Protocol_Version="2026-07-28", Mcp_Method="tasks/get"
        )
    assert f'"code":{code}'.encode() in got
    assert b'"code":-32020' in unnamed
