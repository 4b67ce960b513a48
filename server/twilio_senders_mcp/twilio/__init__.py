"""The Twilio side: the Senders API's contract, its client and its errors. Knows nothing of MCP."""
