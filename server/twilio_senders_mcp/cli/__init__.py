"""The command line: one module per command, and what they share.

The commands import what they need when they run, so that ``--help`` is instant and stdio pays for
no HTTP. Nothing but the commands prints to a terminal.
"""

from .program import run

__all__ = ["run"]
