"""Check-ups of senders: on the sandbox, on one that refuses parts, and of a sender of one's own."""

from typing import Any

import trustme
from mcp import Client
from sandboxed import call, sandbox_settings
from senders_clients import no_changes
from stand_in import StandIn, answer
from web_servers import client_context

from twilio_senders_mcp.accounts.accounts import Accounts
from twilio_senders_mcp.accounts.configured import ConfiguredAccount
from twilio_senders_mcp.probing.prober import Prober
from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN, ONLINE_SENDER, Sandbox
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.tools.check_sender import CheckSenderArguments, check_sender
from twilio_senders_mcp.tools.tool import Call, Result
from twilio_senders_mcp.twilio.credentials import Credentials
from twilio_senders_mcp.twilio.transports import Transports


async def in_sandbox(era: Any = "auto", **arguments: Any):
    """Call the tool of a server on its own sandbox."""
    server = create_server(sandbox_settings(), sandbox=True)
    async with Client(server, mode=era) as client:
        return await client.call_tool("check_sender", arguments)


async def check(app: Any, *, era: str = "auto", **arguments: Any):
    settings = {n: arguments.pop(n) for n in list(arguments) if n.startswith("twilio_senders")}
    return await call(app, arguments, tool="check_sender", era=era, **settings)


def checks(result: Any, name: str = "") -> list[tuple[str, str]]:
    content = result.content if isinstance(result, Result) else result.structured_content
    return [
        (one["state"], one["found"])
        for one in content["checks"]
        if not name or one["check"] == name
    ]


class Partly(Sandbox):
    """A sandbox of which some paths are refused."""

    def __init__(self, refused: dict[str, int]) -> None:
        super().__init__()
        self._refused = refused

    async def __call__(self, scope, receive, send):
        for start, status in self._refused.items():
            if scope["type"] == "http" and scope["path"].startswith(start):
                body = {"code": 20403, "message": "No permission"}
                await StandIn([answer(status, body)])(scope, receive, send)
                return
        await super().__call__(scope, receive, send)


def sent_by(app: Any, prober: Prober | None, **arguments: Any) -> Any:
    """Call the tool's function with a prober of the test's own."""

    async def run() -> Result:
        async def nothing(*_: Any) -> None:
            return None

        account = ConfiguredAccount(credentials=Credentials(ACCOUNT_SID, AUTH_TOKEN))
        accounts = Accounts([account], Transports(app=app))
        made = Call(
            twilio=accounts.default.senders,
            accounts=accounts,
            changes=no_changes(accounts),
            asks=False,
            confirm=nothing,
            progress=nothing,
            poll_seconds=1,
            prober=prober,
            sandbox=True,
        )
        try:
            return await check_sender(made, CheckSenderArguments(**arguments))
        finally:
            await accounts.aclose()

    return run()


def prober(authority: trustme.CA | None = None, seconds: float = 5.0) -> Prober:
    async def resolve(_: str, __: int) -> list[str]:
        return ["127.0.0.1"]

    trust = client_context(authority) if authority else None
    return Prober(allow_loopback=True, resolve=resolve, trust=trust, seconds=seconds)


def sender_at(origin: str) -> dict[str, Any]:
    return {
        "sid": ONLINE_SENDER,
        "sender_id": "whatsapp:+15550100002",
        "status": "ONLINE",
        "webhook": {"callback_url": f"{origin}/in", "status_callback_url": f"{origin}/status"},
        "profile": {
            "name": "Owl Bakery",
            "logo_url": f"{origin}/logo.png",
            "vertical": "Other",
            "websites": [{"website": f"{origin}/"}],
        },
        "properties": {"quality_rating": "HIGH", "messaging_limit": "10K"},
    }


class OneSender(Sandbox):
    """A sandbox with a sender of the test's own."""

    def __init__(self, sender: dict[str, Any]) -> None:
        super().__init__()
        self.sender = sender

    async def __call__(self, scope, receive, send):
        if scope.get("path", "").startswith("/v2/"):
            await StandIn([answer(200, self.sender)])(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
