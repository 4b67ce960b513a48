"""What a page of the reference is."""

from dataclasses import dataclass
from typing import Literal

PageType = Literal["index", "topic", "operation", "schema", "error", "change"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page.

    ``path`` is its address without a slash in front, such as ``operations/update-sender``; the
    root's is empty, and what stands before the last slash is its parent's. ``body`` is Markdown
    without the title; a link to another page is that page's path with a slash in front.
    ``summary`` is one sentence. ``keywords`` are words that people use and the page does not.
    ``date`` (ISO 8601) is for changes.
    """

    path: str
    title: str
    type: PageType
    summary: str
    body: str
    keywords: tuple[str, ...] = ()
    date: str | None = None

    @property
    def parent(self) -> str:
        """The path of the page above; the root is above itself."""
        return self.path.rpartition("/")[0]

    @property
    def markdown(self) -> str:
        """The whole page as Markdown."""
        return f"# {self.title}\n\n{self.summary}\n\n{self.body}".rstrip() + "\n"
