"""A person's machine in a temporary folder, and the files that its clients may have."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from twilio_senders_mcp.clients.catalog import CLIENTS, Client
from twilio_senders_mcp.clients.dialogue import Dialogue
from twilio_senders_mcp.clients.entry import Wanted
from twilio_senders_mcp.clients.install import install
from twilio_senders_mcp.clients.machine import Machine
from twilio_senders_mcp.clients.places import configuration_path
from twilio_senders_mcp.clients.uninstall import Unwanted, uninstall

COMMAND = ("/opt/venv/bin/twilio-senders-mcp",)
SECRET = "5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b"
FOREIGN_SECRET = "ghp_foreign-secret"
KEY_CREDENTIALS = {
    "TWILIO_ACCOUNT_SID": "AC" + "5" * 32,
    "TWILIO_API_KEY": "SK" + "5" * 32,
    "TWILIO_API_SECRET": SECRET,
}
BY_KEY = {client.key: client for client in CLIENTS}


@dataclass
class Home:
    """A machine, and what was said to its person."""

    machine: Machine
    said: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    answer: bool = True

    def dialogue(self, **settings) -> Dialogue:
        def ask(question: str) -> bool:
            self.questions.append(question)
            return self.answer

        return Dialogue(say=self.said.append, ask=ask, **settings)

    def path(self, client: Client, *, in_project: bool = False) -> Path:
        return configuration_path(client, self.machine, in_project=in_project)

    def install(self, client: Client, name: str = "twilio-senders", dialogue=None, **wanted):
        command = wanted.pop("command", COMMAND)
        return install(
            Wanted(client, name, command, **wanted), self.machine, dialogue or self.dialogue()
        )

    def uninstall(self, client: Client, name: str = "", dialogue=None, *, in_project=False):
        return uninstall(
            Unwanted(client, name, in_project=in_project), self.machine, dialogue or self.dialogue()
        )

    @property
    def all_said(self) -> str:
        return "\n".join(self.said)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, backups aside, with its content."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "backups" not in path.parts
    }


def secret_of_another(client: Client) -> bytes:
    """A file with another server, in the client's form, with comments and a secret."""
    if client.is_toml:
        return f"""# my servers
model = "a"

[mcp_servers.other] # the other one
command = "npx"
args = [
  "-y",
]

[mcp_servers.other.env]
TOKEN = "{FOREIGN_SECRET}"

# about tools
[tools]
web_search = true
""".encode()
    return f"""{{
  // my servers
  "{client.servers_key}": {{
    "other": {{
      "command": "npx",
      "env": {{ "TOKEN": "{FOREIGN_SECRET}" }}
    }} // the other one
    /* "gone": {{}} */
  }},
  "theme": "dark" // mine
}}
""".encode()


def contents(client: Client) -> dict[str, bytes]:
    """Contents that the client's file may have before anything is installed."""
    commented = secret_of_another(client)
    if client.is_toml:
        return {
            "empty": b"",
            "blank": b"\n\n",
            "only comments": b"# nothing here\n",
            "comments": commented,
            "no newline at the end": commented.rstrip(b"\n"),
            "CRLF": commented.replace(b"\n", b"\r\n"),
            "byte order mark": b"\xef\xbb\xbf" + commented,
            "tabs": commented.replace(b"  ", b"\t"),
            "inline table": b'mcp_servers = {a = {command = "x"}}\n# end\n',
            "empty table": b"[mcp_servers]\n",
            "dotted keys": b'mcp_servers.a.command = "x"\nb = 1\n',
            "arrays of tables": b'[[a]]\nb = [\n  ["c"]\n]\n[[a]]\n',
            "text that looks like a table": b'note = """\n[mcp_servers.twilio-senders]\n"""\n',
        }
    key = client.servers_key.encode()
    plain = json.dumps(
        {client.servers_key: {"a": {"command": "x"}, "b": {"command": "y"}}}, indent=2
    )
    return {
        "empty": b"",
        "blank": b" \n",
        "empty object": b"{}",
        "empty object on two lines": b"{\n}\n",
        "empty servers": b'{"' + key + b'": {}}\n',
        "empty servers on lines": b'{\n  "' + key + b'": {\n  }\n}\n',
        "commented servers": b'{\n  "' + key + b'": { // none yet\n    // "a": {}\n  }\n}\n',
        "no servers": b'{\n\t"a": [1, 2.50, "x"]\n}',
        "other servers": plain.encode(),
        "comments": commented,
        "no newline at the end": commented.rstrip(b"\n"),
        "CRLF": commented.replace(b"\n", b"\r\n"),
        "byte order mark": b"\xef\xbb\xbf" + commented,
        "tabs": commented.replace(b"  ", b"\t"),
        "four spaces": commented.replace(b"  ", b"    "),
        "one line": json.dumps(json.loads(plain)).encode(),
        "one long line": json.dumps(json.loads(plain) | {"note": "x" * 300}).encode(),
        "trailing comma": b'{\n  "' + key + b'": {\n    "a": {"command": "x"}, // last\n  },\n}\n',
        "trailing comma on one line": b'{"' + key + b'": {"a": {"command": "x"},},}',
        "large number": b'{"n": ' + b"9" * 5000 + b"}",
        "brace on the last line": b'{"' + key + b'": {\n  "a": {},\n  "b": {} }\n}\n',
        "not only ASCII": '{"name": "Zoë — “x”"}\n'.encode(),
    }
