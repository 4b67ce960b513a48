"""The walls of the house: which folder may import which, and who may touch the outside."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from twilio_senders_mcp import __file__ as package_file

PACKAGE = Path(package_file).parent

MAY_IMPORT = {
    "twilio": set(),
    "accounts": {"twilio"},
    "senders": {"twilio"},
    "reference": {"twilio"},
    "changes": {"senders", "twilio"},
    "probing": set(),
    "tools": {"accounts", "changes", "probing", "senders", "reference", "twilio"},
    "protocol": {
        "accounts",
        "changes",
        "probing",
        "tools",
        "reference",
        "senders",
        "twilio",
    },
    "site": {"reference"},
    "http": {"site"},
    "settings": {"accounts", "twilio"},
    "clients": {"settings"},
    "sandbox": {"twilio"},
    "doctor": {"accounts", "changes", "clients", "settings", "tools", "twilio"},
}
"""Every folder, and the folders that it may import; every other edge is an error."""

OUTERMOST = {"__init__", "__main__", "cli", "logs", "server"}
"""The root modules and the command line.

They put the rest together, so they may import everything, and no folder imports them.
"""


def imports(file: Path) -> set[str]:
    """Every module that a file names in an import, relative ones made absolute."""
    here = [PACKAGE.name, *file.relative_to(PACKAGE).parent.parts]
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) + 1 - node.level] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def edges() -> Iterator[tuple[str, str, str]]:
    """Each import of ours from a folder: the file, its folder, and the folder or root module."""
    for folder in MAY_IMPORT:
        for file in PACKAGE.glob(f"{folder}/**/*.py"):
            for name in imports(file):
                parts = name.split(".")
                if parts[0] == PACKAGE.name and len(parts) > 1 and parts[1] != folder:
                    yield str(file.relative_to(PACKAGE)), folder, parts[1]


def test_the_table_for_contributors_is_this_one(root):
    text = (root / "CONTRIBUTING.md").read_text()
    rows = re.findall(r"^\| `(\w+)/` \|.*\| ([^|]*) \|$", text, re.MULTILINE)
    assert {folder: set(re.findall(r"`(\w+)`", named)) for folder, named in rows} == MAY_IMPORT


def importing(*prefixes: str, among: str = "**/*.py") -> set[str]:
    return {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.glob(among)
        if any(
            name == prefix or name.startswith(f"{prefix}.")
            for name in imports(file)
            for prefix in prefixes
        )
    }


def test_every_folder_and_root_module_stands_in_the_table():
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    modules = {path.stem for path in PACKAGE.glob("*.py")}
    assert folders - OUTERMOST == MAY_IMPORT.keys()
    assert folders | modules == MAY_IMPORT.keys() | OUTERMOST


def test_a_folder_imports_only_what_the_table_allows():
    known = {*MAY_IMPORT, *OUTERMOST}
    wrong = [
        f"{file} imports {target}"
        for file, folder, target in edges()
        # The version stands in the package itself.
        if target in known and target not in MAY_IMPORT[folder]
    ]
    assert wrong == []


def test_every_edge_of_the_table_is_used():
    used = {(folder, target) for _, folder, target in edges()}
    allowed = {(folder, target) for folder, targets in MAY_IMPORT.items() for target in targets}
    assert allowed <= used


def test_the_sandbox_knows_only_the_models():
    known = {
        name
        for file in PACKAGE.glob("sandbox/**/*.py")
        for name in imports(file)
        if name.startswith(f"{PACKAGE.name}.twilio")
    }
    models = tuple(
        f"{PACKAGE.name}.twilio.{module}" for module in ("requests", "responses", "values")
    )
    assert known
    assert all(name.startswith(models) for name in known)


@pytest.mark.parametrize(
    ("library", "users"),
    [
        ("mcp", ("protocol/", "http/", "server.py", "cli/demo/", "doctor/handshake.py")),
        ("httpx2", ("twilio/transport.py",)),
        ("dbos", ("changes/durable.py",)),
        ("httpcore2", ("probing/",)),
        ("jinja2", ("site/",)),
        ("markdown_it", ("site/",)),
        ("pygments", ("site/",)),
        ("rich", ("cli/run_progress.py",)),
        ("psycopg", ("changes/lock.py",)),
        ("sqlalchemy", ("changes/",)),
        ("tomlkit", ("clients/toml_text.py",)),
        ("uvicorn", ("http/serving.py", "http/connections.py")),
    ],
)
def test_a_library_is_used_where_it_belongs(library, users):
    assert all(file.startswith(users) for file in importing(library)), importing(library)


def test_one_room_reads_the_environment():
    reading = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.glob("**/*.py")
        if "os.environ" in file.read_text() or "getenv" in file.read_text()
    }
    assert {Path(file).parts[0] for file in reading} == {"settings"}


def test_one_folder_prints():
    printing = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.glob("**/*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Name) and node.id == "print"
    }
    assert {Path(file).parts[0] for file in printing} == {"cli"}
