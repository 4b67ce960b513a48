"""A sandbox on a clock that tests advance, and a client that reaches it in process."""

from collections.abc import AsyncIterator

import httpx2 as httpx
import pytest

from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN, Sandbox


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Sandbox:
    return Sandbox(step_seconds=2.0, clock=clock)


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=sandbox),
        base_url="https://messaging.twilio.com",
        auth=(ACCOUNT_SID, AUTH_TOKEN),
    ) as client:
        yield client
