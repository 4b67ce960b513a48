"""Pages of the objects of the API, generated from the models that the tools use."""

import json
from collections.abc import Iterator
from importlib import resources
from typing import Any, Final

from pydantic import BaseModel

from twilio_senders_mcp.twilio import requests, responses

from .fields import request_table, response_table
from .page import Page

SOURCE: Final = (
    "Source: Twilio's OpenAPI file `twilio_messaging_v2` (2026-04-14); of `friendly_name`, "
    "`use_case` and the display name: its library 9.13.0; of lengths and sizes: "
    "[Meta and Google](/topics/profile-limits).\n"
)
_SCHEMAS: Final[tuple[tuple[str, str, type[BaseModel] | None, type[Any]], ...]] = (
    ("sender", "A sender as Twilio returns it.", None, responses.Sender),
    (
        "configuration",
        "How a WhatsApp sender is registered and verified.",
        requests.Configuration,
        responses.ResponseConfiguration,
    ),
    ("webhook", "The URLs that Twilio calls.", requests.Webhook, responses.ResponseWebhook),
    (
        "profile",
        "What people see of a sender on WhatsApp or RCS.",
        requests.Profile,
        responses.ResponseProfile,
    ),
    ("email", "One e-mail address of a profile.", requests.Email, responses.ResponseEmail),
    ("website", "One web site of a profile.", requests.Website, responses.ResponseWebsite),
    (
        "phone-number",
        "One phone number of an RCS profile.",
        requests.PhoneNumber,
        responses.ResponsePhoneNumber,
    ),
    (
        "properties",
        "The quality rating and the messaging limit of a sender.",
        None,
        responses.Properties,
    ),
    ("offline-reason", "Why a sender is offline.", None, responses.OfflineReason),
    ("senders-list", "One page of a channel's senders.", None, responses.SendersList),
    ("list-meta", "The position of a page within a list.", None, responses.ListMeta),
    ("error-response", "The body of an error response.", None, responses.ErrorResponse),
)


def schema_pages() -> Iterator[Page]:
    """Yield a page for each object of the API."""
    for name, summary, request, response in _SCHEMAS:
        parts: list[str] = []
        if request is not None:
            parts += ["## In a request", request_table(request)]
        parts += ["## In a response", response_table(response, name), _response_notes(name)]
        title = name.replace("-", " ").capitalize()
        yield Page(
            path=f"schemas/{name}",
            title=title,
            type="schema",
            summary=summary,
            body="\n".join([*parts, SOURCE]),
            keywords=("object", "fields", "attributes"),
        )


def _response_notes(name: str) -> str:
    extra = (
        "\nTwilio's schema allows every field in every response. In its examples `url`, "
        "`properties` and `offline_reasons` are present only when a sender is fetched. "
        "See [statuses](/topics/statuses).\n"
        if name == "sender"
        else ""
    )
    return f"Twilio may add keys and values; they are passed on unchanged.\n{extra}"


def examples() -> dict[str, Any]:
    """Return the request examples; ``update`` is the example on Twilio's reference page."""
    return json.loads(resources.files(__spec__.parent).joinpath("examples.json").read_bytes())
