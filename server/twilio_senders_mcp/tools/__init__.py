"""The MCP side: what a model may call. One file per job, and one funnel for every failure."""
