"""Secrets in every place that has some, and a Twilio that repeats whatever it is told."""

import json
import zlib
from base64 import b64encode
from typing import Any

ACCOUNT_SID = "AC" + "5" * 32
API_KEY = "SK" + "6" * 32
AUTH_TOKEN = "planted-auth-token"
API_SECRET = "planted-api-secret"
CODE = "4951738260"
BEARER = "planted-bearer"
BASIC = b64encode(f"{API_KEY}:{API_SECRET}".encode()).decode()
SECRETS = [AUTH_TOKEN, API_SECRET, CODE, BEARER, BASIC]


def environment(twilio: str) -> dict[str, str]:
    """The settings of a server with secrets in them, whose log says as much as it can."""
    return {
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_API_KEY": API_KEY,
        "TWILIO_API_SECRET": API_SECRET,
        "TWILIO_BASE_URL": twilio,
        "TWILIO_SENDERS_LOG_LEVEL": "debug",
        "TWILIO_SENDERS_POLL": "1",
        "COVERAGE_PROCESS_CONFIG": "",
    }


def secrets_in(content: bytes) -> list[str]:
    """The secrets that a content holds."""
    text = content.decode("utf-8", "replace")
    return [secret for secret in SECRETS if secret in text]


class EchoingTwilio:
    """Accepts or refuses a request, and repeats all of it in the response, secrets included."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise NotImplementedError
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        header = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        status, content = _response(scope["method"], scope["path"], header, body)
        fields = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(content)).encode()),
            (b"t-request-id", b"planted-api-secret"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": content})


def _response(method: str, path: str, header: dict[str, str], body: bytes) -> tuple[int, bytes]:
    repeated = f"{header} {body.decode('utf-8', 'replace')} {API_SECRET}"
    sid = path.rpartition("/")[2]
    dice = zlib.crc32(path.encode() + body) % 8
    # No read gets 5xx: it would be repeated, after a pause.
    if dice == 0 or (dice == 1 and method == "GET"):
        return 400, json.dumps({"code": 63100, "message": repeated}).encode()
    if dice == 1:
        return 500, json.dumps({"code": 20500, "message": repeated}).encode()
    if dice == 2:
        return 404, repeated.encode()
    if method == "DELETE":
        return 204, b""
    try:
        configuration = json.loads(body)["configuration"]
    except (ValueError, KeyError, TypeError):
        configuration = {}
    sender = {
        "sid": sid,
        "status": "ONLINE",
        "sender_id": "whatsapp:+15550100002",
        "friendly_name": repeated,
        "configuration": configuration,
        "profile": {"name": repeated, "about": header.get("authorization")},
        "offline_reasons": [{"code": "1", "message": repeated}],
    }
    if sid == "Senders" and method == "GET":
        page = {"senders": [{**sender, "sid": "XE" + "a" * 32}], "meta": {"next_page_url": None}}
        return 200, json.dumps(page).encode()
    if sid == "Senders":
        sender["sid"] = "XE" + "b" * 32
        sender["sender_id"] = json.loads(body).get("sender_id")
    return (200 if method == "GET" else 202), json.dumps(sender).encode()
