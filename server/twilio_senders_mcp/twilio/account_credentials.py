"""An account's credentials, which may change while the server runs."""

from collections.abc import Awaitable, Callable

import anyio

from .credentials import Credentials, IncompleteCredentials

Renew = Callable[[], Awaitable[Credentials | None]]
"""Returns an account's credentials as they are now, None if they cannot be known."""


class AccountCredentials:
    """The credentials of one account, shared by the clients of all of its APIs.

    ``renew`` looks them up again, for example in the file that they were read from.
    """

    def __init__(
        self, credentials: Credentials | IncompleteCredentials, renew: Renew | None = None
    ) -> None:
        self.current = credentials
        self._look_up = renew
        self._renewing = anyio.Lock()

    async def renew(self, refused: Credentials) -> bool:
        """Look for other credentials than ``refused``; return whether there are any."""
        if self._look_up is None:
            return False
        async with self._renewing:
            # Another call may have renewed them meanwhile.
            known = self.current if self.current != refused else await self._look_up()
            self.current = known or refused
        return self.current != refused
