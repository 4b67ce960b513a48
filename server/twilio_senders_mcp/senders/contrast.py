"""The contrast of a colour on white, by WCAG 2 (definitions of relative luminance and contrast).

A library for this one formula would be larger than the formula.
"""

import re
from typing import Final

ACCENT_CONTRAST_MIN: Final = 4.5
"""Source: Google's RCS documentation."""

_COLOR: Final = re.compile(r"#([0-9a-fA-F]{6})")
_WEIGHTS: Final = (0.2126, 0.7152, 0.0722)
_LINEAR_MAX: Final = 0.04045


def contrast_on_white(color: str) -> float | None:
    """Return the contrast ratio of ``#RRGGBB`` on white, from 1 to 21, None for another text."""
    match = _COLOR.fullmatch(color)
    if match is None:
        return None
    levels = (channel / 255 for channel in bytes.fromhex(match[1]))
    luminance = sum(
        weight * (level / 12.92 if level <= _LINEAR_MAX else ((level + 0.055) / 1.055) ** 2.4)
        for weight, level in zip(_WEIGHTS, levels, strict=True)
    )
    return 1.05 / (luminance + 0.05)
