"""The README says what is true: its tables and examples are generated, its configurations read."""

import json
import re
import shlex
import tomllib
from pathlib import Path
from textwrap import shorten
from typing import Any

import pytest
from mcp import Client
from processes import initialize, started
from sandboxed import sandbox_settings, text_of

from twilio_senders_mcp import sandbox as sandbox_package
from twilio_senders_mcp.sandbox import ACCOUNT_SID, ACCOUNTS, AUTH_TOKEN
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.settings import SETTINGS, load_settings

pytestmark = pytest.mark.anyio

NUMBER = "+1 555 010 0002"
CHANGES = {
    "webhook": {"callback_url": "https://new.example.com/whatsapp"},
    "profile": {"about": "Open until midnight"},
}
REQUEST = (
    f"Send the incoming messages of {NUMBER} to {CHANGES['webhook']['callback_url']}, "
    f'and change its about text to "{CHANGES["profile"]["about"]}".'
)
REFUSED_CALL = {
    "sid": sandbox_package.ONLINE_SENDER,
    "webhook": {"callbackUrl": "https://new.example.com/whatsapp"},
    "profile": {"vertical": "RESTAURANTS"},
}

COMMAND = "/path/to/twilio-senders-mcp/.venv/bin/twilio-senders-mcp"
PLACEHOLDERS = {
    "Claude Code": r"\$\{{{name}\}}",
    "Claude Desktop": None,
    "Cursor": r"\$\{{env:{name}\}}",
    "VS Code": r"\$\{{input:[a-z-]+\}}",
    "Codex": None,
    "Gemini CLI": r"\${name}",
    "Any other MCP client": None,
}
"""How each client writes the variable ``name`` in a configuration, None where it knows no way."""


@pytest.fixture
def readme(root):
    return root / "README.md"


def block(text: str, name: str) -> re.Match[str]:
    found = re.search(rf"(<!-- {name}[^>]*-->\n)(.*?)(<!-- /{name} -->)", text, re.DOTALL)
    assert found, name
    return found


async def generated() -> dict[str, str]:
    return {
        "conversation": await conversation(),
        "tools": await tools_table(),
        "refusal": await refusal(),
        "prompts": await prompts_table(),
        "settings": settings_table(),
        "senders": await senders_table(),
    }


@pytest.mark.parametrize(
    "name", ["conversation", "tools", "refusal", "prompts", "settings", "senders"]
)
async def test_a_generated_part_is_up_to_date(readme, write_generated, name):
    current = (await generated())[name]
    text = readme.read_text()
    if write_generated:
        found = block(text, name)
        text = text[: found.start(2)] + current + text[found.end(2) :]
        readme.write_text(text)
    assert block(text, name).group(2) == current


async def tools_table() -> str:
    rows = ["| tool | what it does | effect | arguments |", "|---|---|---|---|"]
    async with Client(create_server(sandbox_settings())) as client:
        for tool in (await client.list_tools()).tools:
            assert tool.description
            summary = tool.description.split("\n", 1)[0]
            arguments = ", ".join(f"`{name}`" for name in tool.input_schema["properties"])
            rows.append(f"| `{tool.name}` | {summary} | {effect(tool.annotations)} | {arguments} |")
    return "\n".join(rows) + "\n"


async def prompts_table() -> str:
    rows = ["| prompt | what it does | arguments |", "|---|---|---|"]
    async with Client(create_server(sandbox_settings())) as client:
        for prompt in (await client.list_prompts()).prompts:
            assert prompt.arguments is not None
            arguments = ", ".join(
                f"`{argument.name}`" if argument.required else f"`{argument.name}` (optional)"
                for argument in prompt.arguments
            )
            rows.append(f"| `{prompt.name}` | {prompt.description} | {arguments} |")
    return "\n".join(rows) + "\n"


def effect(annotations) -> str:
    if annotations.read_only_hint:
        return "reads"
    words = ["writes"]
    words += ["destructive"] if annotations.destructive_hint else []
    words += ["idempotent"] if annotations.idempotent_hint else []
    return ", ".join(words)


def settings_table() -> str:
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, setting in SETTINGS.items():
        default = f"`{setting.default_text}`" if setting.default_text else ""
        flag = f" Flag: `{setting.flag}`." if setting.flag else ""
        rows.append(f"| `{name.upper()}` | {default} | {setting.description}{flag} |")
    return "\n".join(rows) + "\n"


