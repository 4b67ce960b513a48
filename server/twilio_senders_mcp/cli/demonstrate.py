"""The command ``demo``: the server at work, shown in a terminal."""

import argparse
from functools import partial
from typing import Final

from twilio_senders_mcp.settings import Settings

from .command import Command
from .terminal import end_process, fail, in_color, shows_color


def _run(_: argparse.Namespace, __: Settings) -> int:
    import anyio

    from .demo import DemoFailure, demo
    from .until_signal import until_signal

    colored = shows_color()

    def say(text: str, role: str = "text", /) -> None:
        print(in_color(text, role) if colored else text)

    async def show() -> int:
        try:
            await until_signal(partial(demo, say))
        except DemoFailure as failure:
            return fail(f"the demo failed: {failure}")
        except BrokenPipeError:
            end_process()  # whoever read it has read enough
        return 0

    return anyio.run(show)


DEMO: Final = Command(
    name="demo",
    summary="show the server at work; needs no account",
    example="twilio-senders-mcp demo",
    run=_run,
)
