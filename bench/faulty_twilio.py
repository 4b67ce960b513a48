"""A stand-in for Twilio that responds at once, and fails now and then in ways that can be foretold.

`fault` tells from the method and the sender of a request what happens to it. ``GET /record`` says
for each sender how many requests to write arrived since the last such request, and how many of
them were carried out.
"""

import asyncio
import json
import re
import socket
import struct
import sys
import zlib
from contextlib import suppress
from typing import Final, Literal

Fault = Literal["refused", "error", "error_applied", "reset", "reset_applied", "garbled"]

PER_THOUSAND: Final = 20
"""How many of a thousand requests fail."""

SENDERS: Final = "/v2/Channels/Senders"
_WRITE_FAULTS: Final[tuple[Fault, ...]] = (
    "refused",
    "error",
    "error_applied",
    "reset",
    "reset_applied",
    "garbled",
)
# A read is repeated after a lost response, and then succeeds.
_READ_FAULTS: Final[tuple[Fault, ...]] = ("refused", "reset", "garbled")
_APPLIED: Final = (None, "error_applied", "reset_applied", "garbled")
_LENGTH: Final = re.compile(r"content-length: (\d+)", re.IGNORECASE)


def sid(number: int) -> str:
    """Return the SID of a sender."""
    return f"XE{number:032x}"


def sender_id(number: int) -> str:
    """Return the address of a sender."""
    return f"whatsapp:+1555{number:07d}"


def fault(method: str, number: int) -> Fault | None:
    """Return what happens to a request about a sender, None if Twilio does as it is told."""
    dice = zlib.crc32(f"{method} {number}".encode())
    if dice % 1000 >= PER_THOUSAND:
        return None
    faults = _READ_FAULTS if method == "GET" else _WRITE_FAULTS
    return faults[dice // 1000 % len(faults)]


class FaultyTwilio:
    """Serves the Senders API for any sender; it keeps nothing but the record."""

    def __init__(self) -> None:
        self._record: dict[int, list[int]] = {}
        self._failed_reads: set[int] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until it ends."""
        with suppress(OSError, asyncio.IncompleteReadError):
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = _LENGTH.search(head)
                body = await reader.readexactly(int(length[1])) if length else b""
                method, target, _ = head.split(" ", 2)
                self._respond(writer, method, target.partition("?")[0], body)
                await writer.drain()
        writer.close()

    def _respond(self, writer: asyncio.StreamWriter, method: str, path: str, body: bytes) -> None:
        if path == "/record":
            writer.write(_response(200, self._record))
            self._record, self._failed_reads = {}, set()
            return
        addressed = path.removeprefix(SENDERS).strip("/")
        if not addressed and method == "GET":
            writer.write(_response(200, {"senders": [], "meta": {"next_page_url": None}}))
            return
        number = _number(addressed or json.loads(body)["sender_id"])
        happens = self._note(method, number)
        if happens in ("reset", "reset_applied"):
            _reset(writer)
        elif happens == "refused":
            writer.write(_response(400, {"code": 63100, "message": "made up", "status": 400}))
        elif happens in ("error", "error_applied"):
            writer.write(_response(500, {"code": 20500, "message": "made up", "status": 500}))
        elif happens == "garbled":
            writer.write(_response(200, "<html>"))
        elif method == "DELETE":
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        else:
            sender = {"sid": sid(number), "sender_id": sender_id(number), "status": "ONLINE"}
            writer.write(_response(200 if method == "GET" else 202, sender))

    def _note(self, method: str, number: int) -> Fault | None:
        """Keep a record of a request, and return what happens to it."""
        happens = fault(method, number)
        if method == "GET":
            if happens == "reset" and number in self._failed_reads:
                return None
            self._failed_reads.add(number)
            return happens
        entry = self._record.setdefault(number, [0, 0])
        entry[0] += 1
        entry[1] += happens in _APPLIED
        return happens


def _number(text: str) -> int:
    if text.startswith("XE"):
        return int(text.removeprefix("XE"), 16)
    return int(text.removeprefix("whatsapp:+1555"))


def _response(status: int, body: object) -> bytes:
    content = json.dumps(body).encode()
    return b"HTTP/1.1 %d Made Up\r\nContent-Length: %d\r\n\r\n%b" % (status, len(content), content)


def _reset(writer: asyncio.StreamWriter) -> None:
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _main() -> None:
    server = await asyncio.start_server(FaultyTwilio().serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{port}", file=sys.stderr, flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
