"""Twilio's host names, by region and edge location."""


def messaging_url(region: str | None = None, edge: str | None = None) -> str:
    """Return the API's base URL by the host rules of Twilio's own libraries.

    ``{product}.{edge}.{region}.twilio.com``; an edge without a region means region us1.
    """
    if edge and not region:
        region = "us1"
    return "https://" + ".".join(part for part in ("messaging", edge, region, "twilio.com") if part)
