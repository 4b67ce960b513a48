"""The URLs of the site's parts: below ``/docs`` on a server, or relative in an exported folder.

Pages link to each other by path; the site's form decides which URL a path becomes.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from typing_extensions import override

from .assets import fingerprint

FEED_FILE: Final = "changes.atom"
"""The Atom feed of changes; `.feed` writes it."""


@dataclass(frozen=True, slots=True)
class Links(ABC):
    """The URLs that a page of the site uses; ``top`` is their common prefix."""

    top: str
    searches_alone: ClassVar[bool] = False
    """Whether the site's script searches without a server."""

    @abstractmethod
    def page(self, path: str) -> str:
        """Return the URL of a page; the root's path is empty, that of the search is ``search``."""

    @abstractmethod
    def markdown(self, path: str) -> str:
        """Return the URL of a page's Markdown."""

    @abstractmethod
    def search_source(self) -> Mapping[str, str]:
        """Return the attributes of the search form from which the script knows how to search."""

    def file(self, name: str) -> str:
        """Return the URL of a file that stands beside the root page's subpages."""
        return f"{self.top}{name}"

    def asset(self, name: str) -> str:
        """Return the URL of a style sheet, script or image."""
        return f"{self.file(f'static/{name}')}?v={fingerprint(name)}"


class ServedLinks(Links):
    """URLs on a server, the same on every page."""

    @override
    def page(self, path: str) -> str:
        return f"{self.top}{path}".removesuffix("/")

    @override
    def markdown(self, path: str) -> str:
        return f"{self.page(path)}.md"

    @override
    def search_source(self) -> Mapping[str, str]:
        return {"data-endpoint": f"{self.top}search.json"}


class FolderLinks(Links):
    """URLs in a folder, relative to the file that uses them; ``top`` is a sequence of ``../``."""

    searches_alone: ClassVar[bool] = True

    @override
    def page(self, path: str) -> str:
        return f"{self.top}{path}/index.html" if path else f"{self.top}index.html"

    @override
    def markdown(self, path: str) -> str:
        return f"{self.top}{path or 'index'}.md"

    @override
    def search_source(self) -> Mapping[str, str]:
        return {"data-index": f"{self.top}search-index.json", "data-top": self.top or "./"}
