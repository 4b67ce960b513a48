"""Twilio's Senders API: its contract, its client and its errors. Independent of MCP."""
