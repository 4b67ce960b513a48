"""The demo: the installed server at its main jobs, as an AI tool would use it, on the sandbox.

The server runs as a subprocess over stdio; the embedded Twilio listens on loopback in this
process, so that the demo can show the HTTP requests that reached it. Each step is checked.
"""

from .many_senders import change_many_senders
from .one_sender import EXAMPLE, change_one_sender
from .stage import DemoFailure, Say

__all__ = ["EXAMPLE", "DemoFailure", "demo"]


async def demo(say: Say) -> None:
    """Run the demo, saying each step.

    Raises:
        DemoFailure: at the first step that does not give what it should.

    """
    await change_one_sender(say)
    await change_many_senders(say)
    say("\nEvery step gave what it should.", "closing")
