"""The AI clients that this server can be added to, and the editing of their configurations."""
