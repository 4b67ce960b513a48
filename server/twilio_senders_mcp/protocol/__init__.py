"""MCP itself: what a client asks, answered with the tools and the reference."""
