"""The clients under test, each with its own environment: a venv or an npm folder."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path
from typing import Final

INSTALL_LIMIT: Final = 900
"""Time limit of an installation, in seconds."""

_SCRIPTS: Final = Path(__file__).parent
_STAMP: Final = "installed.json"
# The latest versions of two libraries need a newer Node than this project; npm provides it.
_NODE_24: Final = "node@24"
_AI_SDK: Final = ("@ai-sdk/mcp@2", "ai@7", _NODE_24)
_AGENTS: Final = ("openai-agents<1",)


@dataclass(frozen=True, slots=True)
class Client:
    """A way of calling tools through a library.

    ``script`` is a file in this folder. ``packages`` are the requirements, the first of which is
    the library. ``way`` is the script's argument, if it has several ways of calling. ``misspelt``
    is part of the reply if the library itself refuses or drops a misspelt key, so that the server
    never gets it.
    """

    name: str
    script: str
    packages: tuple[str, ...]
    way: str = ""
    misspelt: str = ""

    @property
    def is_python(self) -> bool:
        """Whether the library comes from PyPI; otherwise it comes from npm."""
        return self.script.endswith(".py")

    @property
    def key(self) -> str:
        """A name for folders and the command line, shared by all ways of one library."""
        return Path(self.script).stem.removesuffix("_client")


CLIENTS: Final = (
    Client("TypeScript SDK 1", "typescript_sdk_1_client.mjs", ("@modelcontextprotocol/sdk@1",)),
    Client("TypeScript SDK 2", "typescript_sdk_2_client.mjs", ("@modelcontextprotocol/client@2",)),
    Client("Python SDK 1", "python_sdk_1_client.py", ("mcp<2",)),
    Client("Python SDK 2", "python_sdk_2_client.py", ("mcp>=2,<3",)),
    Client("fastmcp", "fastmcp_client.py", ("fastmcp>=4,<5",)),
    Client("OpenAI Agents, `call_tool`", "openai_agents_client.py", _AGENTS, way="direct"),
    Client("OpenAI Agents, strict tools", "openai_agents_client.py", _AGENTS, way="strict"),
    Client("Pydantic AI", "pydantic_ai_client.py", ("pydantic-ai-slim[mcp]>=2,<3",)),
    Client("Google GenAI", "google_genai_client.py", ("google-genai>=3,<4", "mcp")),
    Client("Google ADK", "google_adk_client.py", ("google-adk[mcp]>=2,<3",)),
    Client("LangChain", "langchain_client.py", ("langchain-mcp-adapters<1",)),
    # It forbids additional properties in every object of a schema, and then refuses them itself.
    Client(
        "CrewAI",
        "crewai_client.py",
        ("crewai-tools[mcp]>=1,<2", "crewai"),
        misspelt="Extra inputs are not permitted",
    ),
    Client("LlamaIndex", "llama_index_client.py", ("llama-index-tools-mcp<1",)),
    Client("Semantic Kernel", "semantic_kernel_client.py", ("semantic-kernel[mcp]>=1,<2",)),
    # It needs the SDK's first major version without declaring it. Its model of an object drops
    # unknown keys, and the server then refuses an update that changes nothing.
    Client(
        "AutoGen",
        "autogen_client.py",
        ("autogen-ext[mcp]<1", "mcp<2"),
        misspelt="Nothing was sent",
    ),
    Client("Vercel AI SDK", "ai_sdk_client.mjs", _AI_SDK, way="discovery"),
    Client("Vercel AI SDK, no discovery", "ai_sdk_client.mjs", _AI_SDK, way="handshake"),
    Client("mcporter", "mcporter_client.mjs", ("mcporter@0.12", _NODE_24)),
)


class NotInstalledError(Exception):
    """A library could not be installed here; the text is the installer's last message."""


def install(client: Client, cache: Path) -> list[str]:
    """Create the client's environment if necessary; return the command that runs its script.

    Raises:
        NotInstalledError: if the library cannot be installed here.

    """
    folder = cache / client.key
    stamp = folder / _STAMP
    if not stamp.exists() or json.loads(stamp.read_text()) != list(client.packages):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for command in _installation(client, folder):
            _run(command, folder / "install.log")
        stamp.write_text(json.dumps(client.packages))
    if client.is_python:
        return [str(_venv_python(folder)), str(_SCRIPTS / client.script), client.way]
    # Node looks for packages beside the script.
    for name in ("client_loop.mjs", client.script):
        shutil.copy(_SCRIPTS / name, folder)
    own_node = folder / "node_modules" / ".bin" / "node"
    node = str(own_node) if own_node.exists() else "node"
    return [node, str(folder / client.script), client.way]


def install_program(package: str, program: str, cache: Path) -> str:
    """Install a program from npm if necessary, the latest version, and return its path.

    Raises:
        NotInstalledError: if it cannot be installed here.

    """
    folder = cache / program
    path = folder / "node_modules" / ".bin" / program
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _run([*_npm_install(folder), package], folder / "install.log")
    return str(path)


def version(client: Client, cache: Path) -> str:
    """Return the library's name and version, and those of the Python SDK if it uses that."""
    folder, library = cache / client.key, _library(client)
    if not client.is_python:
        package = folder / "node_modules" / library / "package.json"
        return f"{library} {json.loads(package.read_text())['version']}"
    sites = [str(site) for site in folder.glob("venv/lib*/python*/site-packages")]
    found = {
        name: distribution.version
        for name in (library, "mcp")
        for distribution in Distribution.discover(name=name, path=sites)
    }
    return ", ".join(f"{name} {number}" for name, number in found.items())


def _library(client: Client) -> str:
    """Return the name in the first requirement; note that "@" also begins an npm scope."""
    requirement = client.packages[0]
    end = min(position for mark in "<>=[@" if (position := f"{requirement}@".find(mark, 1)) > 0)
    return requirement[:end]


def _installation(client: Client, folder: Path) -> list[list[str]]:
    if not client.is_python:
        return [[*_npm_install(folder), *client.packages]]
    pip = [str(_venv_python(folder)), "-m", "pip", "install", "--disable-pip-version-check"]
    return [
        [sys.executable, "-m", "venv", str(folder / "venv")],
        [*pip, "--quiet", *client.packages],
    ]


def _npm_install(folder: Path) -> list[str]:
    return ["npm", "install", "--no-fund", "--no-audit", "--prefix", str(folder)]


def _venv_python(folder: Path) -> Path:
    return folder / "venv" / "bin" / "python"


def _run(command: list[str], log: Path) -> None:
    with log.open("ab") as file:
        try:
            subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                timeout=INSTALL_LIMIT,
                check=True,
            )
        except FileNotFoundError as error:
            raise NotInstalledError(f"there is no {command[0]} here") from error
        except subprocess.TimeoutExpired as error:
            raise NotInstalledError(f"not done after {INSTALL_LIMIT} s") from error
        except subprocess.CalledProcessError as error:
            raise NotInstalledError(_reason(log)) from error


def _reason(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() or ["no reason was given"]
    errors = [line for line in lines if line.lower().startswith(("error:", "npm error"))]
    return " ".join(errors or lines[-1:])
