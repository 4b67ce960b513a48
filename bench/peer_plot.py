"""The plot of `peers.py`: bars in four panels, as an SVG that is readable in light and dark."""

import statistics
from collections.abc import Callable, Sequence
from html import escape
from typing import Final

from peer_measures import SLOW, Figures, percentile
from peer_report import right

_WIDTH: Final = 860
_PANEL_WIDTH: Final = 420
_LABEL_WIDTH: Final = 92
_BAR_MAX: Final = 170
_ROW: Final = 24
_BAR: Final = 14
_TITLE: Final = 46
_STYLE: Final = """\
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; }
.note { font-size: 11px; fill: #59636e; }
.bar { fill: #8c959f; }
.ours { fill: #0969da; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; }
  .note { fill: #9198a1; }
  .bar { fill: #6e7681; }
  .ours { fill: #4493f8; }
}"""

Value = Callable[[Figures], float | None]
Text = Callable[[Figures], str]
_BURST: Final = (SLOW, 1000)


def _share(figures: Figures) -> float | None:
    if not figures.verdicts:
        return None
    return sum(figures.verdicts.values()) / len(figures.verdicts)


def _p50(figures: Figures) -> float:
    return percentile(figures.times[0.0], 50) * 1e3


def _rate(figures: Figures) -> float:
    return statistics.median(figures.bursts[_BURST].per_second)


_PANELS: Final[tuple[tuple[str, str, Value, Text], ...]] = (
    ("Calls handled right", "longer is better", _share, right),
    (
        "Tool definitions of the five operations",
        "bytes; shorter is better",
        lambda f: f.catalogue or None,
        lambda f: f"{f.catalogue:,}{'' if f.described > 1 else ' (one tool)'}",
    ),
    (
        "One update, upstream 0 ms, median",
        "milliseconds; shorter is better",
        _p50,
        lambda f: f"{_p50(f):.1f}",
    ),
    (
        "1,000 updates at once, upstream 150 ms",
        "succeeded per second; longer is better",
        _rate,
        lambda f: f"{_rate(f):,.0f} ({f.bursts[_BURST].sockets:,} sockets)",
    ),
)


def plot(all_figures: Sequence[Figures]) -> str:
    """Return the SVG."""
    panel_height = _TITLE + _ROW * len(all_figures) + 16
    height = panel_height * ((len(_PANELS) + 1) // 2)
    box = f'viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="title"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box}>',
        '<title id="title">This server and other MCP servers for the same API, compared</title>',
        f"<style>\n{_STYLE}\n</style>",
    ]
    for number, (title, note, value, text) in enumerate(_PANELS):
        x, y = (number % 2) * (_WIDTH - _PANEL_WIDTH), (number // 2) * panel_height
        parts.append(f'<g transform="translate({x} {y})">')
        parts.append(f'<text class="title" x="4" y="18">{escape(title)}</text>')
        parts.append(f'<text class="note" x="4" y="34">{escape(note)}</text>')
        parts += _bars(all_figures, value, text)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""])


def _bars(all_figures: Sequence[Figures], value: Value, text: Text) -> list[str]:
    values = [value(figures) for figures in all_figures]
    longest = max(each or 0 for each in values)
    parts: list[str] = []
    for row, (figures, each) in enumerate(zip(all_figures, values, strict=True)):
        top = _TITLE + row * _ROW
        name = figures.server.name
        kind = "bar ours" if row == len(all_figures) - 1 else "bar"
        parts.append(f'<text x="4" y="{top + 12}">{escape(name)}</text>')
        if each is None:
            parts.append(
                f'<text class="note" x="{_LABEL_WIDTH}" y="{top + 12}">not an MCP server</text>'
            )
            continue
        width = _BAR_MAX * each / longest
        parts.append(
            f'<rect class="{kind}" x="{_LABEL_WIDTH}" y="{top}" width="{width:.1f}" '
            f'height="{_BAR}" rx="2"/>'
        )
        label = escape(text(figures))
        parts.append(f'<text x="{_LABEL_WIDTH + width + 6:.1f}" y="{top + 12}">{label}</text>')
    return parts
