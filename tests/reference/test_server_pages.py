"""The pages about this server: they say what its tools and settings declare."""

import json
from pathlib import Path

import pytest

from twilio_senders_mcp import reference
from twilio_senders_mcp.reference.library import library
from twilio_senders_mcp.settings import SETTINGS
from twilio_senders_mcp.tools.catalog import ALL_TOOL_NAMES, TOOLS
from twilio_senders_mcp.tools.list_accounts import LIST_ACCOUNTS


def declared() -> dict[str, list[dict[str, str]]]:
    tools = [
        {
            "name": tool.name,
            "summary": tool.description.split("\n", 1)[0],
            "effect": tool.effect,
            "page": tool.page,
        }
        for tool in (*TOOLS, LIST_ACCOUNTS)
    ]
    settings = [
        {
            "name": name.upper(),
            "default": setting.default_text,
            "flag": setting.flag,
            "description": setting.description,
        }
        for name, setting in SETTINGS.items()
    ]
    return {"server_tools.json": tools, "server_settings.json": settings}


@pytest.mark.parametrize("name", ["server_tools.json", "server_settings.json"])
def test_the_pages_have_what_is_declared(write_generated, name):
    file = Path(reference.__path__[0]) / name
    current = declared()[name]
    if write_generated:
        file.write_text(json.dumps(current, indent=2, ensure_ascii=False) + "\n")
    assert json.loads(file.read_text()) == current


def test_every_tool_has_its_task_and_its_row():
    body = library()["topics/tools"].body
    for name in ALL_TOOL_NAMES:
        assert f"| `{name}` |\n" in body
        assert f"\n| `{name}` | " in body


def test_every_setting_has_its_row():
    body = library()["topics/settings"].body
    for name in SETTINGS:
        assert f"\n| `{name.upper()}` | " in body
