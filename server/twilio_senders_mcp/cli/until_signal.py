"""Commands that a signal ends in an orderly way, such as with Ctrl-C."""

from collections.abc import Awaitable, Callable

import anyio

from twilio_senders_mcp.protocol.stdio import cancel_at_signal


async def until_signal(work: Callable[[], Awaitable[None]]) -> bool:
    """Do ``work`` and return True, or cancel it at a signal and return False.

    What ``work`` raises is raised as it is.
    """
    failure: Exception | None = None
    working, watching = anyio.CancelScope(), anyio.CancelScope()

    async def watch() -> None:
        with watching:
            await cancel_at_signal(working)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watch)
        with working:
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - it is raised below
                failure = error
        watching.cancel()
    # The block above would wrap it in an exception group.
    if failure is not None:
        raise failure
    return not working.cancelled_caught
