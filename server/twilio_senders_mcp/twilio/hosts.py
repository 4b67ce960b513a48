"""Where Twilio's APIs are: their host names, by region and edge location."""

from dataclasses import dataclass
from typing import Literal

Product = Literal["messaging", "api", "monitor", "webhooks"]
"""``messaging`` serves senders, ``api`` accounts, ``monitor`` alerts, ``webhooks`` how webhooks are
delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioAddress:
    """The address of an account's APIs: a base URL, or else the hosts of a region and an edge."""

    region: str | None = None
    edge: str | None = None
    base_url: str | None = None

    def url(self, product: Product) -> str:
        """Return the base URL of a product's API by the host rules of Twilio's own libraries.

        ``{product}.{edge}.{region}.twilio.com``; an edge without a region means region us1.
        """
        if self.base_url:
            return self.base_url
        region = self.region or ("us1" if self.edge else None)
        return "https://" + ".".join(
            part for part in (product, self.edge, region, "twilio.com") if part
        )
