"""A Twilio with many accounts of one sender each, which checks the credentials of each request."""

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio

from twilio_senders_mcp.accounts.configured import ConfiguredAccount
from twilio_senders_mcp.twilio.credentials import Credentials


def account_sid(number: int) -> str:
    return f"AC{number:032x}"


def sender_sid(number: int) -> str:
    return f"XE{number:032x}"


def token(number: int) -> str:
    return f"{number:030d}tk"


def configured(number: int, **others: Any) -> ConfiguredAccount:
    """The account with this number, as the settings would describe it."""
    credentials = Credentials(account_sid(number), token(number))
    return ConfiguredAccount(name=f"account-{number}", credentials=credentials, **others)


def write_accounts_file(folder: Path, count: int, base_url: str, **keys: Any) -> Path:
    """An accounts file with this many accounts, and the files of their tokens beside it."""
    lines: list[str] = []
    for number in range(count):
        (folder / f"{number}.token").write_text(token(number))
        lines += [
            f"[accounts.account-{number}]",
            f'account_sid = "{account_sid(number)}"',
            f'auth_token_file = "{number}.token"',
            f'base_url = "{base_url}"',
            *(f"{key} = {json.dumps(value)}" for key, value in keys.items()),
        ]
    file = folder / "accounts.toml"
    file.write_text("\n".join(lines))
    return file


@dataclass
class ManyAccounts:
    """Account 0 is the main account of the others, each of which has the sender of its number.

    Every response sets a cookie and is delayed by `delay` seconds. `tokens` overrides the auth
    token of an account; `failing` are the accounts whose list of senders answers 500.
    """

    count: int
    delay: float = 0.0
    tokens: dict[int, str] = field(default_factory=dict)
    failing: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    names: dict[int, str] = field(default_factory=dict)
    standard_keys: bool = False
    received: list[tuple[int | None, str, str]] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    most_at_once: int = 0
    at_once: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            pass
        headers = {key.decode().lower(): value.decode() for key, value in scope["headers"]}
        self.cookies += [headers["cookie"]] if "cookie" in headers else []
        number = self._signer(headers.get("authorization", ""))
        path = scope["path"]
        self.received.append((number, scope["method"], path))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        if self.delay:
            await anyio.sleep(self.delay)
        self.at_once -= 1
        status, body = self._response(number, scope["method"], path, scope["query_string"].decode())
        raw = [
            (b"content-type", b"application/json"),
            (b"set-cookie", b"who=%d; Path=/" % (number or 0)),
        ]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    def _signer(self, authorization: str) -> int | None:
        user, _, password = base64.b64decode(authorization[6:] or b"").decode().partition(":")
        number = int(user.removeprefix("AC"), 16) if user.startswith("AC") else -1
        known = 0 <= number < self.count and password == self.tokens.get(number, token(number))
        return number if known else None

    def _response(  # noqa: PLR0911 - one for each kind of request
        self, number: int | None, method: str, path: str, query: str
    ) -> tuple[int, Any]:
        if number is None:
            return 401, {"code": 20003, "message": "Authenticate", "status": 401}
        if path.startswith("/2010-04-01/"):
            return self._accounts(number, query)
        last = path.rpartition("/")[2]
        if last == "Senders":
            if number in self.failing:
                return 500, {"code": 20500, "message": "down", "status": 500}
            listed = [] if "Channel=rcs" in query else [self.sender(number)]
            return 200, {"senders": listed, "meta": {"next_page_url": None}}
        if last != sender_sid(number):
            return 404, {"code": 20404, "message": "not found", "status": 404}
        if method == "DELETE":
            return 204, None
        return (202 if method == "POST" else 200), self.sender(number)

    def _accounts(self, number: int, query: str) -> tuple[int, Any]:
        if self.standard_keys:
            return 401, {"code": 20003, "message": "Authenticate", "status": 401}
        if "Status=active" not in query:
            return 200, self._account(number)
        seen = [n for n in range(self.count) if n not in self.closed] if number == 0 else [number]
        return 200, {"accounts": [self._account(n) for n in seen], "next_page_uri": None}

    def _account(self, number: int) -> dict[str, str]:
        return {
            "sid": account_sid(number),
            "friendly_name": self.names.get(number, f"Customer {number}"),
            "status": "active",
            "auth_token": self.tokens.get(number, token(number)),
        }

    def sender(self, number: int) -> dict[str, Any]:
        return {
            "sid": sender_sid(number),
            "status": "ONLINE",
            "sender_id": f"whatsapp:+1555{number:07d}",
            "profile": {"name": f"Shop {number}"},
        }
