"""Waits that end at once when the process is about to end."""

import anyio


class Interrupted(Exception):  # noqa: N818 - what happened
    """The process is about to end, so the wait was given up; another one continues."""


class Pauses:
    """The waits of everything that one executor carries out."""

    def __init__(self) -> None:
        self._ending = anyio.Event()

    async def sleep(self, seconds: float) -> None:
        """Wait.

        Raises:
            Interrupted: if the process is about to end.

        """
        with anyio.move_on_after(seconds):
            await self._ending.wait()
        self.check()

    def check(self) -> None:
        """Raise `Interrupted` if the process is about to end."""
        if self._ending.is_set():
            raise Interrupted

    def end(self) -> None:
        """End every wait."""
        self._ending.set()
