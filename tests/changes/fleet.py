"""Many senders of a sandbox behind a real socket, and what reached each of them."""

import json
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
import uvicorn
from senders_clients import OwnClient

from twilio_senders_mcp.changes import Owner
from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN, Fault, Sandbox
from twilio_senders_mcp.sandbox.responses import accepted
from twilio_senders_mcp.sandbox.senders import Senders
from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.credentials import Credentials

OLD = "https://old.example.com/inbound"
PATIENCE = 60
NEW = "https://new.example.com/inbound"


@dataclass(frozen=True)
class FakeAccount:
    senders: SendersClient
    name: str = "main"
    sid: str = ACCOUNT_SID
    read_only: bool = False


class FakeAccounts:
    def __init__(self, *accounts: FakeAccount) -> None:
        self.all = accounts

    async def find(self, name: str, /) -> FakeAccount:
        for account in self.all:
            if name in (account.name, account.sid):
                return account
        raise LookupError(name)


async def received(receive: Any) -> Any:
    """Receive a whole request, and return what hands its parts out again at once."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())

    async def again() -> Any:
        return messages.pop(0) if messages else await receive()

    return again


class Fleet:
    """An ASGI app: a sandbox with its own senders that counts the updates of each."""

    def __init__(self, *, step_seconds: float = 0.0, delay: float = 0.0, **options: Any) -> None:
        self.sandbox = Sandbox(step_seconds=step_seconds, seed=False, record=5000, **options)
        self.delay = delay
        self.updates = Counter[str]()
        self.effective = Counter[str]()
        self.fetches = Counter[str]()
        self.watch: Callable[[int], None] = lambda _: None
        self._served = threading.Condition()
        self.faults: dict[tuple[str, str], list[Fault]] = {}
        self.lists = 0
        self.ignore_updates: set[str] = set()
        self.freeze_reviews = False
        self.url = ""

    @property
    def senders(self) -> Senders:
        """The sandbox's senders of the main account."""
        return self.sandbox._senders[ACCOUNT_SID]

    def add(self, count: int, **fields: Any) -> list[str]:
        """Register senders that are online, and return their SIDs."""
        senders = self.senders
        for _ in range(count):
            number = 2 * len(senders.sids())
            body = {
                "sender_id": f"whatsapp:+1555{number:07d}",
                "profile": {"name": f"Shop {number}", "about": "Open daily"},
                "webhook": {"callback_url": OLD, "callback_method": "POST"},
            }
            senders.create({**body, **fields}, self.sandbox._clock())
        return senders.sids()[-count:]

    def add_rcs(self) -> str:
        senders = self.senders
        senders.create(
            {"sender_id": f"rcs:agent_{len(senders.sids())}", "profile": {"name": "Shop"}},
            self.sandbox._clock(),
        )
        return senders.sids()[-1]

    def shown(self, sid: str) -> dict[str, Any]:
        """The sender's own data, as an update shows it."""
        sender = dict(accepted(self.senders._get(sid, self.sandbox._clock())))
        sender.pop("status")
        return sender

    def change(self, sid: str, **fields: Any) -> None:
        """Change a sender as somebody else would."""
        self.senders.update(sid, fields, self.sandbox._clock())

    def freeze(self, sid: str, status: str) -> None:
        """Let a sender keep this status until it is updated."""
        sender = self.senders._get(sid, self.sandbox._clock())
        sender.status, sender.schedule = status, []

    def fail(self, method: str, sid: str, *faults: Fault) -> None:
        """Let the next requests with this method for this sender fail."""
        self.faults.setdefault((method, sid), []).extend(faults)

    async def reaches(self, state: Callable[[], bool]) -> None:
        """Wait until this is so, looked at after each request that was served."""

        def wait() -> None:
            with self._served:
                assert self._served.wait_for(state, timeout=PATIENCE)

        await anyio.to_thread.run_sync(wait)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        method, sid = scope["method"], scope["path"].rpartition("/")[2]
        self._count(method, sid)
        if self.delay:
            await anyio.sleep(self.delay)
        # With the whole request at hand, the sandbox takes the fault before it yields to another.
        receive = await received(receive)
        if waiting := self.faults.get((method, sid)):
            self.sandbox.inject(waiting.pop(0))
        if method == "POST" and sid in self.ignore_updates:
            body = json.dumps({"sid": sid, "status": "ONLINE:UPDATING"}).encode()
            self.sandbox.inject(Fault(status=202, body=body))
        known = method == "POST" and sid in self.senders.sids()
        before = self.shown(sid) if known else {}
        try:
            await self.sandbox(scope, receive, send)
        finally:
            self._freeze_reviews()
            if known and self.shown(sid) != before:
                self.effective[sid] += 1
            with self._served:
                self._served.notify_all()

    def _count(self, method: str, sid: str) -> None:
        if method == "POST":
            self.updates[sid] += 1
            self.watch(self.updates.total())
        elif sid.startswith("XE"):
            self.fetches[sid] += 1
        else:
            self.lists += 1

    def _freeze_reviews(self) -> None:
        if self.freeze_reviews:
            for each in self.senders._by_sid.values():
                if each.name_change is not None:
                    each.name_change.schedule = []

    @property
    def owner(self) -> Owner:
        return Owner(self.url, (ACCOUNT_SID,))

    @asynccontextmanager
    async def accounts(self, **others: Any) -> AsyncIterator[FakeAccounts]:
        """The account of the fleet; its connections are closed at the end."""
        credentials = Credentials(ACCOUNT_SID, AUTH_TOKEN)
        client = OwnClient(credentials=credentials, base_url=self.url)
        try:
            yield FakeAccounts(FakeAccount(client, **others))
        finally:
            await client.aclose()


@contextmanager
def served(fleet: Fleet) -> Iterator[Fleet]:
    """Serve a fleet on a free port of the loopback interface."""
    config = uvicorn.Config(
        fleet, port=0, log_level="critical", lifespan="off", access_log=False, ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
        [listener] = [one for each in server.servers for one in each.sockets]
        fleet.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield fleet
    finally:
        server.should_exit = True
        thread.join(timeout=30)
