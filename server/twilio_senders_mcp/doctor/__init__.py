"""Finding out what prevents the server from working, without changing anything."""
