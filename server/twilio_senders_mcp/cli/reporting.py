"""How the commands ``check`` and ``survey`` make and print a report."""

import shutil
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from .terminal import end_process, fail, in_color, shows_color

if TYPE_CHECKING:
    from .report_tables import Line


def width() -> int:
    """Return the columns of the terminal."""
    return shutil.get_terminal_size().columns


def reported(report: Callable[[], Awaitable[int]]) -> int:
    """Run ``report`` and return its exit status, or say why there is no report."""
    import anyio

    from .report_tables import ReportFailed

    try:
        return anyio.run(report)
    except ReportFailed as failure:
        return fail(str(failure))
    except BrokenPipeError:
        end_process()  # whoever read it has read enough


def print_report(lines: "list[Line]") -> None:
    """Print the lines of a report, in colour where the terminal shows it."""
    from .report_tables import shown

    colored = shows_color()
    print(shown(lines, lambda text, role: in_color(text, role) if colored else text))
