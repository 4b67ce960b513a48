"""Pages generated from the models and the operations that the tools use."""

import json
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any, Final

from pydantic import BaseModel

from twilio_senders_mcp.twilio import requests, responses
from twilio_senders_mcp.twilio.errors import advice_for

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
)


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
    parts += ["## Headers", _HEADERS, "## Notes", operation["notes"]]
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
