"""The Twilio of `peers.py`: it keeps what it receives, and answers quickly or as the sandbox does.

``POST /_peers/reset`` begins anew; its JSON body has ``seconds``, to answer every update after so
many seconds and nothing else, or ``faults``, for the first writes to a new sandbox.
``GET /_peers/seen`` returns what arrived since. A second listener is the other host of a redirect.
Prints both addresses to stderr.
"""

import asyncio
import json
import socket
import sys
from base64 import b64decode
from collections import Counter, deque
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from twilio_senders_mcp.sandbox import ACCOUNT_SID, API_KEY, Sandbox
from twilio_senders_mcp.sandbox.faults import read_fault

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

BACKLOG: Final = 4096
_CONTROL: Final = "/_peers/"


class PeerTwilio:
    """An ASGI app in Twilio's place."""

    def __init__(self) -> None:
        self._begin({"faults": []})

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one request; there is no lifespan."""
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        body = await _read(receive)
        if scope["path"].startswith(_CONTROL):
            await self._control(scope["path"], body, send)
        elif self._seconds is None:
            await self._as_sandbox(scope, body, send)
        else:
            await self._quickly(scope, body, send)

    def _begin(self, how: dict[str, Any]) -> None:
        self._seconds: float | None = how.get("seconds")
        self._sandbox = Sandbox(step_seconds=3600)
        self._faults = deque(how.get("faults", []))
        self._requests: list[dict[str, Any]] = []
        self._markers: Counter[str] = Counter()
        self._sockets: set[tuple[str, int]] = set()

    async def _control(self, path: str, body: bytes, send: "Send") -> None:
        if path == f"{_CONTROL}reset":
            self._begin(json.loads(body))
        seen = {
            "requests": self._requests,
            "sockets": len(self._sockets),
            "writes": self._markers.total(),
            "doubled": sum(count > 1 for count in self._markers.values()),
        }
        await _respond(send, 200, seen)

    async def _quickly(self, scope: "Scope", body: bytes, send: "Send") -> None:
        """Answer an update as accepted, and count it by the text that marks the call."""
        changes = json.loads(body)
        self._sockets.add(tuple(scope["client"]))
        self._markers[changes["profile"]["about"]] += 1
        if self._seconds:
            await asyncio.sleep(self._seconds)
        sender = {
            "sid": scope["path"].rpartition("/")[2],
            "status": "ONLINE:UPDATING",
            "sender_id": "whatsapp:+15550100002",
            "webhook": changes.get("webhook"),
            "profile": changes["profile"],
        }
        await _respond(send, 202, sender)

    async def _as_sandbox(self, scope: "Scope", body: bytes, send: "Send") -> None:
        request = {
            "method": scope["method"],
            "path": scope["raw_path"].decode("latin-1"),
            "query": scope["query_string"].decode("latin-1"),
            "port": scope["server"][1],
            "has_credentials": _has_credentials(scope),
            "body": _json(body),
            "status": None,
        }
        self._requests.append(request)
        # A server may read before it writes.
        if self._faults and scope["method"] != "GET":
            self._sandbox.inject(read_fault(json.dumps(self._faults.popleft()).encode()))

        async def receive_again() -> "Message":
            return {"type": "http.request", "body": body}

        async def send_and_note(message: "Message") -> None:
            if message["type"] == "http.response.start":
                request["status"] = message["status"]
            await send(message)

        await self._sandbox(scope, receive_again, send_and_note)


def _has_credentials(scope: "Scope") -> bool:
    header = dict(scope["headers"]).get(b"authorization", b"")
    user = b64decode(header.partition(b" ")[2]).partition(b":")[0].decode()
    return user in (ACCOUNT_SID, API_KEY)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body or b"null")
    except ValueError:
        return None


async def _read(receive: "Receive") -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _respond(send: "Send", status: int, body: object) -> None:
    content = json.dumps(body).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
        (b"t-request-id", b"RQ" + b"0" * 32),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _listener() -> socket.socket:
    # asyncio turns Nagle's algorithm off only for sockets that name their protocol; with it, each
    # call would take 40 ms longer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(BACKLOG)
    return listener


if __name__ == "__main__":
    listeners = [_listener(), _listener()]
    addresses = [f"http://127.0.0.1:{each.getsockname()[1]}" for each in listeners]
    print(*addresses, file=sys.stderr, flush=True)
    config = uvicorn.Config(
        PeerTwilio(), backlog=BACKLOG, log_level="critical", access_log=False, lifespan="off"
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=listeners))
