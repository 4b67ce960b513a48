"""Changes of this server as pages, from the CHANGELOG."""

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Final

from .page import Page

_RELEASE: Final = re.compile(r"^## (?P<name>.+?)(?: - (?P<date>\d{4}-\d\d-\d\d))?$", re.MULTILINE)


def changelog_pages() -> Iterator[Page]:
    """Make one page for each release that the CHANGELOG names."""
    yield from releases(_changelog())


def releases(changelog: str) -> Iterator[Page]:
    """Read a changelog: each heading of level two is a release, with its date if it has one."""
    headings = list(_RELEASE.finditer(changelog))
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        name = heading["name"].strip("[]")
        body = changelog[heading.end() : following.start() if following else None]
        yield Page(
            path=f"changes/server-{name.casefold()}",
            title=f"This server: {name}",
            type="change",
            summary="What changed for those who use this server.",
            body=re.sub(r"^### ", "## ", body.strip(), flags=re.MULTILINE),
            keywords=("release", "version", "new", "changelog"),
            date=heading["date"],
        )


def _changelog() -> str:
    """Read the file that a built package carries, or the one of the clone it is run from."""
    packaged = resources.files(__spec__.parent).joinpath("CHANGELOG.md")
    if packaged.is_file():
        return packaged.read_text("utf-8")
    return (Path(__file__).parents[3] / "CHANGELOG.md").read_text("utf-8")
