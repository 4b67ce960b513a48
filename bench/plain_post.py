"""No MCP at all: it reads calls from stdin, posts each, and writes that it was done.

`peers.py` measures it for the time that the upstream and the HTTP library take by themselves. It
understands the few JSON-RPC messages that the benchmark's client sends.
"""

import asyncio
import json
import os
import sys
from typing import Any

import httpx2


async def main() -> None:
    """Serve until the end of input."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with (
        httpx2.AsyncClient(
            base_url=os.environ["TWILIO_BASE_URL"],
            auth=(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"]),
            timeout=30.0,
        ) as client,
        asyncio.TaskGroup() as calls,
    ):
        while line := await reader.readline():
            message = json.loads(line)
            if "id" in message:
                calls.create_task(answer(client, message))


async def answer(client: httpx2.AsyncClient, message: dict[str, Any]) -> None:
    """Post a call's arguments; any other request has an empty result."""
    reply: dict[str, Any] = {"jsonrpc": "2.0", "id": message["id"], "result": {"tools": []}}
    if message["method"] == "tools/call":
        body = dict(message["params"]["arguments"])
        try:
            response = await client.post(f"/v2/Channels/Senders/{body.pop('Sid')}", json=body)
            reply["result"] = {"content": [], "isError": response.status_code >= 400}  # noqa: PLR2004
        except httpx2.HTTPError:
            reply["result"] = {"content": [], "isError": True}
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
