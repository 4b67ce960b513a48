"""How many calls are worked on at once, in both protocol eras.

A call is a JSON-RPC request, such as ``tools/call``. Notifications, the answers to questions and
the standing stream of a session do not count: they must get through while the limit is reached,
because calls in progress may be waiting for them.
"""

from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from typing import Any, Final

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from starlette.types import Scope

_KEY: Final = "twilio_senders_mcp.call"


class Calls:
    """The calls in progress, at most ``limit`` of them."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.open = 0

    @property
    def is_full(self) -> bool:
        """Whether another call must be refused."""
        return self.open >= self.limit

    def begin(self) -> "CallInProgress":
        """Return a call, which counts while it is held."""
        return CallInProgress(self)


class CallInProgress:
    """Counts as one call as long as somebody holds it: its HTTP response, its handler, or both.

    In the older protocol a handler continues when the connection of its client is lost.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._holders = 0

    @contextmanager
    def held(self) -> Generator[None]:
        """Count as a call while the block runs."""
        if not self._holders:
            self._calls.open += 1
        self._holders += 1
        try:
            yield
        finally:
            self._holders -= 1
            if not self._holders:
                self._calls.open -= 1

    def within(self, scope: Scope) -> Scope:
        """Return ``scope`` with this call in it, for `hold_call`."""
        return {**scope, _KEY: self}


async def hold_call(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    """Hold a call that came over HTTP while its handler runs; middleware of the MCP server."""
    call = ctx.request.scope.get(_KEY) if ctx.request else None
    with call.held() if call else nullcontext():
        return await call_next(ctx)
