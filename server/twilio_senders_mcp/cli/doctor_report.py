"""How the command ``doctor`` shows what it found."""

import sys
import textwrap
from collections.abc import Sequence
from typing import Any, Final

from twilio_senders_mcp.doctor.diagnosis import Diagnosis, Level
from twilio_senders_mcp.tools.json_text import to_json

from .reporting import width
from .terminal import in_color, shows_color

_MARKS: Final[dict[Level, str]] = {"ok": "✓", "warning": "!", "problem": "✗"}
_PLAIN_MARKS: Final[dict[Level, str]] = {"ok": "+", "warning": "!", "problem": "x"}
_ROLES: Final[dict[Level, str]] = {"ok": "pass", "warning": "warn", "problem": "fail"}
_CHECK_WIDTH: Final = 24
_INDENT: Final = " " * (_CHECK_WIDTH + 2)
_TEXT_WIDTH_MIN: Final = 40


def shown(diagnosis: Diagnosis) -> str:
    """Return a diagnosis as lines for the terminal: the mark, the check, what was found, the cure.

    What the terminal's encoding does not have is written in ASCII.
    """
    encoding = sys.stdout.encoding
    marks = _MARKS if _can_encode("".join(_MARKS.values()), encoding) else _PLAIN_MARKS
    mark = marks[diagnosis.level]
    first, *others = _wrapped(diagnosis.found)
    if shows_color():
        mark = in_color(mark, _ROLES[diagnosis.level])
    lines = [f"{mark} {diagnosis.check:<{_CHECK_WIDTH - 1}} {first}"]
    lines += [f"{_INDENT}{line}" for line in others]
    if diagnosis.cure:
        lines += [f"{_INDENT}{line}" for line in _wrapped(f"-> {diagnosis.cure}")]
    return "\n".join(lines).encode(encoding, "backslashreplace").decode(encoding)


def conclusion(diagnoses: Sequence[Diagnosis]) -> str:
    """Return a sentence that counts the problems and the warnings."""
    levels = [diagnosis.level for diagnosis in diagnoses]
    counted = [_counted(levels.count("problem"), "problem")]
    if warnings := levels.count("warning"):
        counted.append(_counted(warnings, "warning"))
    return f"{' and '.join(counted)}.".capitalize()


def as_json(diagnoses: Sequence[Diagnosis]) -> str:
    """Return all diagnoses as JSON, in ASCII."""
    checks: list[dict[str, Any]] = [
        {"check": each.check, "level": each.level, "found": each.found}
        | ({"cure": each.cure} if each.cure else {})
        for each in diagnoses
    ]
    is_good = all(each.level != "problem" for each in diagnoses)
    return to_json({"ok": is_good, "checks": checks})


def _counted(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text,
        max(_TEXT_WIDTH_MIN, width() - len(_INDENT)),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _can_encode(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
