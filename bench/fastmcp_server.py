"""FastMCP's `from_openapi` over the generated OpenAPI file, the way its documentation shows it.

``python fastmcp_server.py OPENAPI_FILE``, run by the environment that `peers.py` makes for it.
"""

import json
import os
import sys
from pathlib import Path

import httpx2
from fastmcp import FastMCP

# Its own default client has the same timeout.
client = httpx2.AsyncClient(
    base_url=os.environ["TWILIO_BASE_URL"],
    auth=(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"]),
    timeout=30.0,
)
document = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
server = FastMCP.from_openapi(document, client=client, name="senders")

if __name__ == "__main__":
    server.run(show_banner=False)
