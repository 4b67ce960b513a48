"""The environment of this process, for what configures another program from it."""

import os


def shell_environment() -> dict[str, str]:
    """Return the environment variables as they are now."""
    return dict(os.environ)
