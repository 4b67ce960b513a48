"""Starting servers: this one in both eras, and as the clients of a user have it configured."""

import json
import os
import sys
from pathlib import Path

import pytest
from processes import COMMAND

from twilio_senders_mcp.clients.catalog import CLIENTS
from twilio_senders_mcp.clients.machine import Machine
from twilio_senders_mcp.clients.places import configuration_path
from twilio_senders_mcp.doctor import configured_clients, handshake
from twilio_senders_mcp.doctor.configured_clients import check_clients
from twilio_senders_mcp.doctor.handshake import HandshakeFailed, Responded, shake_hands
from twilio_senders_mcp.doctor.own_server import check_own_server
from twilio_senders_mcp.tools.catalog import ALL_TOOL_NAMES

pytestmark = pytest.mark.anyio
SANDBOX = [*COMMAND, "--sandbox"]
_OLD_SERVER = """
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    if message.get("method") == "initialize":
        result = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}},
                  "serverInfo": {"name": "old", "version": "1"}}
    elif message.get("method") == "tools/list":
        result = {"tools": []}
    elif "id" in message:
        error = {"code": -32601, "message": "unknown"}
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}), flush=True)
        continue
    else:
        continue
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
"""
OLD_SERVER = [sys.executable, "-c", _OLD_SERVER]


@pytest.fixture
def machine(tmp_path):
    """A user without any configuration."""
    return Machine(
        system="linux",
        home=str(tmp_path),
        environment=dict(os.environ),
        own_folder=tmp_path / "own",
        project=tmp_path,
    )


def configure(machine: Machine, key: str, text: str | dict) -> Path:
    [client] = [client for client in CLIENTS if client.key == key]
    path = configuration_path(client, machine, in_project=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text if isinstance(text, str) else json.dumps(text))
    return path


def entry(command: object, *arguments: object, **others) -> dict:
    return {"command": command, "args": list(arguments), **others}


async def test_this_server_answers_in_both_eras():
    legacy, modern = await check_own_server(SANDBOX, os.environ)
    offered = len(ALL_TOOL_NAMES) - 1  # list_accounts is for several accounts
    assert legacy.found == f"It answers initialize and offers {offered} tools."
    assert modern.found == f"It answers server/discover and offers {offered} tools."


async def test_a_server_that_ends_at_once_is_a_problem(capfd):
    found = await check_own_server([*COMMAND, "--sandbox"], {**os.environ, "TWILIO_SENDERS_X": "1"})
    assert [each.level for each in found] == ["problem", "problem"]
    assert "it ends, or does not respond as an MCP server" in found[0].found
    assert capfd.readouterr().err == ""


async def test_nothing_that_another_program_writes_is_shown(capfd, caplog):
    noise = "import sys; print('hunter2'); print('hunter2', file=sys.stderr)"
    found = await check_own_server([sys.executable, "-c", noise], {})
    assert [each.level for each in found] == ["problem", "problem"]
    written = capfd.readouterr()
    assert "hunter2" not in f"{found}{written.out}{written.err}{caplog.text}"


async def test_a_server_that_does_not_know_the_new_revision_is_a_problem():
    legacy, modern = await check_own_server(OLD_SERVER, {})
    assert (legacy.level, modern.level) == ("ok", "problem")
    assert "it does not speak the revision 2026-07-28" in modern.found


async def test_an_old_server_responds_with_its_revision():
    assert await shake_hands(OLD_SERVER, {}, "modern") == Responded(0, "2025-11-25")


async def test_a_server_that_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(handshake, "HANDSHAKE_SECONDS", 0.2)
    silent = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with pytest.raises(HandshakeFailed, match="does not respond within 0 seconds"):
        await shake_hands(silent, {}, "legacy")


async def test_without_a_configured_client_nothing_is_started(machine):
    [clients] = await check_clients(machine)
    assert (clients.check, clients.level) == ("clients", "ok")
    assert "No AI client of this user has this server" in clients.found


async def test_a_configured_client_is_started_with_its_environment(machine):
    server = entry(
        sys.executable,
        "-m",
        "twilio_senders_mcp",
        "--sandbox",
        env={"TWILIO_SENDERS_TOOLS": "get_sender", "TWILIO_API_KEY": "${KEY}", "X": 1},
    )
    configure(machine, "cursor", {"mcpServers": {"senders": server, "other": entry("nothing")}})
    [cursor] = await check_clients(machine)
    assert (cursor.check, cursor.level) == ("cursor", "ok")
    assert cursor.found == 'Its server "senders" starts and offers 1 tools.'


async def test_a_configured_command_that_does_not_exist_is_a_problem(machine):
    server = entry("/nowhere/twilio-senders-mcp", env="none")
    path = configure(machine, "gemini", {"mcpServers": {"senders": server}})
    [gemini] = await check_clients(machine)
    assert (gemini.check, gemini.level) == ("gemini", "problem")
    assert f'"senders" in "{path}" does not work: it cannot be started.' in gemini.found
    assert gemini.cure == "Add it again: twilio-senders-mcp install gemini"


async def test_an_entry_whose_command_is_no_text_is_a_problem(machine):
    servers = {"a": entry(None, "twilio-senders-mcp"), "b": entry("twilio-senders-mcp", [])}
    configure(machine, "cursor", {"mcpServers": servers})
    found = await check_clients(machine)
    assert [each.level for each in found] == ["problem", "problem"]
    assert "no texts" in found[0].found


async def test_a_file_that_cannot_be_read_is_a_warning(machine):
    configure(machine, "cursor", "{")
    configure(machine, "codex", "[mcp_servers]\nx = 1\ny =")
    codex, cursor, _ = sorted(
        await check_clients(machine), key=lambda each: each.level != "warning"
    )
    assert {codex.check, cursor.check} == {"codex", "cursor"}
    assert cursor.level == "warning"
    assert "--dry-run" in cursor.cure


async def test_of_very_many_entries_the_first_are_started(machine, monkeypatch):
    monkeypatch.setattr(configured_clients, "ENTRIES_MAX", 1)
    server = entry("/nowhere/twilio-senders-mcp")
    configure(machine, "cursor", {"mcpServers": {"a": server, "b": server, "c": server}})
    first, rest = await check_clients(machine)
    assert first.level == "problem"
    assert rest.found == "2 more entries were not started."


async def test_the_file_of_a_project_is_not_looked_at(machine, tmp_path):
    (tmp_path / ".mcp.json").write_text(
        json.dumps({"mcpServers": {"x": entry("touch", str(tmp_path / "twilio-senders-mcp"))}})
    )
    [clients] = await check_clients(machine)
    assert clients.level == "ok"
    assert not (tmp_path / "twilio-senders-mcp").exists()
