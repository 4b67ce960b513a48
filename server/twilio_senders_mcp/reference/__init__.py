"""The documentation portal: Twilio's Senders API and this server, for models and for people."""
