"""A server process that carries out runs: `work.py PLACE URL PACE`, until its input ends."""

import logging
import sys
from functools import partial

import anyio
import anyio.to_thread
from fleet import FakeAccount, FakeAccounts
from senders_clients import OwnClient

from twilio_senders_mcp.changes import Changes, Owner, StateSettings
from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN
from twilio_senders_mcp.twilio.credentials import Credentials


async def main(place: str, url: str, pace: str) -> None:
    logging.basicConfig(level="WARNING")
    client = OwnClient(credentials=Credentials(ACCOUNT_SID, AUTH_TOKEN), base_url=url)
    changes = Changes(
        StateSettings(Owner(url, (ACCOUNT_SID,)), place),
        FakeAccounts(FakeAccount(client)),
        pace=float(pace),
        poll_seconds=0.05,
        arrive_seconds=0.5,
    )
    async with changes:
        await anyio.to_thread.run_sync(sys.stdin.read)


anyio.run(partial(main, *sys.argv[1:]))
