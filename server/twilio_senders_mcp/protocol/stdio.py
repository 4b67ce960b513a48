"""MCP on stdin and stdout, over asyncio's pipes where the system supports them.

The SDK's own stdio transport reads and writes in threads, with three thread switches for each call.
This transport reads, validates and passes on each line in the event loop itself. A line that is not
a message gets a JSON-RPC error instead of no response. On other systems, or if stdin is a file, the
SDK's transport is used.

At the end of input, or after SIGTERM or SIGINT, the server starts no new work, and its lifespan
closes its resources. A second signal ends the process at once.
"""

import asyncio
import json
import os
import signal
import stat
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Any, Final, Self, cast

import anyio
import pydantic_core
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from mcp.types import (
    INVALID_REQUEST,
    PARSE_ERROR,
    ErrorData,
    JSONRPCError,
    JSONRPCNotification,
    jsonrpc_message_adapter,
)
from pydantic import ValidationError
from typing_extensions import override

LINE_MAX: Final = 8 << 20
"""Maximum length of a message, in bytes."""

_TOO_LONG: Final = b"too long"
_FLUSH_SECONDS: Final = 1.0
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


async def serve_stdio(server: Server[Any]) -> None:
    """Serve one client on stdin and stdout until the input ends or a signal arrives."""
    serving = anyio.CancelScope()
    async with anyio.create_task_group() as tasks:
        if sys.platform != "win32":  # pragma: no branch - asyncio has no signal handlers there
            tasks.start_soon(cancel_at_signal, serving)
        with serving:
            pipes = _has_pipes()
            async with _pipes() if pipes else stdio_server() as (incoming, outgoing):
                try:
                    await server.run(incoming, outgoing, server.create_initialization_options())
                finally:
                    if serving.cancel_called and not pipes:
                        # The thread that reads a terminal cannot be told to stop.
                        os._exit(0)  # pragma: no cover - Python 3.11 does not trace it here
        tasks.cancel_scope.cancel()


async def cancel_at_signal(scope: anyio.CancelScope) -> None:
    """Cancel ``scope`` at the first SIGINT or SIGTERM, and end the process at the second."""
    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        with anyio.open_signal_receiver(*_SIGNALS) as signals:
            async for _ in signals:
                if scope.cancel_called:
                    os._exit(0)
                scope.cancel()
    finally:
        # The event loop leaves the default ones, with which a late signal would kill the process.
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _has_pipes() -> bool:
    """Tell whether stdin and stdout are pipes or sockets, which asyncio can watch.

    A terminal is excluded, because asyncio would make it non-blocking for the shell as well.
    """
    if sys.platform == "win32":  # pragma: no cover - its asyncio watches no pipes
        return False
    modes = [os.fstat(descriptor).st_mode for descriptor in (0, 1)]
    return all(stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) for mode in modes)


@asynccontextmanager
async def _pipes() -> AsyncGenerator[tuple["_Incoming", "_Outgoing"]]:
    """Yield the message streams; meanwhile no other code can read stdin or write to stdout."""
    loop = asyncio.get_running_loop()
    wire_in, wire_out = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2 if sys.stderr else nothing, 1)
    os.close(nothing)
    reader = asyncio.StreamReader(limit=LINE_MAX)
    read_transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(wire_in, "rb", 0)
    )
    write_transport, flow = await loop.connect_write_pipe(_Flow, os.fdopen(wire_out, "wb", 0))
    outgoing = _Outgoing(write_transport, flow)
    try:
        yield _Incoming(reader, outgoing), outgoing
    finally:
        read_transport.close()
        write_transport.close()
        with anyio.move_on_after(_FLUSH_SECONDS, shield=True):
            await flow.closed.wait()


class _Flow(asyncio.Protocol):
    """Signals when the pipe to the client can be written to, and when it is closed."""

    def __init__(self) -> None:
        self.writable = asyncio.Event()
        self.writable.set()
        self.closed = asyncio.Event()

    @override
    def pause_writing(self) -> None:
        self.writable.clear()

    @override
    def resume_writing(self) -> None:
        self.writable.set()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()
        self.writable.set()


