"""The server itself, started as AI clients start it and asked in both eras of MCP."""

from collections.abc import Mapping, Sequence
from typing import Final

import anyio

from .diagnosis import Diagnosis
from .handshake import Era, HandshakeFailed, shake_hands

_REQUESTS: Final[dict[Era, str]] = {"legacy": "initialize", "modern": "server/discover"}
_MODERN_REVISION: Final = "2026-07-28"


async def check_own_server(
    command: Sequence[str], environment: Mapping[str, str]
) -> list[Diagnosis]:
    """Start the server once in each era and count its tools."""
    found: dict[Era, Diagnosis] = {}

    async def check(era: Era) -> None:
        found[era] = await _check(command, environment, era)

    async with anyio.create_task_group() as tasks:
        for era in _REQUESTS:
            tasks.start_soon(check, era)
    return [found[era] for era in _REQUESTS]


async def _check(command: Sequence[str], environment: Mapping[str, str], era: Era) -> Diagnosis:
    request = _REQUESTS[era]
    try:
        responded = await shake_hands(command, environment, era)
    except HandshakeFailed as failure:
        return _problem(request, str(failure))
    if era == "modern" and responded.revision != _MODERN_REVISION:
        return _problem(request, f"it does not speak the revision {_MODERN_REVISION} of MCP")
    return Diagnosis("stdio", "ok", f"It answers {request} and offers {responded.tools} tools.")


def _problem(request: str, failure: str) -> Diagnosis:
    return Diagnosis(
        "stdio",
        "problem",
        f"The server was started and sent {request}, but {failure}.",
        "Correct the settings above, or install the server again.",
    )
