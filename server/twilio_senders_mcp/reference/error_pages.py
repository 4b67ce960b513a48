"""A page for each error code of the catalogue."""

import json
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any, Final, cast

from twilio_senders_mcp.twilio.errors import ERROR_PAGE, Advice, advice_for, known_codes

from .operations import operations
from .page import Page

_RETRIES: Final = {
    "safe": "Yes, after a wait: Twilio did not process it. This server repeats it automatically.",
    "check": "Only after a check: Twilio may have carried out the request. Read the sender first.",
    "": "Only after the cause is removed. Until then the same request is refused again.",
}
_SOURCES: Final = {
    "page": "Twilio's documentation",
    "title": "the title of Twilio's error page; the cure is our advice",
    "list": "the entry in Twilio's list of error codes",
    "third party": "code and plans of third parties, unconfirmed",
}
_SEEN: Final = {
    "response": "In the response to a request{status}.",
    "log": "In the error log of the Twilio Console, in Monitor's alerts and in error-log events, "
    "and perhaps among a sender's `offline_reasons`; not as a rule in a response.",
    "webhook": "In the error log of the Twilio Console and in Monitor's alerts, after Twilio has "
    "called one of the sender's webhooks; never in a response.",
}
_TOOLS: Final = {
    "response": "The tool that made the request fails. Its result contains this meaning and this "
    "cure, and says whether anything was changed. `structuredContent` has the code, the HTTP "
    "status and Twilio's message.",
    "log": "`get_sender` and `wait_for_sender` show this cure if the code is among the sender's "
    "`offline_reasons`. If a response has the code, the tool fails with this meaning and cure.",
    "webhook": "`check_sender` shows the alerts of the last 24 hours about the sender's webhooks. "
    "`get_sender` shows the URLs, but not this error.",
}

_SHARED: Final = (
    "Where it appears",
    "Can the request be repeated?",
    "What this server does",
    "Example",
)


def error_pages() -> Iterator[Page]:
    """Yield a page for each error code of the catalogue."""
    for code in known_codes():
        advice = cast("Advice", advice_for(code))
        yield Page(
            path=f"errors/{code}",
            title=f"Error {code}: {advice.name}",
            type="error",
            summary=advice.meaning,
            body=_body(code, advice),
            keywords=("error", "failed", code, *_everyday_words().get(code, ())),
            unsearched=_SHARED,
        )


def _body(code: str, advice: Advice) -> str:
    status = f", HTTP {advice.http}" if advice.http else ""
    places = [
        f"- [{operation['title']}](/operations/{operation['name']})"
        for operation in operations()
        if int(code) in operation["errors"]
    ]
    parts = ["## Where it appears", _SEEN[advice.appears].format(status=status)]
    if places:
        parts.append("\n".join(places))
    if advice.cause:
        parts += ["## Why it happens", advice.cause]
    parts += ["## What to do", advice.cure]
    if advice.appears == "response":
        parts += ["## Can the request be repeated?", _RETRIES[advice.retry]]
    parts += ["## What this server does", _TOOLS[advice.appears]]
    parts += ["## Example", _example(code, advice)]
    return "\n\n".join([*parts, _source(code, advice)])


def _example(code: str, advice: Advice) -> str:
    link = ERROR_PAGE.format(code=code)
    if advice.appears == "response":
        body: dict[str, Any] = {"code": int(code), "message": advice.message or advice.name}
        body |= {"more_info": link, **({"status": int(advice.http)} if advice.http else {})}
        shown = "The body of a response; the message varies."
    else:
        body = {"error_code": code, "log_level": "error", "more_info": link}
        shown = "The main keys of an alert of Twilio's Monitor API."
        if advice.appears == "webhook":
            body |= {"request_url": "https://hooks.example.com/inbound", "request_method": "POST"}
        else:
            body |= {"resource_sid": "XEaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
    return f"{shown}\n\n```json\n{json.dumps(body, indent=2)}\n```"


@cache
def _everyday_words() -> dict[str, list[str]]:
    text = resources.files(__spec__.parent).joinpath("error_keywords.toml").read_text("utf-8")
    return tomllib.loads(text)


def _source(code: str, advice: Advice) -> str:
    date = f"of {advice.dated}" if advice.dated else f"without a date, read on {advice.read}"
    link = ERROR_PAGE.format(code=code)
    return f"Source: {_SOURCES[advice.source]}, {date}. Twilio's page: <{link}>"
