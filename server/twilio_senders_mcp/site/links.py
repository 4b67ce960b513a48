"""Where the site's parts are: below ``/docs`` of a server, or in a folder that lies anywhere.

Pages link to each other by path; what that is as an address depends on the form of the site.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from .assets import fingerprint


class Links(Protocol):
    """Addresses as one page of the site writes them."""

    def page(self, path: str) -> str:
        """Return the address of a page; the root's path is empty."""
        ...

    def markdown(self, path: str) -> str:
        """Return the address of a page's Markdown."""
        ...

    def asset(self, name: str) -> str:
        """Return the address of a style, script or picture."""
        ...

    def search(self) -> str:
        """Return the address of the page with search results."""
        ...

    def search_source(self) -> Mapping[str, str]:
        """Return what the script must know to search, as ``data-`` attributes of the form."""
        ...


@dataclass(frozen=True, slots=True)
class ServedLinks:
    """Addresses on a server: the same on every page."""

    def page(self, path: str) -> str:  # noqa: D102 - as in Links
        return f"/docs/{path}" if path else "/docs"

    def markdown(self, path: str) -> str:  # noqa: D102
        return f"{self.page(path)}.md"

    def asset(self, name: str) -> str:  # noqa: D102
        return f"/docs/static/{name}?v={fingerprint(name)}"

    def search(self) -> str:  # noqa: D102
        return "/docs/search"

    def search_source(self) -> Mapping[str, str]:  # noqa: D102
        return {"answers": "/docs/search.json"}


@dataclass(frozen=True, slots=True)
class FolderLinks:
    """Addresses in a folder, relative to a file ``depth`` folders below its top."""

    depth: int

    def page(self, path: str) -> str:  # noqa: D102
        return f"{self._top}{path}/index.html" if path else f"{self._top}index.html"

    def markdown(self, path: str) -> str:  # noqa: D102
        return f"{self._top}{path or 'index'}.md"

    def asset(self, name: str) -> str:  # noqa: D102
        return f"{self._top}static/{name}?v={fingerprint(name)}"

    def search(self) -> str:  # noqa: D102
        return f"{self._top}search/index.html"

    def search_source(self) -> Mapping[str, str]:  # noqa: D102
        return {"index": f"{self._top}search-index.json", "top": self._top or "./"}

    @property
    def _top(self) -> str:
        return "../" * self.depth
