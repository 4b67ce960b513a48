"""What a check of an installation found, as data."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What one check found. ``cure`` says what to do, for a warning or a problem."""

    check: str
    level: Level
    found: str
    cure: str = ""
