"""Clients of the HTTP form that write their requests byte by byte, or do not write at all."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from processes import INITIALIZE, INITIALIZED, PATIENCE

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}
"""What every request carries since 2026-07-28."""


def connect(url: str) -> socket.socket:
    """A connection that says nothing."""
    host, _, port = url.removeprefix("http://").partition("/")[0].partition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def request(
    body: Any = b"",
    *,
    method: str = "POST",
    path: str = "/mcp",
    length: int | str | None = None,
    **fields,
) -> bytes:
    """A request in bytes; a body that is not bytes becomes JSON, an underscore a hyphen."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    header = {
        "Host": "127.0.0.1",
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    if method == "POST" or content:
        header["Content-Length"] = len(content) if length is None else length
    lines = "".join(f"{name}: {value}\r\n" for name, value in header.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + content


def modern(name: str = "update_sender", method: str = "tools/call") -> dict[str, str]:
    """The header fields of a call since 2026-07-28."""
    return {"MCP_Protocol_Version": "2026-07-28", "Mcp_Method": method, "Mcp_Name": name}


def call(name: str, /, **arguments: Any) -> dict[str, Any]:
    """A call in either protocol era."""
    params = {"name": name, "arguments": arguments, "_meta": META}
    return {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params}


def read_until(connection: socket.socket, end: bytes) -> bytes:
    """What the server sends up to ``end``, or up to its end if that comes first."""
    got = bytearray()
    while end not in got and (part := connection.recv(1 << 16)):
        got += part
    return bytes(got)


def read_all(connection: socket.socket) -> bytes:
    """What the server sends until it closes the connection, in whichever way."""
    got = bytearray()
    with suppress(ConnectionResetError):
        while part := connection.recv(1 << 16):
            got += part
    return bytes(got)


def exchange(url: str, *args: Any, **fields: Any) -> bytes:
    """The response to one request on a connection of its own."""
    with connect(url) as connection:
        connection.sendall(request(*args, Connection="close", **fields))
        return read_all(connection)


def session(url: str, **capabilities: Any) -> dict[str, str]:
    """Open a session of the older protocol; returns the header fields that name it."""
    params = {**INITIALIZE["params"], "capabilities": capabilities}
    opened = exchange(url, {**INITIALIZE, "params": params}).decode()
    [line] = [line for line in opened.splitlines() if line.lower().startswith("mcp-session-id")]
    fields = {"Mcp_Session_Id": line.partition(": ")[2], "MCP_Protocol_Version": "2025-11-25"}
    assert exchange(url, INITIALIZED, **fields).startswith(b"HTTP/1.1 202")
    return fields


@contextmanager
def sending(url: str, data: bytes) -> Iterator[socket.socket]:
    """A connection on which ``data`` is sent."""
    with connect(url) as connection:
        connection.sendall(data)
        yield connection
