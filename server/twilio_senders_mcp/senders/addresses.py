"""The addresses in a sender's profile and webhooks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from twilio_senders_mcp.twilio.responses import Sender

from .profile_rules import entries_of, profile_of
from .survey_keys import webhook_urls

Kind = Literal["webhook", "page", "picture"]


@dataclass(frozen=True, slots=True)
class Address:
    """A URL, the fields that hold it, and what is expected there."""

    url: str
    fields: tuple[str, ...]
    kind: Kind

    @property
    def name(self) -> str:
        """The fields, for a sentence."""
        return ", ".join(self.fields)


def addresses_of(sender: Sender) -> list[Address]:
    """Return each address once."""
    fields: dict[tuple[Kind, str], list[str]] = {}
    for kind, field, url in _addresses(sender):
        fields.setdefault((kind, url), []).append(field)
    return [Address(url, tuple(names), kind) for (kind, url), names in fields.items()]


def _addresses(sender: Sender) -> Iterator[tuple[Kind, str, str]]:
    for name, url in webhook_urls(sender).items():
        yield "webhook", f"webhook.{name}", url
    profile = profile_of(sender)
    for url in entries_of(sender, "websites", "website"):
        if url:
            yield "page", "profile.websites", url
    for name in ("privacy_url", "terms_of_service_url"):
        if isinstance(url := profile.get(name), str) and url:
            yield "page", f"profile.{name}", url
    for name in ("logo_url", "banner_url"):
        if isinstance(url := profile.get(name), str) and url:
            yield "picture", f"profile.{name}", url