async def senders_table() -> str:
    rows = ["| account | SID | sender | state |", "|---|---|---|---|"]
    settings = load_settings(account=False, twilio_senders_sandbox_accounts="true")
    async with Client(create_server(settings, sandbox=True)) as client:
        for channel in ("whatsapp", "rcs"):
            query = {"channel": channel, "account": "*", "detail": "full"}
            found = (await client.call_tool("list_senders", query)).structured_content
            assert found["complete"]
            rows += [
                f"| {sender['account']} | `{sender['sid']}` | {sender['sender_id']} "
                f"({sender['profile']['name']}) | {sender['status']} |"
                for sender in found["senders"]
            ]
    logins = ["| account | account SID | auth token | API key | secret |", "|---|---|---|---|---|"]
    for account in ACCOUNTS:
        name = "main" if account.sid == ACCOUNT_SID else account.friendly_name
        suspended = "" if account.status == "active" else f" ({account.status})"
        secrets = (account.sid, account.auth_token, account.api_key, account.api_secret)
        cells = " | ".join(f"`{text}`" for text in secrets)
        logins.append(f"| {name}{suspended} | {cells} |")
    return "\n".join([*rows, "", "Their credentials:", "", *logins]) + "\n"


async def conversation() -> str:
    """A person's words, the call that follows, and the first part of what comes back."""
    async with Client(create_server(sandbox_settings(), sandbox=True)) as client:
        query = {"channel": "whatsapp", "query": NUMBER}
        found = (await client.call_tool("list_senders", query)).structured_content
        (sender,) = found["senders"]
        call = {"sid": sender["sid"], **CHANGES}
        result = await client.call_tool("update_sender", call)
    said = text_of(result).partition("\n")[0]
    return "\n".join(
        [
            f"> **You:** {REQUEST}",
            "",
            "The AI tool finds the sender with `list_senders` and calls `update_sender`:",
            "",
            *fenced_json(call),
            "",
            "The text of the result begins with a summary:",
            "",
            f"> {said}",
            "",
            "Its `structuredContent` has the same, and the whole sender. Shortened, it is:",
            "",
            *fenced_json(beginning(result.structured_content)),
            "",
        ]
    )


def beginning(content: dict[str, Any]) -> dict[str, Any]:
    """A result with its summary cut short, and with the first fields of its sender."""
    shown = content | {"summary": shorten(content["summary"], 70, placeholder=" …")}
    return shown | {"sender": dict(list(content["sender"].items())[:3])}


def fenced_json(value: object) -> list[str]:
    return ["```json", json.dumps(value, indent=2, ensure_ascii=False), "```"]


async def refusal() -> str:
    async with Client(create_server(sandbox_settings())) as client:
        result = await client.call_tool("update_sender", REFUSED_CALL)
    assert result.is_error
    return f"```text\n{text_of(result)}\n```\n"


def test_the_refused_call_is_the_one_that_the_readme_describes(readme):
    ((field, _),) = REFUSED_CALL["webhook"].items()
    described = f"`webhook.{field}` and the vertical `{REFUSED_CALL['profile']['vertical']}`"
    assert described in readme.read_text().replace("\n", " ")


