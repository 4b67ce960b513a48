"""A recorder of the messages between a client and the server.

``python wire.py RECORD COMMAND...`` runs the command, passes on every line of stdin and stdout
unchanged, and appends both to the file. `read_wire` reads such a file.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

_TO_SERVER: Final = b"> "
_TO_CLIENT: Final = b"< "
_META: Final = "io.modelcontextprotocol/"


@dataclass(frozen=True, slots=True)
class Wire:
    """What a recording shows about the client.

    ``tools`` are the names that the server listed. ``calls`` are the calls that reached it, as
    pairs of the tool's name and its arguments.
    """

    revision: str
    can_be_asked: bool
    was_asked: bool
    tools: frozenset[str]
    calls: tuple[tuple[str, Mapping[str, Any]], ...]


def read_wire(record: Path) -> Wire:
    """Return what a recording shows; a missing file is an empty recording."""
    revision, can_be_asked, was_asked = "", False, False
    tools: set[str] = set()
    calls: list[tuple[str, Mapping[str, Any]]] = []
    for to_server, message in _messages(record):
        params, result = message.get("params") or {}, message.get("result") or {}
        meta = params.get("_meta") or {}
        if to_server:
            declared = params.get("capabilities") or meta.get(f"{_META}clientCapabilities") or {}
            can_be_asked = can_be_asked or "elicitation" in declared
            revision = meta.get(f"{_META}protocolVersion", revision)
            # A call that is repeated with a person's answers is the same call.
            if message.get("method") == "tools/call" and "inputResponses" not in params:
                calls.append((params["name"], params.get("arguments") or {}))
        else:
            revision = result.get("protocolVersion", revision)
            tools.update(tool["name"] for tool in result.get("tools", ()))
            asks = message.get("method") == "elicitation/create" or "inputRequests" in result
            was_asked = was_asked or asks
    return Wire(revision, can_be_asked, was_asked, frozenset(tools), tuple(calls))


def _messages(record: Path) -> Iterator[tuple[bool, Mapping[str, Any]]]:
    if record.exists():
        for line in record.read_bytes().splitlines():
            yield line.startswith(_TO_SERVER), json.loads(line[len(_TO_SERVER) :])


def _run_and_record(record: Path, command: list[str]) -> int:
    with (
        record.open("ab", buffering=0) as file,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process,
    ):
        if process.stdin is None or process.stdout is None:
            raise ValueError("the server has no pipes")
        responses = threading.Thread(
            target=_copy, args=(process.stdout, sys.stdout.buffer, file, _TO_CLIENT), daemon=True
        )
        responses.start()
        _copy(sys.stdin.buffer, process.stdin, file, _TO_SERVER)
        process.stdin.close()
        return process.wait()


def _copy(source: IO[bytes], target: IO[bytes], file: IO[bytes], mark: bytes) -> None:
    while line := source.readline():
        file.write(mark + line)
        target.write(line)
        target.flush()


if __name__ == "__main__":
    sys.exit(_run_and_record(Path(sys.argv[1]), sys.argv[2:]))
