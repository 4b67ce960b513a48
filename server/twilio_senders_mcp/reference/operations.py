"""Facts about each operation of the API that the models do not contain, from a file."""

import tomllib
from importlib import resources
from typing import Any


def operations() -> list[dict[str, Any]]:
    """Return the operations in the order of ``operations.toml``."""
    text = resources.files(__spec__.parent).joinpath("operations.toml").read_text("utf-8")
    return tomllib.loads(text)["operation"]
