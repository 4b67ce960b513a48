"""The bundle for Claude Desktop, unpacked and started as its manifest tells a host to start it."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from sandboxed import ERAS, sentence

pytestmark = [pytest.mark.anyio, pytest.mark.bundle]


@pytest.fixture
def unpacked(root) -> Path:
    return root / "build/unpacked"


@pytest.fixture
def manifest(unpacked) -> dict[str, Any]:
    return json.loads((unpacked / "manifest.json").read_text())


@pytest.fixture
def configured(root, manifest, unpacked):
    """Return what a host would start for a person's choices."""

    def configure(**chosen: Any) -> StdioServerParameters:
        config = substituted(manifest, unpacked, chosen)
        path = os.pathsep.join([str(root / ".venv/bin"), os.environ["PATH"]])  # the host's own uv
        # All that the bundle needs is installed, so nothing may be downloaded.
        environment = {**os.environ, "PATH": path, "UV_OFFLINE": "1", **config["env"]}
        environment.pop("VIRTUAL_ENV", None)
        return StdioServerParameters(
            command=config["command"], args=config["args"], env=environment, cwd="/"
        )

    return configure


def substituted(manifest: dict[str, Any], folder: Path, chosen: dict[str, Any]) -> dict[str, Any]:
    """The manifest's command with its variables replaced; one without a value stays as it is."""
    declared = manifest["user_config"]
    assert chosen.keys() <= declared.keys()
    values = {key: entry["default"] for key, entry in declared.items() if "default" in entry}
    variables = {"__dirname": str(folder)}
    for key, value in (values | chosen).items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        variables[f"user_config.{key}"] = text

    def replaced(text: str) -> str:
        return re.sub(r"\$\{([^}]+)\}", lambda found: variables.get(found[1], found[0]), text)

    config = manifest["server"]["mcp_config"]
    return {
        "command": config["command"],
        "args": [replaced(text) for text in config["args"]],
        "env": {name: replaced(text) for name, text in config["env"].items()},
    }


@pytest.mark.parametrize("era", ERAS)
async def test_a_person_who_chose_the_sandbox_sees_its_senders(configured, era):
    async with Client(configured(sandbox=True), mode=era) as client:
        result = await client.call_tool("list_senders", {"channel": "whatsapp"})
    assert result.structured_content is not None
    assert result.structured_content["sandbox"]
    assert len(result.structured_content["senders"]) == 4


async def test_without_credentials_a_call_says_what_to_fill_in(configured):
    async with Client(configured()) as client:
        result = await client.call_tool("list_senders", {"channel": "whatsapp"})
    assert result.is_error
    assert "TWILIO_ACCOUNT_SID" in sentence(result)


async def test_a_person_who_chose_read_only_gets_only_tools_that_read(configured):
    async with Client(configured(sandbox=True, read_only=True)) as client:
        tools = (await client.list_tools()).tools
    assert tools
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)


def test_only_what_is_needed_is_in_the_bundle(manifest, unpacked):
    files = {file.name for file in unpacked.iterdir()} - {".venv"}
    wheel = f"twilio_senders_mcp-{manifest['version']}-py3-none-any.whl"
    assert files == {"manifest.json", "main.py", "pyproject.toml", "uv.lock", "LICENSE", wheel}
