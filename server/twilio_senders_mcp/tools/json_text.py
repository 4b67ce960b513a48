"""Compact JSON, which costs few tokens."""

from typing import cast

import pydantic_core


def to_json(value: object) -> str:
    """Return compact JSON; a number that JSON cannot represent becomes null."""
    return pydantic_core.to_json(value, inf_nan_mode="null").decode()


def without_nulls(value: object) -> object:
    """Return a JSON value without the keys whose value is null."""
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        return {key: without_nulls(entry) for key, entry in entries.items() if entry is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in cast("list[object]", value)]
    return value
