"""What the Python clients share: which server to start, and the loop in which `run.py` drives them.

Runs inside the environment of the client under test, so it needs the standard library only. The
runner writes one JSON object a line, ``{"tool": ..., "arguments": ...}``, and reads one for each:
``{"handed": ...}``, what the framework hands to a model, or ``{"raised": ...}``.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

COMMAND: Final[str] = os.environ["MCP_COMMAND"]
"""The program that speaks MCP on stdin and stdout."""

ARGUMENTS: Final[list[str]] = json.loads(os.environ["MCP_ARGUMENTS"])
ENVIRONMENT: Final[dict[str, str]] = json.loads(os.environ["MCP_ENVIRONMENT"])
CONFIRMATION: Final[dict[str, str]] = json.loads(os.environ["MCP_CONFIRMATION"])
"""What a person types into the form that the server shows before it deletes."""

Call = Callable[[str, Mapping[str, Any]], Awaitable[Any]]

_NONE: Final[Mapping[str, str]] = MappingProxyType({})

# Frameworks print; what the runner reads goes out on a copy of stdout that they do not know.
_OUT: Final = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)


async def serve(
    call: Call,
    *,
    tools: Sequence[str],
    problems: Mapping[str, str] = _NONE,
    notes: Sequence[str] = (),
) -> None:
    """Carry out the runner's calls until it closes stdin.

    ``tools`` names what the framework offers to a model, ``problems`` says of each tool that it
    could not convert why not, and ``notes`` what is worth a line below the table.
    """
    _say({"tools": list(tools), "problems": dict(problems), "notes": list(notes)})
    while line := await asyncio.to_thread(sys.stdin.readline):
        request = json.loads(line)
        try:
            _say({"handed": await call(request["tool"], request["arguments"])})
        except Exception as error:  # noqa: BLE001 - whatever a framework raises is what is measured
            _say({"raised": f"{type(error).__name__}: {error}"})


def _say(message: Mapping[str, Any]) -> None:
    print(json.dumps(message, default=_plain), file=_OUT)


def _plain(value: Any) -> Any:
    """Turn a Pydantic model into what JSON knows, and anything else into its text."""
    dump = getattr(value, "model_dump", None)
    return dump(mode="json", by_alias=True, exclude_none=True) if dump else str(value)
