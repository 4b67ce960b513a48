"""The streams of messages over pipes: what is read, what is refused, and when writing waits."""

import asyncio
import json

import anyio
import pytest
from mcp.shared.message import SessionMessage
from mcp.types import JSONRPCNotification, JSONRPCRequest

from twilio_senders_mcp.protocol.stdio import _Flow, _Incoming, _Outgoing

pytestmark = pytest.mark.anyio

PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n'
LIMIT = 64


class Pipe(asyncio.WriteTransport):
    """A pipe to the client that keeps what is written and can be full."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def errors(self) -> list[tuple[int, str]]:
        lines = [json.loads(line) for line in self.written.splitlines()]
        return [(line["error"]["code"], line["error"]["message"]) for line in lines]


def method_of(item: SessionMessage | Exception) -> str:
    assert isinstance(item, SessionMessage)
    assert isinstance(item.message, JSONRPCRequest)
    return item.message.method


async def read_all(*chunks: bytes) -> tuple[list[str], Pipe]:
    reader, pipe = asyncio.StreamReader(limit=LIMIT), Pipe()
    for chunk in chunks:
        reader.feed_data(chunk)
    reader.feed_eof()
    async with _Outgoing(pipe, _Flow()) as outgoing, _Incoming(reader, outgoing) as incoming:
        return [method_of(item) async for item in incoming], pipe


async def test_messages_are_read_until_the_input_ends():
    methods, pipe = await read_all(PING, b"\n", PING.rstrip())
    assert methods == ["ping", "ping"]
    assert pipe.written == b""


@pytest.mark.parametrize("length", [LIMIT + 1, LIMIT * 2, LIMIT * 9])
async def test_of_a_line_that_is_too_long_nothing_is_read(length):
    methods, pipe = await read_all(b"x" * length + b"\n", PING)
    assert methods == ["ping"]
    [(code, message)] = pipe.errors()
    assert code == -32700
    assert message.startswith("The message is longer than ")


async def test_a_notification_may_have_an_id_that_is_null_or_one_further_down():
    null = b'{"jsonrpc":"2.0","id":null,"method":"note"}\n'
    inside = b'{"jsonrpc":"2.0","method":"note","params":{"id":7}}\n'
    reader, pipe = asyncio.StreamReader(), Pipe()
    reader.feed_data(null + inside)
    reader.feed_eof()
    incoming = _Incoming(reader, _Outgoing(pipe, _Flow()))
    assert len([item async for item in incoming]) == 2
    assert pipe.written == b""


async def test_a_line_that_is_too_long_may_come_in_pieces():
    reader, pipe = asyncio.StreamReader(limit=LIMIT), Pipe()
    incoming = _Incoming(reader, _Outgoing(pipe, _Flow()))
    read = []

    async def read_one():
        read.append(await incoming.receive())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read_one)
        for piece in (b"x" * LIMIT * 3, b"x" * LIMIT * 3, b"x\n", PING):
            await anyio.wait_all_tasks_blocked()
            reader.feed_data(piece)
    assert [method_of(item) for item in read] == ["ping"]
    assert len(pipe.errors()) == 1


async def test_input_that_ends_in_a_line_that_is_too_long_ends_the_stream():
    methods, pipe = await read_all(PING, b"x" * LIMIT * 3)
    assert methods == ["ping"]
    assert len(pipe.errors()) == 1


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"not json\n", (-32700, "Parse error")),
        (b"[]\n", (-32600, "Invalid request")),
    ],
)
async def test_what_is_no_message_is_refused(line, error):
    methods, pipe = await read_all(line, PING)
    assert methods == ["ping"]
    assert pipe.errors() == [error]


NOTE = SessionMessage(JSONRPCNotification(jsonrpc="2.0", method="note"))


async def test_writing_waits_while_the_client_takes_nothing():
    pipe, flow = Pipe(), _Flow()
    outgoing = _Outgoing(pipe, flow)
    flow.pause_writing()
    with anyio.move_on_after(0) as waiting:
        await outgoing.send(NOTE)
    assert waiting.cancelled_caught
    flow.resume_writing()
    await outgoing.send(NOTE)
    assert pipe.written == b'{"jsonrpc":"2.0","method":"note"}\n' * 2


async def test_a_line_that_is_no_message_of_a_client_that_has_gone_ends_the_stream():
    reader, flow = asyncio.StreamReader(), _Flow()
    reader.feed_data(b"not json\n" + PING)
    flow.connection_lost(None)
    incoming = _Incoming(reader, _Outgoing(Pipe(), flow))
    assert [item async for item in incoming] == []


async def test_nothing_is_written_to_a_client_that_has_gone():
    pipe, flow = Pipe(), _Flow()
    flow.pause_writing()
    flow.connection_lost(None)
    with pytest.raises(anyio.BrokenResourceError):
        await _Outgoing(pipe, flow).send(NOTE)
    assert pipe.written == b""


@pytest.mark.parametrize(
    ("line", "request_id", "code"),
    [
        (b'{"jsonrpc":"2.0","id":7,"method":"x","params":{"a":"\\ud83d"}}\n', 7, -32700),
        (b'{"jsonrpc":"2.0","id":"a","method":"x","params":{"a":"\xff"}}\n', "a", -32700),
        (b'{"jsonrpc":"2.0","id":7,"method":"x","params":[]}\n', 7, -32600),
        (b'{"jsonrpc":"2.0","id":true,"method":5}\n', None, -32600),
        (b'{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}\n', None, -32600),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}\n', None, -32600),
        (b'{"jsonrpc":"2.0","id":true,"method":"ping"}\n', None, -32600),
        (b'{"id":7,"method\n', None, -32700),
        (b'{"jsonrpc":"2.0","id":"\\ud800","method":"ping"}\n', None, -32700),
    ],
)
async def test_a_refused_request_is_answered_under_its_own_id(line, request_id, code):
    reader, pipe = asyncio.StreamReader(), Pipe()
    reader.feed_data(line)
    reader.feed_eof()
    incoming = _Incoming(reader, _Outgoing(pipe, _Flow()))
    assert [item async for item in incoming] == []
    [answered] = [json.loads(line) for line in pipe.written.splitlines()]
    assert (answered["id"], answered["error"]["code"]) == (request_id, code)
