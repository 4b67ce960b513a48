"""The arguments that every tool on one existing sender shares."""

from typing import Annotated

from pydantic import Field

from twilio_senders_mcp.twilio.requests import SenderSid, StrictModel


class SenderReference(StrictModel):
    """One sender, by its SID: part of the path, so it is left out of every body."""

    sid: Annotated[SenderSid, Field(exclude=True)]
