"""What registries and Claude Desktop read says the same as the package, and is valid there."""

import json
import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from mcp import Client
from sandboxed import sandbox_settings

from twilio_senders_mcp import __version__
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.settings import SETTINGS

pytestmark = pytest.mark.anyio

SECRETS = {"twilio_api_secret", "twilio_auth_token"}
ASKED_FOR = (
    "twilio_account_sid",
    "twilio_api_key",
    "twilio_api_secret",
    "twilio_api_secret_file",
    "twilio_auth_token",
    "twilio_auth_token_file",
    "twilio_senders_accounts_file",
    "twilio_senders_read_only",
    "twilio_senders_confirm",
)
"""The settings that the registry's entry names: which account, and what may be done there."""


@pytest.fixture
def project(root) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]


def read(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text())


def write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def pythons(project: dict[str, Any]) -> list[str]:
    """The versions of Python that the package names, oldest first."""
    return re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))


def environment_variable(name: str) -> dict[str, Any]:
    setting = SETTINGS[name]
    entry: dict[str, Any] = {"name": name.upper(), "description": setting.description}
    if name in SECRETS:
        entry["isSecret"] = True
    if name.endswith("_file"):
        entry["format"] = "filepath"
    if setting.default_text:
        entry["default"] = setting.default_text
    if setting.default_text in ("true", "false"):
        entry["format"] = "boolean"
    return entry


def test_the_registrys_entry_is_that_of_the_package(root, project, write_generated):
    file = root / "server.json"
    current = read(file) | {
        "description": project["description"],
        "version": __version__,
        "packages": [
            {
                "registryType": "pypi",
                "identifier": project["name"],
                "version": __version__,
                "runtimeHint": "uvx",
                "transport": {"type": "stdio"},
                "environmentVariables": [environment_variable(name) for name in ASKED_FOR],
            }
        ],
    }
    if write_generated:
        write(file, current)
    assert read(file) == current


def test_the_registrys_entry_follows_its_published_schema(root):
    entry = read(root / "server.json")
    date = entry["$schema"].split("/")[-2].replace("-", "_")
    file = resources.files("skillsaw") / f"schemas/mcp_registry/v{date}/server.schema.json"
    schema = json.loads(file.read_text())
    assert schema["$id"] == entry["$schema"]
    assert [error.message for error in Draft7Validator(schema).iter_errors(entry)] == []


def test_the_readme_proves_to_the_registry_that_the_package_is_this_server(root):
    names = re.findall(r"mcp-name: (\S+)", (root / "README.md").read_text())
    assert names == [read(root / "server.json")["name"]]


async def test_the_bundle_is_that_of_the_package(root, project, write_generated):
    file = root / "bundle/manifest.json"
    async with Client(create_server(sandbox_settings())) as client:
        tools = (await client.list_tools()).tools
    current = read(file) | {
        "name": project["name"],
        "version": __version__,
        "tools": [
            {"name": tool.name, "description": (tool.description or "").split("\n", 1)[0]}
            for tool in tools
        ],
    }
    if write_generated:
        write(file, current)
    assert read(file) == current


def test_the_bundle_installs_the_wheel_of_this_version(root, project):
    environment = tomllib.loads((root / "bundle/pyproject.toml").read_text())
    assert environment["project"]["version"] == __version__
    *_, newest = pythons(project)
    after = f"3.{int(newest.removeprefix('3.')) + 1}"
    range_of_pythons = f"{project['requires-python']},<{after}"
    assert environment["project"]["requires-python"] == range_of_pythons
    assert environment["project"]["dependencies"] == [project["name"]]
    wheel = f"{project['name'].replace('-', '_')}-{__version__}-py3-none-any.whl"
    assert environment["tool"]["uv"]["sources"] == {project["name"]: {"path": wheel}}


def test_the_bundle_asks_for_each_value_that_it_uses(root):
    manifest = read(root / "bundle/manifest.json")
    environment = manifest["server"]["mcp_config"]["env"]
    used = {
        name: re.fullmatch(r"\$\{user_config\.(\w+)\}", environment[name]) for name in environment
    }
    assert {found and found[1] for found in used.values()} == manifest["user_config"].keys()
    assert {name.lower() for name in environment} - SETTINGS.keys() == {"bundle_sandbox"}


def test_each_secret_of_the_bundle_is_hidden_and_nothing_must_be_given(root):
    manifest = read(root / "bundle/manifest.json")
    hidden = {key for key, entry in manifest["user_config"].items() if entry.get("sensitive")}
    assert {f"twilio_{key}" for key in hidden} == SECRETS
    assert not any(entry.get("required") for entry in manifest["user_config"].values())


def test_continuous_integration_runs_on_the_pythons_that_the_package_names(root, project):
    jobs = yaml.safe_load((root / ".github/workflows/ci.yml").read_text())["jobs"]
    assert jobs["everything"]["strategy"]["matrix"]["python"] == pythons(project)
    assert jobs["everything"]["steps"][-1] == {"run": "bash .ci/run"}


def test_continuous_integration_runs_the_quick_tests_of_the_makefile(root):
    [quick] = re.findall(r"^QUICK := (.*)$", (root / "Makefile").read_text(), re.MULTILINE)
    jobs = yaml.safe_load((root / ".github/workflows/ci.yml").read_text())["jobs"]
    assert f'-m "{quick}"' in jobs["elsewhere"]["steps"][-1]["run"]


@pytest.mark.parametrize("name", ["bug", "twilio-changed", "idea"])
def test_each_form_for_an_issue_can_be_read_and_asks_for_no_secret(root, name):
    form = yaml.safe_load((root / f".github/ISSUE_TEMPLATE/{name}.yml").read_text())
    assert {"name", "description", "body"} <= form.keys()
    first, *fields = form["body"]
    assert first["type"] == "markdown"
    assert "leave out auth tokens, API secrets, verification codes" in first["attributes"]["value"]
    assert any(field.get("validations", {}).get("required") for field in fields)
    assert len({field["id"] for field in fields}) == len(fields)
