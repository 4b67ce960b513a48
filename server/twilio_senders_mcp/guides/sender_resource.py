"""A sender as a resource, so that a person can attach one to a conversation."""

from typing import Any, Final

import pydantic_core
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.types import Annotations
from pydantic import TypeAdapter, ValidationError

from twilio_senders_mcp.tools.failure import failure_text
from twilio_senders_mcp.twilio.client import SendersClient
from twilio_senders_mcp.twilio.errors import Refused, TwilioError
from twilio_senders_mcp.twilio.models import SenderSid

SENDER_URI: Final = "twilio-sender://{sid}"
_SID: Final = TypeAdapter[str](SenderSid)
_NOT_FOUND: Final = 404


def add_sender_resource(server: MCPServer[Any], client: SendersClient) -> None:
    """Offer ``twilio-sender://{sid}`` on ``server``: the sender as JSON, as Twilio sends it."""

    @server.resource(
        SENDER_URI,
        name="sender",
        title="Twilio sender",
        description="One WhatsApp or RCS sender by its SID, as JSON: status, profile, webhooks.",
        mime_type="application/json",
        annotations=Annotations(audience=["user", "assistant"], priority=0.7),
    )
    async def sender(sid: str) -> str:  # pyright: ignore[reportUnusedFunction] - registered by the decorator
        try:
            answer = await client.fetch(_SID.validate_python(sid))
        except ValidationError:
            raise ResourceNotFoundError("A sender's SID is XE and 32 hexadecimal digits") from None
        except Refused as refusal:
            if refusal.problem.http_status == _NOT_FOUND:
                raise ResourceNotFoundError("Twilio knows no such sender") from None
            raise ResourceError(failure_text(refusal)) from None
        except TwilioError as error:
            raise ResourceError(failure_text(error)) from None
        return pydantic_core.to_json(answer.sender, indent=2).decode()
