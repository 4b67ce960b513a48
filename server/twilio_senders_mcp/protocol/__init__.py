"""The MCP protocol: handlers that serve the tools and the reference to clients."""
