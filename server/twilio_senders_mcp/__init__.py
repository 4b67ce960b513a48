"""An MCP server with which any AI client manages Twilio's WhatsApp and RCS senders."""

__version__ = "0.1.0"
