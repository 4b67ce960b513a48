"""The HTTP server: the MCP endpoint, the health check and the documentation."""
