"""Pages generated from the models, the operations and the error catalogue that the tools use."""

import json
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any, Final, cast

from pydantic import BaseModel

from twilio_senders_mcp.twilio import requests, responses
from twilio_senders_mcp.twilio.errors import ERROR_PAGE, Advice, advice_for, known_codes

from .fields import request_table, response_table
from .operations import operations
from .page import Page

_SOURCE: Final = (
    "Source of the fields: Twilio's OpenAPI file `twilio_messaging_v2` (2026-04-14); "
    "`friendly_name`, `use_case` and the display-name fields: the official `twilio` library "
    "9.13.0. Lengths and image sizes are Meta's and Google's: see "
    "[profile limits](/topics/profile-limits).\n"
)
_HEADERS: Final = (
    "`T-Request-Id` identifies the request for Twilio's support; the tools pass it on. Twilio's "
    "file also declares the `Access-Control-…` headers.\n"
)
_BODIES: Final[Mapping[str, type[BaseModel]]] = {
    "CreateSender": requests.CreateSender,
    "UpdateSender": requests.UpdateSender,
}
_SCHEMAS: Final[tuple[tuple[str, str, type[BaseModel] | None, type[Any]], ...]] = (
    ("sender", "A sender as Twilio returns it.", None, responses.Sender),
    (
        "configuration",
        "How a WhatsApp sender is registered and verified.",
        requests.Configuration,
        responses.ResponseConfiguration,
    ),
    ("webhook", "Where Twilio calls you.", requests.Webhook, responses.ResponseWebhook),
    ("profile", "What people see of a sender.", requests.Profile, responses.ResponseProfile),
    ("email", "One e-mail address of a profile.", requests.Email, responses.ResponseEmail),
    ("website", "One web site of a profile.", requests.Website, responses.ResponseWebsite),
    (
        "phone-number",
        "One phone number of an RCS profile.",
        requests.PhoneNumber,
        responses.ResponsePhoneNumber,
    ),
    ("properties", "What the channel grants a sender.", None, responses.Properties),
    ("offline-reason", "Why a sender is offline.", None, responses.OfflineReason),
    ("senders-list", "One page of a channel's senders.", None, responses.SendersList),
    ("list-meta", "Where a page of a list stands.", None, responses.ListMeta),
    ("error-response", "The body of a refusal or failure.", None, responses.ErrorResponse),
)
_RETRIES: Final = {
    "safe": "The same request may be sent again after a wait: Twilio did not process it. This "
    "server does that automatically.",
    "check": "Only after a check: Twilio may have carried out the request. Read the sender first.",
    "": "Only after the cure: otherwise the same request would be refused again.",
}
_SOURCES: Final = {
    "page": "Twilio's documentation",
    "title": "the title of Twilio's error page; the cure is our advice",
    "skill": "Twilio's public skill texts",
    "third party": "code and plans of third parties, unconfirmed",
}


def operation_pages() -> Iterator[Page]:
    """Yield a page for each operation of the API."""
    for operation in operations():
        yield Page(
            path=f"operations/{operation['name']}",
            title=operation["title"],
            type="operation",
            summary=f"{operation['summary']} `{operation['method']} {operation['path']}`",
            body=_operation_body(operation),
            keywords=(*operation["keywords"], operation["tool"], operation["path"]),
        )


def schema_pages() -> Iterator[Page]:
    """Yield a page for each object of the API."""
    for name, summary, request, response in _SCHEMAS:
        parts: list[str] = []
        if request is not None:
            parts += ["## In a request", request_table(request)]
        parts += ["## In a response", response_table(response), _response_notes(name)]
        title = name.replace("-", " ").capitalize()
        yield Page(
            path=f"schemas/{name}",
            title=title,
            type="schema",
            summary=summary,
            body="\n".join([*parts, _SOURCE]),
            keywords=("object", "fields", "attributes"),
        )


