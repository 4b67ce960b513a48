"""The argument that all tools for one existing sender share."""

from typing import Annotated

from pydantic import Field

from twilio_senders_mcp.twilio.requests import StrictModel
from twilio_senders_mcp.twilio.values import SenderSid


class SenderReference(StrictModel):
    """A sender's SID. It is part of the request path and so excluded from every body."""

    sid: Annotated[SenderSid, Field(exclude=True)]
