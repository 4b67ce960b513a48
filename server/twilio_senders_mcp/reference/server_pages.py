"""Pages about this server itself: its tools and its settings.

The reference may not import the tools and the settings, so what these declare is kept in two JSON
files. A test compares the files with the declarations and rewrites them.
"""

import json
from collections.abc import Iterator
from importlib import resources
from typing import Any, Final

from .page import Page

_SOURCE: Final = "Source: this server's own declarations; a test keeps this page equal to them."
_EFFECTS: Final = {
    "looks_up": "reads this reference; sends nothing",
    "reads": "reads from Twilio",
    "creates": "writes",
    "changes": "writes",
    "destroys": "writes, cannot be undone",
}
_WHICH_TOOL: Final = (
    ("find a sender by number or name, or list senders", "list_senders"),
    ("see one sender: status, profile, webhooks", "get_sender"),
    ("find out why a sender does not work, or check a draft before it is created", "check_sender"),
    ("know how all senders are, and which need attention", "survey_senders"),
    ("register a number", "create_sender"),
    ("change one sender, or submit a verification code", "update_sender"),
    ("wait for a registration, a change or a name review", "wait_for_sender"),
    ("change many senders, see the change beforehand, or undo it", "plan_changes"),
    ("carry out such a plan", "apply_plan"),
    ("see the progress of a run and the outcome for each sender", "follow_run"),
    ("pause, resume or cancel a run", "control_run"),
    ("remove a sender", "delete_sender"),
    ("know which accounts there are, if there are several", "list_accounts"),
    ("look up a field, a status or an error", "search_docs"),
    ("read pages of this reference", "get_docs"),
    ("see the pages, or what changed since a day", "list_docs"),
)


_ABOUT_TOOLS: Final = """\
- `list_accounts` exists only with several accounts: [accounts](/topics/accounts).
- With `--read-only` the tools that write do not exist; `--tools` offers only those that it names: \
[safety](/topics/safety).
- Twilio's Senders API has five operations; the page of each names its tool: \
[operations](/operations)."""
_WHAT_A_SETTING_IS: Final = (
    "A setting is an environment variable. Some have a flag, too, which takes precedence. "
    "(this server)"
)
_ABOUT_SETTINGS: Final = """\
- Credentials have no flag, because other programs can read flags: \
[authentication](/topics/authentication).
- A misspelt variable that begins with `TWILIO_SENDERS_` prevents startup.
- `--sandbox` replaces Twilio with an embedded one: [safety](/topics/safety).
- Several accounts: [accounts](/topics/accounts). Plans and runs: [state](/topics/state). \
Hosts: [regions](/topics/regions)."""


def server_pages() -> Iterator[Page]:
    """Yield the page of the tools and the page of the settings."""
    yield _tools_page()
    yield _settings_page()


def _tools_page() -> Page:
    which = "".join(f"\n| {task} | `{tool}` |" for task, tool in _WHICH_TOOL)
    rows = "".join(
        f"\n| `{tool['name']}` | {_EFFECTS[tool['effect']]} | {_help(tool)} | {tool['summary']} |"
        for tool in _declared("server_tools.json")
    )
    parts = [
        "## Which tool to use",
        f"| you want to | tool |\n|---|---|{which}",
        "## All tools",
        f"| tool | effect | page | what it does |\n|---|---|---|---|{rows}",
        _ABOUT_TOOLS,
        _SOURCE,
    ]
    return Page(
        path="topics/tools",
        title="The tools of this server",
        type="topic",
        summary="Every tool of this server, what it does, whether it writes, and when to use it.",
        body="\n\n".join(parts),
        keywords=("list of tools", "which tool", "right tool", "what can this server do"),
    )


def _help(tool: dict[str, Any]) -> str:
    page = tool["page"]
    return f"[{page.rpartition('/')[2]}](/{page})" if page else ""


def _settings_page() -> Page:
    rows = "".join(
        f"\n| `{setting['name']}` | {_code(setting['default'])} | {_code(setting['flag'])} "
        f"| {setting['description']} |"
        for setting in _declared("server_settings.json")
    )
    parts = [
        _WHAT_A_SETTING_IS,
        "## All settings",
        f"| variable | default | flag | meaning |\n|---|---|---|---|{rows}",
        _ABOUT_SETTINGS,
        _SOURCE,
    ]
    return Page(
        path="topics/settings",
        title="Settings of this server",
        type="topic",
        summary="Every setting: its environment variable, its default, its flag and its meaning.",
        body="\n\n".join(parts),
        keywords=(
            *("environment variable", "env var", "configuration of the server", "configure"),
            *("option", "command line", "flags", "timeout setting", "log level", "defaults"),
        ),
    )


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _declared(name: str) -> list[dict[str, Any]]:
    return json.loads(resources.files(__spec__.parent).joinpath(name).read_bytes())
