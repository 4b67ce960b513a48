"""The documentation of Twilio's Senders API and of this server, as data."""
