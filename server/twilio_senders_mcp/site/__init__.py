"""The documentation as HTML, served at ``/docs`` or exported to a folder."""

from typing import Final

SITE_NAME: Final = "Twilio Senders MCP"
SITE_SUMMARY: Final = (
    "An MCP server with which an AI tool manages Twilio's WhatsApp and RCS senders, and the "
    "reference of the API behind it."
)