def error_pages() -> Iterator[Page]:
    """Yield a page for each error code of the catalogue."""
    for code in known_codes():
        advice = cast("Advice", advice_for(code))
        yield Page(
            path=f"errors/{code}",
            title=f"Error {code}",
            type="error",
            summary=advice.meaning,
            body=_error_body(code, advice),
            keywords=("error", "failed", code),
        )


def _operation_body(operation: dict[str, Any]) -> str:
    parts = [f"Tool: `{operation['tool']}`."]
    if parameters := operation.get("parameter"):
        parts += ["## Parameters", "| parameter | type | meaning |\n|---|---|---|"]
        parts[-1] += "".join(
            f"\n| `{p['name']}` | {p['type']} | {p['meaning']} |" for p in parameters
        )
    if body := operation.get("body"):
        parts += ["## Body", "JSON (`application/json`).", request_table(_BODIES[body])]
    parts += ["## Response", f"HTTP {operation['success']}. {operation['response']}"]
    parts += [
        "## Headers",
        _HEADERS,
        "## Notes",
        f"{operation['facts']} {operation['notes']}".strip(),
    ]
    parts += ["## Errors", "| code | meaning |\n|---|---|"]
    parts[-1] += "".join(
        f"\n| [{code}](/errors/{code}) | {advice.meaning} |"
        for code in operation["errors"]
        if (advice := advice_for(code))
    )
    parts += _example(operation)
    return "\n\n".join([*parts, _SOURCE])


def _example(operation: dict[str, Any]) -> list[str]:
    body = examples().get(operation.get("example", ""))
    arguments: dict[str, Any] = operation.get("call") or body or {}
    path = operation["path"].replace("{Sid}", "XEaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
    url = f"https://messaging.twilio.com{path}"
    curl = f"curl -X {operation['method']} '{url}' \\\n  -u \"$TWILIO_API_KEY:$TWILIO_API_SECRET\""
    if operation["name"] == "list-senders":
        curl = curl.replace("Senders'", "Senders?Channel=whatsapp'")
    parts = ["## Example"]
    if body:
        parts += ["The body:", _code("json", body)]
        curl += f" \\\n  -H 'Content-Type: application/json' \\\n  -d '{json.dumps(body)}'"
        sid = {"sid": "XEaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"} if "{Sid}" in operation["path"] else {}
        arguments = {**sid, **body}
    call = {"name": operation["tool"], "arguments": arguments}
    return [
        *parts,
        "As curl:",
        f"```bash\n{curl}\n```",
        "As a call of the tool:",
        _code("json", call),
    ]


def _error_body(code: str, advice: Advice) -> str:
    places = [
        f"- [{operation['title']}](/operations/{operation['name']})"
        for operation in operations()
        if int(code) in operation["errors"]
    ]
    parts = ["## Why it happens", advice.cause] if advice.cause else []
    parts += ["## What to do", advice.cure, "## May it be sent again?", _RETRIES[advice.retry]]
    if places:
        parts += ["## Where it occurs", "\n".join(places)]
    link = ERROR_PAGE.format(code=code)
    return "\n\n".join([*parts, f"Source: {_SOURCES[advice.source]}. Twilio's page: <{link}>"])


def _response_notes(name: str) -> str:
    extra = (
        "\n`properties`, `offline_reasons`, `url` and the pending name are present when a sender "
        "is fetched; `display_name_status` is present only after an update of `profile.name`. "
        "See [statuses](/topics/statuses).\n"
        if name == "sender"
        else ""
    )
    return f"Twilio may add keys and values; they are passed on unchanged.\n{extra}"


def examples() -> dict[str, Any]:
    """Return the request examples; ``update`` is the example on Twilio's reference page."""
    return json.loads(resources.files(__spec__.parent).joinpath("examples.json").read_bytes())


def _code(language: str, value: object) -> str:
    return f"```{language}\n{json.dumps(value, indent=2, ensure_ascii=False)}\n```"
