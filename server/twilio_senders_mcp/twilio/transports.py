"""What the clients of all accounts share: their connections, and the secrets to redact."""

from functools import partial
from typing import TYPE_CHECKING

import anyio

from .redaction import KnownSecrets
from .transport import MAX_CONNECTIONS, TIMEOUT, Transport

if TYPE_CHECKING:
    from starlette.types import ASGIApp


class Transports:
    """The transports of all accounts, one for each base URL, and the secrets of all accounts.

    The options are those of `Transport`.
    """

    def __init__(
        self,
        *,
        timeout: float = TIMEOUT,
        connections: int = MAX_CONNECTIONS,
        app: "ASGIApp | None" = None,
    ) -> None:
        self.secrets = KnownSecrets()
        self._new = partial(Transport, timeout=timeout, connections=connections, app=app)
        self._by_url: dict[str, Transport] = {}

    def to(self, base_url: str) -> Transport:
        """Return the transport to ``base_url``."""
        if base_url not in self._by_url:
            self._by_url[base_url] = self._new(base_url)
        return self._by_url[base_url]

    async def aclose(self) -> None:
        """Let the writes in progress finish, then close all connections."""
        async with anyio.create_task_group() as closing:
            for transport in self._by_url.values():
                closing.start_soon(transport.aclose)
