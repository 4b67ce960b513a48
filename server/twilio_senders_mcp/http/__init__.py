"""Serving over HTTP: the MCP endpoint, its health, and the address it may listen on."""
