"""The arguments that every tool on one existing sender shares."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from twilio_senders_mcp.twilio.models import SenderSid


class SenderReference(BaseModel):
    """One sender, by its SID: part of the path, so it is left out of every body."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    sid: Annotated[SenderSid, Field(exclude=True)]
