"""A Twilio that takes a write and holds its response back, for tests of how a server ends."""

import json
import threading
from typing import Any

import anyio.to_thread
from processes import Process

from twilio_senders_mcp.sandbox import ONLINE_SENDER


class HeldTwilio:
    """Stands in for Twilio: takes a write at once, and responds when it is released."""

    def __init__(self) -> None:
        self.writes = 0
        self.arrived = threading.Event()
        self.released = threading.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await receive()
        self.writes += 1
        self.arrived.set()
        await anyio.to_thread.run_sync(self.released.wait)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 202, "headers": headers})
        body = json.dumps({"sid": ONLINE_SENDER, "status": "ONLINE"}).encode()
        await send({"type": "http.response.body", "body": body})


def wait_until_it_leaves(process: Process) -> None:
    """Read the log until the server says that it waits for what is on its way."""
    while b"Waiting up to 10 s for writes" not in process.stderr.readline():
        assert process.poll() is None
