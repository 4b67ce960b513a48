"""An embedded Twilio: the Senders API as an ASGI app with its own senders.

It replaces Twilio in tests and demonstrations, over HTTP or in process. It shares no code with
the client except Twilio's enumerations, so that it can disagree with the client.
"""

from twilio_senders_mcp.sandbox.app import Sandbox
from twilio_senders_mcp.sandbox.credentials import (
    ACCOUNT_SID,
    ACCOUNTS,
    API_KEY,
    API_SECRET,
    AUTH_TOKEN,
    BAKERY,
    FLORIST,
    SUSPENDED,
)
from twilio_senders_mcp.sandbox.faults import Fault
from twilio_senders_mcp.sandbox.lifecycle import VERIFICATION_CODE
from twilio_senders_mcp.sandbox.recording import RecordedRequest
from twilio_senders_mcp.sandbox.seeds import (
    BAKERY_SENDER,
    FLORIST_SENDER,
    OFFLINE_SENDER,
    ONLINE_SENDER,
    PENDING_SENDER,
    RCS_SENDER,
    REVIEW_SENDER,
)

__all__ = [
    "ACCOUNTS",
    "ACCOUNT_SID",
    "API_KEY",
    "API_SECRET",
    "AUTH_TOKEN",
    "BAKERY",
    "BAKERY_SENDER",
    "FLORIST",
    "FLORIST_SENDER",
    "OFFLINE_SENDER",
    "ONLINE_SENDER",
    "PENDING_SENDER",
    "RCS_SENDER",
    "REVIEW_SENDER",
    "SUSPENDED",
    "VERIFICATION_CODE",
    "Fault",
    "RecordedRequest",
    "Sandbox",
]
