"""An event loop whose clock jumps: waiting costs no time, and every deadline can be tested.

When nothing is ready to run, the loop's clock moves to the next timer instead of sleeping. Only
for tests without sockets, subprocesses or threads: what those wait for does not move the clock.
"""

import asyncio
import selectors

import pytest


class JumpingLoop(asyncio.SelectorEventLoop):
    """A selector event loop that never sleeps; only its jumps move its clock."""

    def __init__(self) -> None:
        super().__init__(_JumpingSelector(self))
        self.jumped = 0.0

    def time(self) -> float:
        return self.jumped


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, loop: JumpingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None):
        events = super().select(0)
        if not events and timeout is None:
            raise AssertionError("nothing is ready and no timer is set: the test would hang")
        if not events and timeout:
            self._loop.jumped += timeout
        return events


in_virtual_time = [
    pytest.mark.anyio,
    pytest.mark.parametrize(
        "anyio_backend",
        [pytest.param(("asyncio", {"loop_factory": JumpingLoop}), id="virtual_time")],
    ),
]
"""Marks for a module whose tests wait without sleeping."""
