"""Which Twilio accounts there are, and the clients with which calls about each are made."""
