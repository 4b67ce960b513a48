"""Code that the Python clients share: the server's command, and the loop that `run.py` drives.

It runs in the environment of the client under test, so it uses only the standard library. The
runner writes one JSON object per line, ``{"tool": ..., "arguments": ...}``, and reads one for each:
``{"handed": ...}``, which is what the framework gives to a model, or ``{"raised": ...}``.
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

# Frameworks print to stdout, so messages to the runner go to a copy of stdout.
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

    ``tools`` are the names of the tools that the framework offers to a model. ``problems`` gives
    the reason for each tool that it could not convert, and ``notes`` are lines below the table.
    """
    _say({"tools": list(tools), "problems": dict(problems), "notes": list(notes)})
    while line := await asyncio.to_thread(sys.stdin.readline):
        request = json.loads(line)
        try:
            _say({"handed": await call(request["tool"], request["arguments"])})
        except Exception as error:  # noqa: BLE001 - every exception of a framework is recorded
            _say({"raised": f"{type(error).__name__}: {error}"})


def _say(message: Mapping[str, Any]) -> None:
    print(json.dumps(message, default=_to_json_value), file=_OUT)


def _to_json_value(value: Any) -> Any:
    """Convert a Pydantic model to a JSON value, and anything else to a string."""
    dump = getattr(value, "model_dump", None)
    return dump(mode="json", by_alias=True, exclude_none=True) if dump else str(value)
