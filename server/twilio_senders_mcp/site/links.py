"""Where the site's parts are: below ``/docs`` of a server, or in a folder that lies anywhere.

Pages link to each other by path; what that is as an address depends on the form of the site.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from typing_extensions import override

from .assets import fingerprint


@dataclass(frozen=True, slots=True)
class Links(ABC):
    """Addresses as one page of the site writes them; below ``top`` is everything but the root."""

    top: str

    @abstractmethod
    def page(self, path: str) -> str:
        """Return the address of a page; the root's path is empty, the search has ``search``."""

    @abstractmethod
    def markdown(self, path: str) -> str:
        """Return the address of a page's Markdown."""

    @abstractmethod
    def search_source(self) -> Mapping[str, str]:
        """Return the attributes of the search form that tell the script how to search."""

    def asset(self, name: str) -> str:
        """Return the address of a style, script or picture."""
        return f"{self.top}static/{name}?v={fingerprint(name)}"


class ServedLinks(Links):
    """Addresses on a server: the same on every page."""

    @override
    def page(self, path: str) -> str:
        return f"{self.top}{path}".removesuffix("/")

    @override
    def markdown(self, path: str) -> str:
        return f"{self.page(path)}.md"

    @override
    def search_source(self) -> Mapping[str, str]:
        return {"data-answers": f"{self.top}search.json"}


class FolderLinks(Links):
    """Addresses in a folder, relative to the file that writes them: ``top`` is some ``../``."""

    @override
    def page(self, path: str) -> str:
        return f"{self.top}{path}/index.html" if path else f"{self.top}index.html"

    @override
    def markdown(self, path: str) -> str:
        return f"{self.top}{path or 'index'}.md"

    @override
    def search_source(self) -> Mapping[str, str]:
        return {"data-index": f"{self.top}search-index.json", "data-top": self.top or "./"}
