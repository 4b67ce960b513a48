"""An ASGI app in Twilio's place that keeps every request's raw bytes and answers as told."""

import json
from dataclasses import dataclass, field
from typing import Any

SENDER = {"sid": "XE" + "a" * 32, "status": "ONLINE", "sender_id": "whatsapp:+15550100001"}


@dataclass
class Received:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class StandIn:
    """Answers each request with the next of `answers`, the last one again and again."""

    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {key.decode().lower(): value.decode() for key, value in scope["headers"]}
        path, query = scope["raw_path"].decode(), scope["query_string"].decode()
        self.received.append(Received(scope["method"], path, query, headers, body))
        status, answer_headers, answer = self._next()
        raw = [(key.lower().encode(), value.encode()) for key, value in answer_headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": answer})

    def _next(self) -> tuple[int, dict[str, str], bytes]:
        if not self.answers:
            return answer(202, SENDER | {"sid": self.received[-1].path.rpartition("/")[2]})
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def answer(status: int, body: Any = None, /, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One canned answer; a body that is not bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, {"content-type": "application/json", **named}, content
