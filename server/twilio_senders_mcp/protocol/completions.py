"""Completion of prompt and resource arguments: SIDs, runs, verticals, error codes."""

from collections.abc import Collection
from contextlib import suppress
from typing import Any, Final, get_args

from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.types import (
    INVALID_PARAMS,
    CompleteRequestParams,
    CompleteResult,
    Completion,
    PromptReference,
)

from twilio_senders_mcp.changes import Changes
from twilio_senders_mcp.changes.errors import ChangesError
from twilio_senders_mcp.twilio.errors import known_codes
from twilio_senders_mcp.twilio.values import Channel, Vertical

from .directory import Directory
from .prompts import Prompts

VALUES_MAX: Final = 100
"""Maximum number of values in one result, set by the MCP specification."""

_NAME_MAX: Final = 60


class Completions:
    """Handles `completion/complete` for the arguments of prompts and resource templates."""

    def __init__(
        self,
        directory: Directory,
        changes: Changes,
        prompts: Prompts,
        templates: Collection[str],
    ) -> None:
        self._changes = changes
        self._directory = directory
        self._prompts = prompts
        self._templates = templates

    async def complete(
        self, _: ServerRequestContext[Any, Any], params: CompleteRequestParams
    ) -> CompleteResult:
        """Return the possible values of an argument, chosen by the argument's name.

        Raises:
            MCPError: -32602 for an unknown prompt or resource template.

        """
        if isinstance(params.ref, PromptReference):
            _require("prompt", params.ref.name, known=params.ref.name in self._prompts)
        else:
            uri = str(params.ref.uri)
            _require("resource template", uri, known=uri in self._templates)
        chosen = (params.context and params.context.arguments) or {}
        account = chosen.get("account", "").strip()
        values = await self._values(params.argument.name, params.argument.value.strip(), account)
        return CompleteResult(
            completion=Completion(
                values=values[:VALUES_MAX], total=len(values), has_more=len(values) > VALUES_MAX
            )
        )

    async def _values(self, argument: str, typed: str, account: str) -> list[str]:
        match argument:
            case "sid" | "sender":
                return await self._directory.sids(typed, account)
            case "account" | "run":
                named = self._directory.account_names if argument == "account" else self._run_ids
                return _containing(typed, await named())
            case "page":
                return _pages(typed)
            case "vertical" | "channel":
                return _containing(typed, get_args(Vertical if argument == "vertical" else Channel))
            case "error_code":
                return [code for code in known_codes() if code.startswith(typed)]
            case _:
                return []

    async def _run_ids(self) -> tuple[str, ...]:
        """Return the ids of the newest runs, none if the state of runs cannot be used."""
        with suppress(ChangesError):
            return tuple(run.run for run in await self._changes.recent_runs(limit=VALUES_MAX))
        return ()


def _require(kind: str, name: str, *, known: bool) -> None:
    if not known:
        raise MCPError(INVALID_PARAMS, f"Unknown {kind}: {name[:_NAME_MAX]!r}")


def _pages(typed: str) -> list[str]:
    from twilio_senders_mcp.reference.library import library  # noqa: PLC0415 - keeps startup fast

    return _containing(typed, tuple(path for path in library() if path))


def _containing(typed: str, values: tuple[str, ...]) -> list[str]:
    return [value for value in values if typed.casefold() in value.casefold()]
