"""A Twilio on a real socket that misbehaves byte by byte, and keeps a record of what it did."""

import asyncio
import json
import re
import socket
import ssl
import struct
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

SENDERS = "/v2/Channels/Senders"


def sid(number: int) -> str:
    return f"XE{number:032x}"


def sender_id(number: int) -> str:
    return f"whatsapp:+1555{number:07d}"


def _number(text: str) -> int:
    """The number of a sender, from its SID or its sender_id."""
    if text.startswith("whatsapp:"):
        return int(text.removeprefix("whatsapp:+1555"))
    return int(text.removeprefix("XE"), 16)


@dataclass(frozen=True)
class Request:
    """What was received, and the sender that it is about; None for a list."""

    method: str
    path: str
    body: bytes
    number: int | None

    @property
    def writes(self) -> bool:
        return self.method != "GET"


@dataclass(frozen=True)
class Exchange:
    """One request, and the connection on which it is answered."""

    request: Request
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Break the connection as a crash does; what was not sent yet is lost."""
        connection = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Respond = Callable[[Exchange], Awaitable[object]]


@dataclass(frozen=True)
class Behavior:
    """What happens to one request.

    ``applies`` tells whether a write is carried out. With ``after_header`` the response comes, or
    the connection breaks, before the body was read; such a write is never carried out.
    """

    respond: Respond
    applies: bool = True
    after_header: bool = False


def success(request: Request) -> tuple[int, Any]:
    """The status and the body with which Twilio documents the operation."""
    if request.method == "DELETE":
        return 204, None
    if request.number is None:
        return 200, {"senders": [], "meta": {"key": "senders", "next_page_url": None}}
    sender = {
        "sid": sid(request.number),
        "status": "ONLINE",
        "sender_id": sender_id(request.number),
    }
    return (202 if request.writes else 200), sender


def raw_response(status: int, body: Any, *fields: str, reason: str = "Reason") -> bytes:
    """A response in bytes; a body that is not bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    if status in (204, 304):
        content = b""
    named = "".join(f"{field}\r\n" for field in fields)
    length = "" if status == 204 else f"Content-Length: {len(content)}\r\n"
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: application/json\r\n{named}{length}\r\n"
    return head.encode("latin-1") + content


async def respond_well(exchange: Exchange) -> None:
    await exchange.send(raw_response(*success(exchange.request)))


WELL = Behavior(respond_well)


def with_status(status: int, body: Any = None, *, applies: bool = True) -> Behavior:
    """Respond with a status and with this body, or with that of a success."""

    async def respond(exchange: Exchange) -> None:
        content = success(exchange.request)[1] if body is None else body
        location = "Location: https://elsewhere.example/"
        await exchange.send(raw_response(status, content, location))

    return Behavior(respond, applies=applies)


def raw(*parts: bytes, closes: bool = True, applies: bool = True) -> Behavior:
    """Respond with these bytes."""

    async def respond(exchange: Exchange) -> None:
        await exchange.send(b"".join(parts))
        if closes:
            exchange.writer.close()

    return Behavior(respond, applies=applies)


class FakeTwilio:
    """Answers each request as ``behave`` says.

    ``seen`` counts the requests of which at least the header arrived, and ``applied`` the writes
    that were carried out, by method and number of the sender.
    """

    def __init__(self, behave: Callable[[Request], Behavior] = lambda _: WELL) -> None:
        self.behave = behave
        self.requests: list[Request] = []
        self.seen: Counter[tuple[str, int | None]] = Counter()
        self.applied: Counter[tuple[str, int | None]] = Counter()
        self.connections = 0
        self._serving: set[asyncio.Task[Any]] = set()

    @asynccontextmanager
    async def listening(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
        """Listen on loopback while the block runs; yields the port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for task in self._serving:
                task.cancel()
            await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        self.connections += 1
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                while not writer.is_closing():
                    await self._serve_one(reader, writer)
        finally:
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, target, _ = head.split(" ", 2)
        length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
        path = target.partition("?")[0]
        addressed = path.removeprefix(SENDERS).strip("/")
        # What happens to a request about one sender is known from its header.
        behavior = None
        request = Request(method, path, b"", _number(addressed) if addressed else None)
        if request.number is not None:
            behavior = self.behave(request)
            if behavior.after_header:
                self._note(request)
                await behavior.respond(Exchange(request, reader, writer))
                return
        body = await reader.readexactly(int(length[1])) if length else b""
        number = request.number
        if request.method == "POST" and not addressed:
            number = _number(json.loads(body)["sender_id"])
        request = Request(method, path, body, number)
        behavior = behavior or self.behave(request)
        self._note(request)
        if request.writes and behavior.applies:
            self.applied[method, number] += 1
        await behavior.respond(Exchange(request, reader, writer))

    def _note(self, request: Request) -> None:
        self.requests.append(request)
        self.seen[request.method, request.number] += 1
