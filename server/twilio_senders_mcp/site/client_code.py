"""The request of an operation in Python, with Twilio's library, and in Node, with its own fetch."""

import json
from typing import Any, Final, NamedTuple

from twilio_senders_mcp.reference.generated import examples
from twilio_senders_mcp.reference.operations import operations

SID: Final = "XEaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
_SENDERS: Final = "client.messaging.v2.channels_senders"
_CALLS: Final = {
    "list-senders": f'for sender in {_SENDERS}.list(channel="whatsapp"):\n    print(sender.sid)',
    "fetch-sender": f'print({_SENDERS}("{SID}").fetch().status)',
    "delete-sender": f'print({_SENDERS}("{SID}").delete())',
}
_CLIENT: Final = """\
from os import environ

from twilio.rest import Client

client = Client(
    environ["TWILIO_API_KEY"],
    environ["TWILIO_API_SECRET"],
    environ["TWILIO_ACCOUNT_SID"],
)
"""
_MODELS: Final = (
    "from twilio.rest.messaging.v2.channels_sender import ChannelsSenderList as Senders\n"
)


class ClientCode(NamedTuple):
    """One example; ``language`` is the name that the highlighter knows."""

    title: str
    language: str
    text: str


def client_code(path: str) -> list[ClientCode]:
    """Return the examples of the page at ``path``, which are none unless it is an operation's."""
    for operation in operations():
        if path == f"operations/{operation['name']}":
            return [
                ClientCode("Python, with Twilio's library", "python", _python(operation)),
                ClientCode("Node, without a library", "javascript", _node(operation)),
            ]
    return []


def _python(operation: dict[str, Any]) -> str:
    body: dict[str, Any] | None = examples().get(operation.get("example", ""))
    if body is None:
        return f"{_CLIENT}\n{_CALLS[operation['name']]}\n"
    verb = operation["name"].partition("-")[0]
    lines = [f"request = Senders.MessagingV2ChannelsSenderRequests{verb.capitalize()}(", "    {"]
    for name, value in body.items():
        lines.append(f'        "{name}": {_section(name, value)},')
    lines += ["    }", ")"]
    target = _SENDERS if verb == "create" else f'{_SENDERS}("{SID}")'
    lines += [
        f"sender = {target}.{verb}(",
        f"    messaging_v2_channels_sender_requests_{verb}=request",
    ]
    imports = _CLIENT.replace("Client\n\n", f"Client\n{_MODELS}\n", 1)
    return "\n".join([imports, *lines, ")", "print(sender.sid, sender.status)", ""])


def _section(name: str, value: Any) -> str:
    """Return a section as the library's model, which it requires, or a plain value."""
    if not isinstance(value, dict):
        return repr(value).replace("'", '"')
    text = json.dumps(value, indent=4, ensure_ascii=False).replace("\n", "\n        ")
    return f"Senders.MessagingV2ChannelsSender{name.capitalize()}(\n        {text}\n        )"


def _node(operation: dict[str, Any]) -> str:
    url = f"https://messaging.twilio.com{operation['path'].replace('{Sid}', SID)}"
    if operation["name"] == "list-senders":
        url += "?Channel=whatsapp"
    lines = [
        "const { TWILIO_API_KEY: key, TWILIO_API_SECRET: secret } = process.env;",
        f'const response = await fetch("{url}", {{',
        f'  method: "{operation["method"]}",',
        "  headers: {",
        '    Authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`,',
    ]
    body = examples().get(operation.get("example", ""))
    if body:
        text = json.dumps(body, indent=2, ensure_ascii=False).replace("\n", "\n  ")
        lines += ['    "Content-Type": "application/json",', "  },"]
        lines += [f"  body: JSON.stringify({text}),"]
    else:
        lines.append("  },")
    return "\n".join([*lines, "});", "console.log(response.status, await response.text());", ""])
