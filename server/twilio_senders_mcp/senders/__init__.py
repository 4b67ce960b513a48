"""Knowledge about senders, independent of MCP and free of wording for people."""
