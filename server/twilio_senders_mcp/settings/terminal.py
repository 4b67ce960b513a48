"""What the environment says about the terminal and its shell."""

import os


def allows_color() -> bool:
    """Tell whether the environment allows colour on a terminal.

    ``NO_COLOR`` forbids it unless it is empty (https://no-color.org), and so does a terminal that
    ``TERM`` calls dumb or does not name at all.
    """
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") not in ("", "dumb")


def is_completing() -> bool:
    """Tell whether the shell asks for completions of a line, as argcomplete's scripts do."""
    return "_ARGCOMPLETE" in os.environ
