"""JSON as text that costs few tokens."""

import pydantic_core


def to_json(value: object) -> str:
    """Return compact JSON; a number that JSON cannot hold becomes null."""
    return pydantic_core.to_json(value, inf_nan_mode="null").decode()
