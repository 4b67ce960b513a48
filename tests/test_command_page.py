"""The page of the command says what the parser takes: most of it is generated from there."""

import argparse

import pytest
from test_readme import block

from twilio_senders_mcp.cli.command import Command
from twilio_senders_mcp.cli.commands import COMMANDS, WITHOUT_A_COMMAND
from twilio_senders_mcp.cli.parser import actions_of, create_parsers
from twilio_senders_mcp.cli.terminal import PROGRAM
from twilio_senders_mcp.settings import SETTINGS
from twilio_senders_mcp.settings.flags import SETTING_FLAGS

ALL = (WITHOUT_A_COMMAND, *COMMANDS)


@pytest.fixture
def page(root):
    return root / "docs" / "command.md"


def parsers() -> list[argparse.ArgumentParser]:
    created = create_parsers()
    return [created.whole, *created.of_commands]


def own_actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """What a parser takes, without the flags of settings and what every command has."""
    return [
        action
        for action in actions_of(parser)
        if action.dest not in (*SETTING_FLAGS, "help", "version", "==SUPPRESS==")
        and action.metavar != "COMMAND"
    ]


def spelling(action: argparse.Action) -> str:
    """An argument as it is typed, with what stands for its value."""
    value = action.metavar or ("" if action.nargs == 0 else action.dest.upper())
    return " ".join([*action.option_strings[-1:], *([str(value)] if value else [])])


def synopsis() -> str:
    lines: list[str] = []
    for command, parser in zip(ALL, parsers(), strict=True):
        words = [PROGRAM, command.name]
        for action in own_actions(parser):
            is_needed = not action.option_strings and action.nargs is None
            words.append(spelling(action) if is_needed else f"[{spelling(action)}]")
        words += ["[SETTINGS]"] if command.takes_settings else []
        lines.append(" ".join(word for word in words if word))
    lines += [f"{PROGRAM} [COMMAND] --help", f"{PROGRAM} --version"]
    return "\n".join(["```text", *lines, "```", ""])


def description(action: argparse.Action) -> str:
    return (action.help or "") % {"default": action.default}


def commands() -> str:
    return "\n".join(
        section(command, parser) for command, parser in zip(ALL, parsers(), strict=True)
    )


def section(command: Command, parser: argparse.ArgumentParser) -> str:
    summary = f"{command.summary[0].upper()}{command.summary[1:]}."
    lines = [f"### {command.name or 'Without a command'}", "", summary, ""]
    if actions := own_actions(parser):
        lines += ["| argument | meaning |", "|---|---|"]
        lines += [f"| `{spelling(action)}` | {description(action)} |" for action in actions]
        lines.append("")
    if command.takes_settings:
        lines += ["It also takes the flags of the [settings](#settings).", ""]
    return "\n".join([*lines, "```bash", command.example, "```", ""])


def default_of(name: str) -> str:
    text = SETTINGS[name].default_text
    return f"`{text}`" if text else ""


def flags() -> str:
    rows = ["| flag | variable | default | meaning |", "|---|---|---|---|"]
    rows += [
        f"| `{SETTINGS[name].flag}` | `{name.upper()}` | {default_of(name)} | "
        f"{SETTINGS[name].description} |"
        for name in SETTING_FLAGS
    ]
    return "\n".join(rows) + "\n"


def variables() -> str:
    """The settings that have no flag: those that have one stand in the other table."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    rows += [
        f"| `{name.upper()}` | {default_of(name)} | {setting.description} |"
        for name, setting in SETTINGS.items()
        if not setting.flag
    ]
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize("part", [synopsis, commands, flags, variables], ids=lambda f: f.__name__)
def test_a_generated_part_is_up_to_date(page, write_generated, part):
    current, text = part(), page.read_text()
    if write_generated:
        found = block(text, part.__name__)
        text = text[: found.start(2)] + current + text[found.end(2) :]
        page.write_text(text)
    assert block(text, part.__name__).group(2) == current


def test_every_setting_stands_on_the_page(page):
    text = page.read_text()
    assert [name for name in SETTINGS if f"`{name.upper()}`" not in text] == []


def test_every_command_has_a_section_with_its_example(page):
    text = page.read_text()
    for command in COMMANDS:
        assert f"\n### {command.name}\n" in text
        assert f"```bash\n{command.example}\n```" in text


def test_the_page_is_linked_from_the_readme(root):
    assert "](docs/command.md)" in (root / "README.md").read_text()
