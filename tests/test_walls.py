"""The walls of the house: which module may import which."""

import ast
from pathlib import Path

import pytest

from twilio_senders_mcp import __file__ as package_file

PACKAGE = Path(package_file).parent


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


def ours(name: str) -> str:
    return f"{PACKAGE.name}.{name}"


@pytest.mark.parametrize(
    ("among", "forbidden"),
    [
        ("twilio/**/*.py", ["mcp", ours("tools"), ours("sandbox"), ours("server"), ours("http")]),
        ("senders/**/*.py", ["mcp", "httpx2", ours("tools"), ours("protocol"), ours("settings")]),
        ("tools/**/*.py", ["mcp", "httpx2", ours("protocol"), ours("sandbox"), ours("settings")]),
        ("reference/**/*.py", [ours("sandbox"), ours("settings"), "httpx2", "mcp"]),
        (
            "sandbox/**/*.py",
            ["mcp", "httpx2", ours("tools"), ours("twilio.client"), ours("server")],
        ),
    ],
)
def test_a_wall_stands(among, forbidden):
    assert importing(*forbidden, among=among) == set()


def test_the_site_imports_nothing_of_ours_but_the_reference():
    known = {
        name
        for file in PACKAGE.glob("site/**/*.py")
        for name in imports(file)
        if name.startswith(ours(""))
    }
    assert known
    assert all(name.startswith((ours("reference"), ours("site"))) for name in known)


def test_only_http_and_root_modules_import_the_site():
    folders = {file.rpartition("/")[0] for file in importing(ours("site"))}
    assert folders == {"", "http", "site"}


def test_the_settings_know_nothing_of_ours_but_credentials_and_hosts():
    known = {
        name
        for file in PACKAGE.glob("settings/**/*.py")
        for name in imports(file)
        if name.startswith(ours("")) and not name.startswith(ours("settings"))
    }
    assert known
    assert all(
        name.startswith((ours("twilio.credentials"), ours("twilio.hosts"))) for name in known
    )


def test_the_sandbox_knows_only_the_models():
    known = {
        name
        for file in PACKAGE.glob("sandbox/**/*.py")
        for name in imports(file)
        if name.startswith(ours("twilio"))
    }
    assert known
    assert all(
        name.startswith((ours("twilio.requests"), ours("twilio.responses"))) for name in known
    )


def test_one_module_speaks_http_to_twilio():
    assert importing("httpx2") == {"twilio/transport.py"}


def test_only_the_settings_read_the_environment():
    reading = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.glob("**/*.py")
        if "os.environ" in file.read_text() or "getenv" in file.read_text()
    }
    assert {file.partition("/")[0] for file in reading} == {"settings"}


def test_one_module_prints():
    printing = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.glob("**/*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Name) and node.id == "print"
    }
    assert printing == {"cli.py"}
