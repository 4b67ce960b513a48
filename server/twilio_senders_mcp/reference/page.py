"""The type of a page of the reference."""

from dataclasses import dataclass
from typing import Literal

PageType = Literal["index", "topic", "operation", "schema", "error", "change"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page.

    ``path`` has no leading slash, such as ``operations/update-sender``. The root's path is empty;
    any other page's parent is the part before the last slash. ``body`` is Markdown without the
    title; a link to another page is that page's path with a leading slash. ``summary`` is one
    sentence. ``keywords`` are search terms that the page itself does not contain. ``date``
    (ISO 8601) is for changes. ``unsearched`` are the headings of sections that many pages share
    and that a search leaves out.
    """

    path: str
    title: str
    type: PageType
    summary: str
    body: str
    keywords: tuple[str, ...] = ()
    date: str | None = None
    unsearched: tuple[str, ...] = ()

    @property
    def parent(self) -> str:
        """The path of the parent page. The root page has no parent, so this is empty there."""
        return self.path.rpartition("/")[0]

    @property
    def markdown(self) -> str:
        """The whole page as Markdown."""
        date = f"Date: {self.date}\n\n" if self.date else ""
        return f"# {self.title}\n\n{self.summary}\n\n{date}{self.body}".rstrip() + "\n"
