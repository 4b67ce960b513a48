"""A stand-in for Twilio that responds after 150 ms, as the real one may, to any update.

It does nothing else, so that it leaves the processor to the server that is measured.
``GET /peaks`` returns the most requests that each user agent had in progress at the same time.
"""

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Final

import anyio

from twilio_senders_mcp.http.limits import Limits
from twilio_senders_mcp.http.serving import open_socket, serve
from twilio_senders_mcp.sandbox import ONLINE_SENDER

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

SECONDS: Final = 0.15
_SENDER: Final = {
    "sid": ONLINE_SENDER,
    "status": "ONLINE:UPDATING",
    "sender_id": "whatsapp:+15550100002",
    "webhook": {"callback_url": "https://example.com/inbound", "callback_method": "POST"},
}


class SlowTwilio:
    """An ASGI app that counts the requests in progress, by user agent."""

    def __init__(self) -> None:
        self._now: Counter[str] = Counter()
        self._peaks: Counter[str] = Counter()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one request; there is no lifespan."""
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        if scope["path"] == "/peaks":
            await _respond(send, 200, self._peaks)
            return
        agent = dict(scope["headers"]).get(b"user-agent", b"").decode()
        self._now[agent] += 1
        self._peaks[agent] = max(self._peaks[agent], self._now[agent])
        try:
            while (await receive()).get("more_body"):
                pass
            await anyio.sleep(SECONDS)
        finally:
            self._now[agent] -= 1
        await _respond(send, 202, _SENDER)


async def _respond(send: "Send", status: int, body: object) -> None:
    content = json.dumps(body).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
        (b"t-request-id", b"RQ" + b"0" * 32),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


if __name__ == "__main__":
    listener = open_socket("127.0.0.1", 0)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", file=sys.stderr, flush=True)
    serve(SlowTwilio(), listener, Limits(connections=2000))
