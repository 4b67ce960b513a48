"""MCP Inspector, as a person would use it, in both eras.

The entry for real use is that of mcp.json; inspector.json has the others that the README shows.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from processes import PATIENCE, listening

from twilio_senders_mcp.cli.demo import EXAMPLE
from twilio_senders_mcp.sandbox import BAKERY_SENDER, ONLINE_SENDER, PENDING_SENDER
from twilio_senders_mcp.tools.catalog import ALL_TOOL_NAMES, TOOL_NAMES

pytestmark = [
    pytest.mark.inspector,
    pytest.mark.parametrize("era", ["legacy", "modern"]),
]

FOR_REAL_USE = Path("mcp.json")
OTHERS = Path("tests/e2e/inspector.json")
OK, TOOL_FAILED = 0, 5


@pytest.fixture
def inspect(root, era, tmp_path):
    def run(*words: str, config: Path = OTHERS) -> subprocess.CompletedProcess[str]:
        inspector = root / ".ci/node/node_modules/.bin/mcp-inspector"
        options = ["--config", str(config), "--protocol-era", era, "--format", "json", "-q"]
        return subprocess.run(
            [str(inspector), "--cli", *options, *words],
            cwd=root,
            env={**os.environ, "HOME": str(tmp_path), "MCP_INSPECTOR_SECRET_STORE": "memory"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    return run


def call(
    inspect,
    arguments: dict[str, Any],
    *,
    server: str = "twilio-senders-sandbox",
    config: Path = OTHERS,
) -> tuple[int, dict[str, Any]]:
    done = inspect(
        *("--server", server, "--method", "tools/call", "--tool-name", "update_sender"),
        *("--tool-args-json", json.dumps(arguments)),
        config=config,
    )
    return done.returncode, json.loads(done.stdout)["result"]


@pytest.mark.parametrize(
    ("server", "config"), [("twilio-senders", FOR_REAL_USE), ("twilio-senders-sandbox", OTHERS)]
)
def test_the_strict_lint_of_tools_list_finds_nothing(inspect, server, config):
    done = inspect("--server", server, "--method", "tools/list", "--strict", config=config)
    assert (done.returncode, done.stderr) == (OK, "")
    tools = json.loads(done.stdout)["result"]["tools"]
    assert [tool["name"] for tool in tools] == list(TOOL_NAMES)


def test_with_several_accounts_the_strict_lint_finds_nothing_and_a_call_names_its_account(inspect):
    server = "twilio-senders-sandbox-accounts"
    done = inspect("--server", server, "--method", "tools/list", "--strict")
    assert (done.returncode, done.stderr) == (OK, "")
    tools = json.loads(done.stdout)["result"]["tools"]
    assert [tool["name"] for tool in tools] == list(ALL_TOOL_NAMES)
    change = {"sid": BAKERY_SENDER, "account": "Bakery", "friendly_name": "Rolls"}
    code, result = call(inspect, change, server=server)
    assert code == OK
    assert result["structuredContent"]["account"] == "Bakery"


def test_a_call_with_nested_arguments_succeeds_and_says_what_was_applied(inspect):
    changes = {
        "webhook": {"callback_url": "https://a.example/inbound", "callback_method": "POST"},
        "profile": {"about": "", "websites": [{"website": "https://a.example"}]},
    }
    code, result = call(inspect, {"sid": ONLINE_SENDER, **changes})
    assert code == OK
    content = result["structuredContent"]
    assert list(content) == ["summary", "next", "sandbox", "sender"]
    assert "applied webhook.callback_url" in content["summary"]
    assert content["sandbox"] is True
    assert content["sender"]["webhook"]["callback_url"] == "https://a.example/inbound"
    assert content["sender"]["profile"]["websites"] == [
        {"website": "https://a.example", "label": "Website"}
    ]


def test_a_null_counts_as_not_given_and_clear_empties_a_field(inspect):
    changes = {"webhook": {"callback_url": None}, "clear": ["webhook.fallback_url"]}
    code, result = call(inspect, {"sid": ONLINE_SENDER, **changes})
    assert code == OK
    webhook = result["structuredContent"]["sender"]["webhook"]
    assert "callback_url" in webhook
    assert "fallback_url" not in webhook


def test_the_request_example_of_twilios_page_succeeds(inspect):
    code, result = call(inspect, {"sid": PENDING_SENDER, **EXAMPLE})
    assert code == OK
    assert result["structuredContent"]["sender"]["status"] == "VERIFYING"


def test_a_refused_call_reaches_the_person_with_its_reason(inspect):
    arguments = {"sid": ONLINE_SENDER, "profile": {"nmae": "x"}}
    code, result = call(inspect, arguments)
    assert code == TOOL_FAILED
    (block,) = result["content"]
    assert "did you mean name?" in block["text"]


def test_the_entry_for_real_use_says_what_to_set(inspect):
    arguments = {"sid": ONLINE_SENDER, "friendly_name": "x"}
    code, result = call(inspect, arguments, server="twilio-senders", config=FOR_REAL_USE)
    assert code == TOOL_FAILED
    assert "Set TWILIO_ACCOUNT_SID" in result["content"][0]["text"]


def test_the_http_entry_works_while_a_server_runs(inspect, root, tmp_path):
    with listening("http", "--sandbox") as (_, url):
        servers = json.loads((root / OTHERS).read_text())["mcpServers"]
        entry = servers["twilio-senders-http"] | {"url": url}  # another port than 8000
        config = tmp_path / "inspector.json"
        config.write_text(json.dumps({"mcpServers": {"twilio-senders-http": entry}}))
        done = inspect(
            *("--server", "twilio-senders-http", "--method", "tools/list", "--strict"),
            config=config,
        )
    assert (done.returncode, done.stderr) == (OK, "")
