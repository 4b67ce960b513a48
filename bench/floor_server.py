"""The baseline of `run.py`: the same tool as a newcomer to the SDK would write it.

It has nested models, the SDK's defaults and one shared HTTP client, but no strict validation, no
retries, no limits and no error messages of its own. The same environment variables configure its
connection to the sandbox. ``python floor_server.py`` serves stdio;
``python floor_server.py http PORT`` serves Streamable HTTP on loopback.
"""

import os
import sys
from typing import Any, Literal

import httpx2
from mcp.server import MCPServer
from pydantic import BaseModel


class Configuration(BaseModel):
    """How the sender is registered."""

    waba_id: str | None = None
    verification_method: Literal["sms", "voice"] | None = None
    verification_code: str | None = None
    voice_application_sid: str | None = None
    account_type: str | None = None


class Webhook(BaseModel):
    """The URLs that Twilio calls."""

    callback_url: str | None = None
    callback_method: Literal["POST", "PUT"] | None = None
    fallback_url: str | None = None
    fallback_method: Literal["POST", "PUT"] | None = None
    status_callback_url: str | None = None
    status_callback_method: str | None = None


class Email(BaseModel):
    """One e-mail address."""

    email: str
    label: str = "Email"


class Website(BaseModel):
    """One web site."""

    website: str
    label: str = "Website"


class Profile(BaseModel):
    """The public profile of a sender."""

    name: str | None = None
    about: str | None = None
    address: str | None = None
    description: str | None = None
    emails: list[Email] | None = None
    logo_url: str | None = None
    vertical: str | None = None
    websites: list[Website] | None = None


class Body(BaseModel):
    """The body of the request."""

    configuration: Configuration | None = None
    webhook: Webhook | None = None
    profile: Profile | None = None


mcp = MCPServer("floor", log_level="WARNING")
clients: list[httpx2.AsyncClient] = []


@mcp.tool()
async def update_sender(
    sid: str,
    configuration: Configuration | None = None,
    webhook: Webhook | None = None,
    profile: Profile | None = None,
) -> dict[str, Any]:
    """Update a sender's configuration, webhook or profile."""
    body = Body(configuration=configuration, webhook=webhook, profile=profile)
    response = await http_client().post(
        f"/v2/Channels/Senders/{sid}",
        json=body.model_dump(exclude_unset=True, exclude_none=True),
    )
    response.raise_for_status()
    return response.json()


def http_client() -> httpx2.AsyncClient:
    """Return the shared HTTP client, which the first call creates."""
    if not clients:
        credentials = (os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
        clients.append(
            httpx2.AsyncClient(
                base_url=os.environ["TWILIO_BASE_URL"], auth=credentials, **client_options()
            )
        )
    return clients[0]


def client_options() -> dict[str, Any]:
    """Return HTTPX's defaults, or what many connections need where their number is set.

    All of them are then kept alive, and a request may wait for one longer than HTTPX's 5 seconds.
    """
    connections = int(os.environ.get("TWILIO_SENDERS_CONNECTIONS", "0"))
    if not connections:
        return {}
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    return {"limits": limits, "timeout": 30.0}


if __name__ == "__main__":
    if sys.argv[1:2] == ["http"]:
        mcp.run("streamable-http", port=int(sys.argv[2]))
    else:
        mcp.run("stdio")