def blocks_of(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize(("language", "parse"), [("json", json.loads), ("toml", tomllib.loads)])
def test_every_json_and_toml_of_the_readme_can_be_read(readme, language, parse):
    found = blocks_of(readme.read_text(), language)
    assert found
    for text in found:
        parse(text)


def sections(text: str) -> dict[str, str]:
    """The folded sections of the README by their headings."""
    return dict(
        re.findall(r"<details>\n<summary><b>(.*?)</b></summary>\n(.*?)</details>", text, re.DOTALL)
    )


def entries(section: str) -> dict[str, dict[str, Any]]:
    """Each server that a section configures, by its name."""
    found: dict[str, dict[str, Any]] = {}
    for text in blocks_of(section, "json"):
        configuration = json.loads(text)
        found |= configuration.get("mcpServers") or configuration["servers"]
    for text in blocks_of(section, "toml"):
        found |= tomllib.loads(text)["mcp_servers"]
    for text in blocks_of(section, "bash"):
        words = shlex.split(text)
        if words[:3] == ["claude", "mcp", "add"]:
            command, *arguments = words[words.index("--") + 1 :]
            found.setdefault(words[3], {"command": command, "args": arguments})
    return found


@pytest.mark.parametrize("client", PLACEHOLDERS)
def test_each_client_has_an_entry_for_real_use_and_one_on_the_sandbox(readme, client):
    found = entries(sections(readme.read_text())[client])
    assert {entry["command"] for entry in found.values()} == {COMMAND}
    arguments = {name: entry["args"] for name, entry in found.items()}
    assert arguments == {"twilio-senders": [], "twilio-senders-sandbox": ["--sandbox"]}


@pytest.mark.parametrize("client", PLACEHOLDERS)
def test_each_client_is_given_the_credentials_in_its_own_way(readme, client):
    entry = entries(sections(readme.read_text())[client])["twilio-senders"]
    environment = entry.get("env", {})
    names = [*environment, *entry.get("env_vars", [])]
    assert [name.removesuffix("_FILE") for name in names] == [
        "TWILIO_ACCOUNT_SID",
        "TWILIO_API_KEY",
        "TWILIO_API_SECRET",
    ]
    placeholder = PLACEHOLDERS[client]
    for name, value in environment.items():
        assert name.lower() in SETTINGS
        if "$" in value:
            assert placeholder
            assert re.fullmatch(placeholder.format(name=name), value)


def test_each_input_that_vs_code_fills_in_is_declared(readme):
    section = sections(readme.read_text())["VS Code"]
    declared = [
        entry["id"]
        for text in blocks_of(section, "json")
        for entry in json.loads(text).get("inputs", [])
    ]
    assert declared == re.findall(r"\$\{input:([a-z-]+)\}", section)


def test_the_commands_of_each_installation_can_be_pasted_into_json(readme):
    rows = re.findall(r'^\| .+? \| `(".+")` \| `(\[.*\])` \|$', readme.read_text(), re.MULTILINE)
    commands = [(json.loads(command), json.loads(arguments)) for command, arguments in rows]
    clone = "C:\\path\\to\\twilio-senders-mcp"
    uv_arguments = ["--from", "/path/to/twilio-senders-mcp", "twilio-senders-mcp"]
    assert commands == [
        (COMMAND, []),
        (f"{clone}\\.venv\\Scripts\\twilio-senders-mcp.exe", []),
        ("uvx", uv_arguments),
        ("uvx", ["--from", clone, "twilio-senders-mcp"]),
    ]


def test_the_entry_on_the_sandbox_starts():
    with started("--sandbox") as process:
        initialize(process)


def test_the_curl_example_uses_the_sandboxs_credentials(readme):
    assert f"-u {ACCOUNT_SID}:{AUTH_TOKEN} " in readme.read_text()


def test_mcp_json_has_one_server_for_real_use(root):
    ((name, entry),) = json.loads((root / "mcp.json").read_text())["mcpServers"].items()
    scripts = tomllib.loads((root / "pyproject.toml").read_text())["project"]["scripts"]
    assert name == "twilio-senders"
    assert [entry["command"]] == [f".venv/bin/{script}" for script in scripts]
    assert entry["args"] == []
    for variable, value in entry["env"].items():
        assert variable.lower() in SETTINGS
        assert value == f"${{{variable}:-}}"


def documents(root) -> list[Path]:
    names = ("README.md", "CONTRIBUTING.md", "SECURITY.md")
    return [*(root / name for name in names), *(root / "docs").glob("*.md")]


def test_every_make_target_that_is_named_exists(root):
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(), re.MULTILINE))
    for document in documents(root):
        named = set(re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text(), re.MULTILINE))
        assert named <= targets


def test_every_file_that_is_linked_exists_and_comes_with_the_sources(root):
    build = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    included = build["targets"]["sdist"]["include"]
    for document in documents(root):
        for link in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
            file = (document.parent / link).resolve()
            assert file.exists(), link
            assert file.relative_to(root.resolve()).parts[0] in included


def test_every_heading_that_is_linked_exists(root):
    for document in documents(root):
        headings = re.findall(r"^#+ (.*)$", document.read_text(), re.MULTILINE)
        addresses = {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in headings}
        assert set(re.findall(r"\]\(#([^)]+)\)", document.read_text())) <= addresses


def test_the_accounts_file_of_the_readme_is_read_as_it_says(readme, tmp_path, monkeypatch):
    section = sections_of_level_2(readme.read_text())["Several Twilio accounts"]
    [text] = re.findall(r"```toml\n(.*?)```", section, re.DOTALL)
    file = tmp_path / "accounts.toml"
    file.write_text(text)
    (tmp_path / "main.token").write_text("token")
    monkeypatch.setenv("BAKERY_SECRET", "secret")
    main, bakery = load_settings(twilio_senders_accounts_file=str(file)).accounts
    assert (main.name, main.subaccounts, main.read_only) == ("main", True, False)
    assert (bakery.name, bakery.subaccounts, bakery.read_only) == ("bakery", False, True)
    [entry] = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", section, re.DOTALL)]
    assert entry["mcpServers"]["twilio-senders"]["command"] == COMMAND
    assert entry["mcpServers"]["twilio-senders"]["args"][0] == "--accounts"


def sections_of_level_2(text: str) -> dict[str, str]:
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
