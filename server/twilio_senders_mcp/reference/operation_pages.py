"""A page for each operation of the API: parameters, body, response, headers, errors, examples."""

import json
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any, Final

from pydantic import BaseModel

from twilio_senders_mcp.twilio import requests, responses
from twilio_senders_mcp.twilio.errors import advice_for

from .fields import request_table, response_names, response_table
from .generated import SOURCE, examples
from .operations import operations
from .page import Page

_BODIES: Final[Mapping[str, type[BaseModel]]] = {
    "CreateSender": requests.CreateSender,
    "UpdateSender": requests.UpdateSender,
}
_SECTIONS: Final[Mapping[str, type[Any]]] = {
    "configuration": responses.ResponseConfiguration,
    "webhook": responses.ResponseWebhook,
    "profile": responses.ResponseProfile,
    "profile.emails[]": responses.ResponseEmail,
    "profile.websites[]": responses.ResponseWebsite,
    "profile.phone_numbers[]": responses.ResponsePhoneNumber,
}
_OWN_SECTIONS: Final[Mapping[str, tuple[str, type[Any]]]] = {
    "properties": ("properties", responses.Properties),
    "offline_reasons[]": ("offline-reason", responses.OfflineReason),
}
_PENDING: Final = frozenset(
    {"pending_display_name", "pending_display_name_status", "pending_display_name_status_date"}
)
_ONLY_ELSEWHERE: Final[Mapping[str, frozenset[str]]] = {
    "list-senders": _PENDING | {"display_name_status"},
    "create-sender": _PENDING | {"display_name_status"},
    "fetch-sender": frozenset({"display_name_status"}),
    "update-sender": _PENDING,
}
"""The fields of a sender that the responses of an operation do not have."""
_HEADERS: Final = (
    "For browsers: `Access-Control-Allow-Origin`, `Access-Control-Allow-Methods`, "
    "`Access-Control-Allow-Headers`, `Access-Control-Allow-Credentials` (true or false) and "
    "`Access-Control-Expose-Headers`. `T-Request-Id` identifies the request for Twilio's support; "
    "the tools pass it on."
)
_AS_IN_THE_BODY: Final = (
    "`configuration`, `webhook` and `profile` have the fields of the body, at every depth, each "
    "text or null; `verification_code` is never returned."
)
_SID: Final = "XEaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
_LINE_MAX: Final = 100
_SHARED: Final = ("Headers", "Errors", "Request example", "Response example")


def operation_pages() -> Iterator[Page]:
    """Yield a page for each operation of the API."""
    for operation in operations():
        yield Page(
            path=f"operations/{operation['name']}",
            title=operation["title"],
            type="operation",
            summary=f"{operation['summary']} `{operation['method']} {operation['path']}`",
            body=_body(operation),
            keywords=(*operation["keywords"], operation["tool"], operation["path"]),
            unsearched=_SHARED,
        )


def _body(operation: dict[str, Any]) -> str:
    notes = f"{operation['facts']} {operation['notes']}".strip()
    parts = [f"Tool: `{operation['tool']}`. {notes}"]
    if parameters := operation.get("parameter"):
        parts += ["## Parameters", "| parameter | type | meaning |\n|---|---|---|"]
        parts[-1] += "".join(
            f"\n| `{p['name']}` | {p['type']} | {p['meaning']} |" for p in parameters
        )
    if body := operation.get("body"):
        parts += ["## Body", "JSON (`application/json`).", request_table(_BODIES[body]).strip()]
    parts += ["## Response", f"HTTP {operation['success']}. {operation['response']}"]
    if operation["name"] in _ONLY_ELSEWHERE:
        parts += _response_fields(operation)
    parts += ["## Headers", _HEADERS]
    errors = [
        f"[{code}](/errors/{code}) ({advice.name})"
        for code in operation["errors"]
        if (advice := advice_for(code))
    ]
    parts += ["## Errors", f"{', '.join(errors)}."]
    parts += _request_example(operation)
    if example := _response_examples().get(operation["name"]):
        parts += ["## Response example", f"```json\n{compact(example)}\n```"]
    return "\n\n".join([*parts, SOURCE.strip()])


def _response_fields(operation: dict[str, Any]) -> list[str]:
    """Return the table of a sender's fields, and what its sections consist of."""
    left_out = _ONLY_ELSEWHERE[operation["name"]]
    table = response_table(responses.Sender, "sender", left_out=left_out).strip()
    for prefix, (page, section) in _OWN_SECTIONS.items():
        table += "\n" + response_table(section, page, f"{prefix}.", head=False).strip()
    if operation.get("body"):
        return [table, _AS_IN_THE_BODY]
    lines = [
        f"- `{prefix}`: {', '.join(f'`{name}`' for name in response_names(section))}."
        for prefix, section in _SECTIONS.items()
    ]
    intro = "These sections have the meanings of [update](/operations/update-sender):"
    return [table, intro, "\n".join(lines)]


def _request_example(operation: dict[str, Any]) -> list[str]:
    url = f"https://messaging.twilio.com{operation['path'].replace('{Sid}', _SID)}"
    if operation["name"] == "list-senders":
        url += "?Channel=whatsapp"
    curl = f"curl -X {operation['method']} '{url}' \\\n  -u \"$TWILIO_API_KEY:$TWILIO_API_SECRET\""
    parts = ["## Request example"]
    body = examples().get(operation.get("example", ""))
    if body:
        curl += f" \\\n  -H 'Content-Type: application/json' \\\n  -d '{compact(body)}'"
    parts.append(f"```bash\n{curl}\n```")
    if body:
        sid = " and `sid`" if "{Sid}" in operation["path"] else ""
        parts.append(f"The arguments of `{operation['tool']}` are the same body{sid}.")
    else:
        call = {"name": operation["tool"], "arguments": operation["call"]}
        parts += ["As a call of the tool:", f"```json\n{compact(call)}\n```"]
    return parts


def compact(value: Any, indent: str = "") -> str:
    """Return JSON in which an object or a list stands on one line if it fits there."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or (len(indent) + len(line) <= _LINE_MAX and indent):
        return line
    deeper = f"{indent}  "
    if isinstance(value, list):
        entries = [compact(entry, deeper) for entry in value]  # pyright: ignore[reportUnknownVariableType]
        opening, closing = "[]"
    else:
        entries = [f"{json.dumps(k)}: {compact(v, deeper)}" for k, v in value.items()]  # pyright: ignore[reportUnknownVariableType]
        opening, closing = "{}"
    return f"{opening}\n{deeper}" + f",\n{deeper}".join(entries) + f"\n{indent}{closing}"


def _response_examples() -> dict[str, Any]:
    file = resources.files(__spec__.parent).joinpath("response_examples.json")
    return json.loads(file.read_bytes())