class _PipeEnd:
    """What both streams of messages have in common: `_pipes` opens and closes the pipes."""

    async def aclose(self) -> None:
        """Do nothing."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        await self.aclose()


class _Outgoing(_PipeEnd):
    """The stream of messages to the client."""

    def __init__(self, transport: asyncio.WriteTransport, flow: _Flow) -> None:
        self._transport = transport
        self._flow = flow

    async def send(self, item: SessionMessage, /) -> None:
        if self._flow.closed.is_set():
            raise anyio.BrokenResourceError
        text = item.message.model_dump_json(by_alias=True, exclude_unset=True)
        self._transport.write(f"{text}\n".encode())
        await self._flow.writable.wait()


class _Incoming(_PipeEnd):
    """The stream of messages from the client; an invalid line gets a JSON-RPC error."""

    def __init__(self, reader: asyncio.StreamReader, outgoing: _Outgoing) -> None:
        self._reader = reader
        self._outgoing = outgoing

    async def receive(self) -> SessionMessage | Exception:
        while True:
            line = await self._read_line()
            try:
                message = jsonrpc_message_adapter.validate_json(line, by_name=False)
            except ValidationError:
                if line.strip():
                    await self._send_error(line)
                continue
            if isinstance(message, JSONRPCNotification) and _has_unusable_id(line):
                await self._send_error(line)
                continue
            return SessionMessage(message)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def _send_error(self, line: bytes) -> None:
        try:
            await self._outgoing.send(_error_response(line))
        except anyio.BrokenResourceError:
            raise anyio.EndOfStream from None  # the client has gone

    async def _read_line(self) -> bytes:
        """Return the next line, or a constant invalid message for a line that is too long.

        Raises:
            EndOfStream: at the end of input.

        """
        try:
            return await self._reader.readuntil()
        except asyncio.IncompleteReadError as end:
            if end.partial:
                return end.partial
            raise anyio.EndOfStream from None
        except asyncio.LimitOverrunError as overrun:
            with suppress(asyncio.IncompleteReadError):
                await self._skip_line(overrun.consumed)
            return _TOO_LONG

    async def _skip_line(self, consumed: int) -> None:
        while True:
            await self._reader.readexactly(consumed)
            try:
                await self._reader.readuntil()
            except asyncio.LimitOverrunError as overrun:
                consumed = overrun.consumed
            else:
                return


def _has_unusable_id(line: bytes) -> bool:
    """Tell whether a notification is a request whose id cannot be used, such as an object.

    Taken as a notification, it would never get a response. Some clients write notifications with
    an id that is null.
    """
    return b'"id"' in line and pydantic_core.from_json(line).get("id") is not None


def _error_response(line: bytes) -> SessionMessage:
    """Return the error for a line that is no message, with the request's id if it has one.

    Without the id the caller would wait until its own timeout.
    """
    request_id: object = None
    try:
        # The standard library reads the lone surrogates that JavaScript writes for a cut emoji.
        request = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        request = None
    if isinstance(request, dict):
        request_id = cast("dict[str, object]", request).get("id")
    if isinstance(request_id, str) and not request_id.isascii():
        request_id = None  # it may have a lone surrogate, too, which cannot be written
    return SessionMessage(
        JSONRPCError(
            jsonrpc="2.0",
            id=request_id if type(request_id) in (str, int) else None,  # pyright: ignore[reportArgumentType] - narrowed by the type
            error=_error(line),
        )
    )


def _error(line: bytes) -> ErrorData:
    if line is _TOO_LONG:
        message = f"The message is longer than {LINE_MAX} bytes"
        return ErrorData(code=PARSE_ERROR, message=message)
    try:
        pydantic_core.from_json(line)
    except ValueError:
        return ErrorData(code=PARSE_ERROR, message="Parse error")
    return ErrorData(code=INVALID_REQUEST, message="Invalid request")
