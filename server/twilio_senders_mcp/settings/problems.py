"""Settings that cannot be used: named to a person, without the values, which may be secret."""

import difflib
from collections.abc import Collection


class SettingsError(Exception):
    """Settings that cannot be used; ``problems`` are lines for a person, each naming one."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class UnusableValueError(Exception):
    """A text that is no value of the setting; says to a person what was expected."""


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return "; did you mean …?" with the nearest known name, or nothing if none is near."""
    nearest = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {nearest[0]}?" if nearest else ""
