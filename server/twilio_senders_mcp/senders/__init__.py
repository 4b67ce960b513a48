"""What is known about senders, as pure functions over data: no HTTP, no MCP, no wording."""
