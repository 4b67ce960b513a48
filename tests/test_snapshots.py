"""What a model sees of each tool, kept as a file: a change of it is always a decision."""

import json
from pathlib import Path

import pytest
from mcp import Client
from sandboxed import sandbox_settings

from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.tools.catalog import TOOL_NAMES, TOOLS, available_tools, instructions

pytestmark = pytest.mark.anyio

SNAPSHOTS = Path(__file__).parent / "snapshots"
DEFINITION_MAX = {"update_sender": 6_000, "create_sender": 5_600}
INPUT_SCHEMA_MAX = {"update_sender": 4_800, "create_sender": 4_800}
DEFINITION_MAX_OF_OTHERS = 2_200
ALL_MAX = 26_700
CHANGES_MAX = 5_500
"""The four tools for plans and runs together."""
INSTRUCTIONS_MAX = 900


async def definitions() -> dict[str, dict]:
    async with Client(create_server(sandbox_settings())) as client:
        tools = (await client.list_tools()).tools
    return {
        tool.name: tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools
    }


def size(value: object) -> int:
    return len(json.dumps(value, separators=(",", ":")).encode())


async def test_each_definition_is_the_one_that_was_decided(write_generated):
    current = await definitions()
    if write_generated:
        for name, definition in current.items():
            text = json.dumps(definition, indent=2, ensure_ascii=False) + "\n"
            (SNAPSHOTS / f"{name}.json").write_text(text)
    decided = {file.stem: json.loads(file.read_text()) for file in SNAPSHOTS.glob("*.json")}
    assert current == decided


async def test_each_definition_keeps_within_its_budget():
    current = await definitions()
    for name, definition in current.items():
        most = DEFINITION_MAX.get(name, DEFINITION_MAX_OF_OTHERS)
        assert size(definition) <= most
        assert size(definition["inputSchema"]) <= INPUT_SCHEMA_MAX.get(name, most)
    assert size(list(current.values())) <= ALL_MAX
    names = ("plan_changes", "apply_plan", "follow_run", "control_run")
    assert size([current[name] for name in names]) <= CHANGES_MAX


def test_the_instructions_are_short_and_name_only_tools_that_are_there():
    assert len(instructions(TOOLS)) < INSTRUCTIONS_MAX
    modes = [(True, ()), (False, ["update_sender"]), (False, ["get_sender"])]
    for read_only, only in modes:
        tools = available_tools(read_only=read_only, only=only, several_accounts=False)
        names = [tool.name for tool in tools]
        told = instructions(tools)
        assert not [name for name in TOOL_NAMES if name in told and name not in names]
