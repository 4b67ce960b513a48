"""Calls of the tools against the fake Twilio, and whether what they report is true."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
from faults.fake_twilio import WELL, Behavior, FakeTwilio, sender_id, sid
from mcp import Client
from mcp.types import CallToolResult

from twilio_senders_mcp.protocol.calls import ERROR_META
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.settings import load_settings

TIMEOUT = 1
"""The time that a request may take where a test waits for it, in seconds; elsewhere it is long."""

BOUND = 50
"""No call may take longer, in seconds."""

WRITES = ["update_sender", "create_sender", "delete_sender"]
READS = ["get_sender", "list_senders"]
KNOWN = dict.fromkeys(WRITES, "changed") | dict.fromkeys(READS, "read")
NOT_KNOWN = dict.fromkeys(WRITES, "unknown") | dict.fromkeys(READS, "unanswered")
"""What a tool reports if a response says that it succeeded, and if no response can be used."""

NEXT = 1_000_000
"""The first of the senders that the calls after the faults are about."""

METHODS = {"update_sender": "POST", "create_sender": "POST", "delete_sender": "DELETE"}


def arguments(tool: str, number: int) -> dict[str, Any]:
    """Arguments of a call that is about this sender."""
    return {
        "update_sender": {"sid": sid(number), "friendly_name": f"name {number}"},
        "create_sender": {"sender_id": sender_id(number), "profile": {"name": "New"}},
        "delete_sender": {"sid": sid(number), "sender_id": sender_id(number)},
        "get_sender": {"sid": sid(number)},
        "list_senders": {"channel": "whatsapp"},
    }[tool]


@dataclass(frozen=True)
class Report:
    """What a call says: ``changed`` or ``read``, or why it failed, and the failure as data."""

    outcome: str
    facts: Mapping[str, Any]


def report(tool: str, result: CallToolResult) -> Report:
    """The outcome that a result states.

    ``changed``, ``not sent``, ``refused`` or ``unknown``; for a tool that reads ``read``,
    ``not sent``, ``refused`` or ``unanswered``.
    """
    if not result.is_error:
        return Report("changed" if tool in WRITES else "read", {})
    assert result.meta
    facts = result.meta[ERROR_META]
    names = {
        ("not_sent", "nothing_sent"): "not sent",
        ("refused", "nothing_changed"): "refused",
        ("outcome_unknown", "unknown"): "unknown",
        ("no_answer", "nothing_changed"): "unanswered",
    }
    return Report(names[facts["type"], facts["outcome"]], facts)


@asynccontextmanager
async def connected(base_url: str, **settings: Any) -> AsyncIterator[Client]:
    """A client of a server that calls the Twilio at ``base_url`` over real sockets."""
    given = {
        "twilio_account_sid": "AC" + "0" * 32,
        "twilio_auth_token": "token",
        "twilio_base_url": base_url,
        **settings,
    }
    async with Client(create_server(load_settings(**given))) as client:
        yield client


async def call(client: Client, tool: str, number: int) -> Report:
    """Call a tool, within its bound."""
    with anyio.fail_after(BOUND):
        return report(tool, await client.call_tool(tool, arguments(tool, number)))


def check(twilio: FakeTwilio, tool: str, number: int, reported: Report) -> None:
    """Check a write's report against what Twilio received and carried out."""
    if tool in READS:
        assert reported.outcome in ("read", "not sent", "refused", "unanswered")
        return
    key = METHODS[tool], number
    seen, applied = twilio.seen[key], twilio.applied[key]
    told = f"{tool} of {number} reports {reported.outcome}; seen {seen}, applied {applied}"
    assert applied <= 1, told
    if reported.outcome == "changed":
        assert applied == 1, told
    elif reported.outcome == "refused":
        assert applied == 0, told
        assert seen or reported.facts, told
    elif reported.outcome == "not sent":
        assert seen == 0, told
    else:
        assert reported.outcome in ("unknown", "unanswered"), told


async def check_next_call(client: Client, twilio: FakeTwilio, number: int) -> None:
    """Check that a write succeeds now that Twilio behaves again."""
    twilio.behave = lambda _: WELL
    reported = await call(client, "update_sender", number)
    assert (reported.outcome, twilio.applied["POST", number]) == ("changed", 1)


@dataclass(frozen=True)
class Row:
    """A fault of the response to a tool's main request, and what the caller must be told."""

    name: str
    behavior: Behavior
    expected: str


async def check_table(tool: str, rows: Iterable[Row], **settings: Any) -> None:
    """Meet each fault with one call, all on one server: the reports are as expected, and true.

    After each fault the next call must succeed.
    """
    wrong: list[str] = []
    twilio = FakeTwilio()
    async with (
        twilio.listening() as port,
        connected(f"http://127.0.0.1:{port}", **settings) as client,
    ):
        for number, row in enumerate(rows):
            twilio.behave = lambda request, behavior=row.behavior: (
                behavior if request.writes == (tool in WRITES) else WELL
            )
            reported = await call(client, tool, number)
            if reported.outcome != row.expected:
                wrong.append(f"{row.name}: {reported.outcome} instead of {row.expected}")
            check(twilio, tool, number, reported)
            await check_next_call(client, twilio, NEXT + number)
    assert not wrong


async def check_table_at_once(tool: str, rows: Sequence[Row]) -> None:
    """Do the same with all calls at once, for faults that take as long as a request may take."""
    reports: dict[int, Report] = {}
    twilio = FakeTwilio(
        lambda request: (
            rows[request.number or 0].behavior if request.writes == (tool in WRITES) else WELL
        )
    )
    async with (
        twilio.listening() as port,
        connected(f"http://127.0.0.1:{port}", twilio_senders_timeout=TIMEOUT) as client,
    ):

        async def one(number: int) -> None:
            reports[number] = await call(client, tool, number)

        async with anyio.create_task_group() as tasks:
            for number in range(len(rows)):
                tasks.start_soon(one, number)
        await check_next_call(client, twilio, NEXT)
    for number, row in enumerate(rows):
        assert (row.name, reports[number].outcome) == (row.name, row.expected)
        check(twilio, tool, number, reports[number])
