"""The README says what is true: its tables and examples are generated, its JSON is checked."""

import json
import re
import tomllib

import pytest
from mcp import Client
from sandboxed import sandbox_settings

from twilio_senders_mcp import sandbox as sandbox_package
from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN, Sandbox
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.settings import Settings

pytestmark = pytest.mark.anyio

EXAMPLE_CALL = {
    "sid": sandbox_package.ONLINE_SENDER,
    "webhook": {"callback_url": "https://new.example/whatsapp", "callback_method": "POST"},
    "profile": {"name": "Owl Bakery & Café"},
}
REFUSED_CALL = {
    "sid": sandbox_package.ONLINE_SENDER,
    "webhook": {"callbackUrl": "https://new.example/whatsapp"},
    "profile": {"vertical": "RESTAURANTS"},
}


@pytest.fixture
def readme(root):
    return root / "README.md"


def block(text: str, name: str) -> re.Match[str]:
    found = re.search(rf"(<!-- {name}[^>]*-->\n)(.*?)(<!-- /{name} -->)", text, re.DOTALL)
    assert found, name
    return found


async def generated() -> dict[str, str]:
    return {
        "tools": await tools_table(),
        "examples": await examples(),
        "prompts": await prompts_table(),
        "settings": settings_table(),
        "senders": await senders_table(),
    }


@pytest.mark.parametrize("name", ["tools", "prompts", "examples", "settings", "senders"])
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
            summary = tool.description.split("\n", 1)[0]
            arguments = ", ".join(f"`{name}`" for name in tool.input_schema["properties"])
            rows.append(f"| `{tool.name}` | {summary} | {effect(tool.annotations)} | {arguments} |")
    return "\n".join(rows) + "\n"


async def prompts_table() -> str:
    rows = ["| prompt | what it does | arguments |", "|---|---|---|"]
    async with Client(create_server(sandbox_settings())) as client:
        for prompt in (await client.list_prompts()).prompts:
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
    for name, field in Settings.model_fields.items():
        number = isinstance(field.default, float)
        default = f"`{field.default:g}`" if number else f"`{field.default}`"
        rows.append(
            f"| `{name.upper()}` | {default if field.default else ''} | {field.description} |"
        )
    return "\n".join(rows) + "\n"


async def senders_table() -> str:
    rows = ["| SID | sender | state |", "|---|---|---|"]
    names = {value: name for name, value in vars(sandbox_package).items() if name.isupper()}
    sandbox = Sandbox()
    for sid in sandbox.sids():
        assert sid in names
        async with Client(create_server(sandbox_settings(), app=sandbox)) as client:
            change = {"sid": sid, "clear": ["friendly_name"]}
            result = await client.call_tool("update_sender", change)
        sender = result.structured_content["sender"]
        name = sender["profile"]["name"]
        rows.append(f"| `{sid}` | {sender['sender_id']} ({name}) | {sender['status']} |")
    credentials = f"Credentials: `{ACCOUNT_SID}` and `{AUTH_TOKEN}`."
    return "\n".join([*rows, "", credentials]) + "\n"


async def examples() -> str:
    parts: list[str] = []
    async with Client(create_server(sandbox_settings(), sandbox=True)) as client:
        for call in (EXAMPLE_CALL, REFUSED_CALL):
            result = await client.call_tool("update_sender", call)
            parts += ["```json", json.dumps(call, indent=2, ensure_ascii=False), "```", ""]
            said = result.content[0].text
            if not result.is_error:
                sentence, _, compact = said.partition("\n")
                said = f"{sentence}\n{compact[:120]}…"
            parts += ["```text", said, "```", ""]
    return "\n".join(parts)


def test_every_json_of_the_readme_is_json(readme):
    blocks = re.findall(r"```json\n(.*?)```", readme.read_text(), re.DOTALL)
    assert len(blocks) >= 6
    for text in blocks:
        json.loads(text)


def test_the_curl_example_uses_the_sandboxs_credentials(readme):
    assert f"-u {ACCOUNT_SID}:{AUTH_TOKEN} " in readme.read_text()


def test_mcp_json_has_one_server_for_real_use(root):
    ((name, entry),) = json.loads((root / "mcp.json").read_text())["mcpServers"].items()
    scripts = tomllib.loads((root / "pyproject.toml").read_text())["project"]["scripts"]
    assert name == "twilio-senders"
    assert [entry["command"]] == [f".venv/bin/{script}" for script in scripts]
    assert entry["args"] == []
    for variable, value in entry["env"].items():
        assert variable.lower() in Settings.model_fields
        assert value == f"${{{variable}:-}}"


def test_every_reference_to_a_make_target_exists(root, readme):
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", readme.read_text(), re.MULTILINE))
    assert named
    assert named <= targets
