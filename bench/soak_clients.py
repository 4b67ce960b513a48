"""Clients of `soak.py` that have many calls in progress at the same time, one for each form."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from subprocess import Popen
from typing import Any, Final, Protocol

from raw_clients import (
    INITIALIZE,
    INITIALIZED,
    LEGACY,
    MODERN,
    MODERN_META,
    BenchError,
    required_pipe,
)

LINE_MAX: Final = 1 << 20


class Client(Protocol):
    """Calls tools, any number at the same time."""

    async def call(self, number: int, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the result of a call; ``number`` is the id of its request."""
        ...


class StdioClient:
    """A client of a server on stdio, in the legacy era."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.WriteTransport) -> None:
        self._reader = reader
        self._writer = writer
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def call(self, number: int, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the result of a call."""
        return await self._request(number, "tools/call", {"name": tool, "arguments": arguments})

    async def initialize(self) -> None:
        """Do the handshake."""
        await self._request(-1, "initialize", INITIALIZE)
        self._writer.write(_json(INITIALIZED) + b"\n")

    async def read(self) -> None:
        """Take in responses until the output ends. Anything else on it is an error."""
        while line := await self._reader.readline():
            message = json.loads(line)
            waiting = self._waiting.pop(message["id"], None)
            if waiting is None:
                raise BenchError(f"a response to no request, or a second one: {line!r}")
            waiting.set_result(message)
        raise BenchError("the server ended")

    async def _request(self, number: int, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        waiting = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._writer.write(_json(_request(number, method, params)) + b"\n")
        return _result(await waiting)


class HttpClient:
    """A client over HTTP with several kept-alive connections, every other one in each era."""

    def __init__(self, port: int, connections: int) -> None:
        self._port = port
        self._free: asyncio.Queue[_Connection] = asyncio.Queue()
        self._count = connections

    async def connect(self) -> None:
        """Open the connections, and a session for each one of the legacy era."""
        for number in range(self._count):
            streams = await asyncio.open_connection("127.0.0.1", self._port, limit=LINE_MAX)
            connection = _Connection(*streams)
            if number % 2:
                await connection.open_session()
            self._free.put_nowait(connection)

    async def call(self, number: int, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the result of a call."""
        connection = await self._free.get()
        try:
            return await connection.call(number, tool, arguments)
        finally:
            self._free.put_nowait(connection)


class _Connection:
    """One kept-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._session = ""

    async def open_session(self) -> None:
        head, _ = await self._post(_request(-1, "initialize", INITIALIZE))
        self._session = head["mcp-session-id"]
        await self._post(INITIALIZED)

    async def call(self, number: int, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        params: dict[str, Any] = {"name": tool, "arguments": arguments}
        if not self._session:
            params["_meta"] = MODERN_META
        head, content = await self._post(_request(number, "tools/call", params), tool)
        if head["content-type"].startswith("text/event-stream"):
            lines = [line for line in content.splitlines() if line.startswith(b"data: {")]
            [content] = [line.removeprefix(b"data: ") for line in lines]
        message = json.loads(content)
        if message["id"] != number:
            raise BenchError(f"the response to another request than {number}: {message}")
        return _result(message)

    async def _post(
        self, message: Mapping[str, Any], tool: str = ""
    ) -> tuple[dict[str, str], bytes]:
        content = _json(message)
        fields = {
            "Host": "127.0.0.1",
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
            "Content-Length": str(len(content)),
        }
        if self._session:
            fields |= {"Mcp-Session-Id": self._session, "MCP-Protocol-Version": LEGACY}
        elif tool:
            fields |= {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": tool}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self._writer.write(f"POST /mcp HTTP/1.1\r\n{head}\r\n".encode() + content)
        return await self._read_response()

    async def _read_response(self) -> tuple[dict[str, str], bytes]:
        status, *lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        head = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines if line)
        }
        if status.split()[1] not in ("200", "202"):
            raise BenchError(f"HTTP: {status}")
        if "content-length" in head:
            return head, await self._reader.readexactly(int(head["content-length"]))
        if head.get("transfer-encoding") != "chunked":
            return head, b""
        content = b""
        while size := int(await self._reader.readline(), 16):
            content += (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readline()
        return head, content


@asynccontextmanager
async def stdio_client(process: Popen[bytes]) -> AsyncGenerator[StdioClient]:
    """Yield a client of a server on stdio."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LINE_MAX)
    reading, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), required_pipe(process.stdout)
    )
    writing, _ = await loop.connect_write_pipe(asyncio.Protocol, required_pipe(process.stdin))
    client = StdioClient(reader, writing)
    async with asyncio.TaskGroup() as tasks:
        reader_task = tasks.create_task(client.read())
        await client.initialize()
        yield client
        reader_task.cancel()
    reading.close()
    writing.close()


def _request(number: int, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def _result(message: Mapping[str, Any]) -> dict[str, Any]:
    if "result" not in message:
        raise BenchError(f"no result: {message}")
    return message["result"]


def _json(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode()
