"""Pages about the changes of this server, made from the CHANGELOG."""

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Final

from .page import Page

_RELEASE: Final = re.compile(r"^## (?P<name>.+?)(?: - (?P<date>\d{4}-\d\d-\d\d))?$", re.MULTILINE)


def changelog_pages() -> Iterator[Page]:
    """Yield a page for each release in the CHANGELOG."""
    yield from releases(_changelog())


def releases(changelog: str) -> Iterator[Page]:
    """Yield a page for each heading of level two, which is a release with an optional date."""
    headings = list(_RELEASE.finditer(changelog))
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        name = heading["name"].strip("[]")
        body = changelog[heading.end() : following.start() if following else None]
        yield Page(
            path=f"changes/server-{name.casefold()}",
            title=f"This server: {name}",
            type="change",
            summary="What changed for users of this server.",
            body=re.sub(r"^### ", "## ", body.strip(), flags=re.MULTILINE),
            keywords=("release", "version", "new", "changelog"),
            date=heading["date"],
        )


def _changelog() -> str:
    """Return the CHANGELOG of the installed package, or of the clone that the code runs from."""
    packaged = resources.files(__spec__.parent).joinpath("CHANGELOG.md")
    if packaged.is_file():
        return packaged.read_text("utf-8")
    return (Path(__file__).parents[3] / "CHANGELOG.md").read_text("utf-8")
