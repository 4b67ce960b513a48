"""Export of the site to a folder, for any host of static files."""

from pathlib import Path
from typing import Final

from twilio_senders_mcp.reference import library as reference

from .assets import ASSETS, asset
from .feed import feed
from .links import FEED_FILE, FolderLinks
from .llms import llms_full_txt, llms_txt
from .markdown import readable_markdown
from .openapi_file import OPENAPI_FILE, openapi_json
from .pages import page_html, search_html
from .search_data import find, search_index

MCP_URL: Final = "http://127.0.0.1:8000/mcp"
"""Where the server serves MCP by default."""


def write_site(folder: Path, mcp_url: str = MCP_URL) -> int:
    """Write the site to ``folder``, which is created if necessary, and return the page count.

    ``mcp_url`` is the address of the server that the pages tell readers to add to their AI tool.

    Raises:
        OSError: if a file cannot be written.

    """
    pages = reference.library()
    for path, page in pages.items():
        html, markdown = f"{path}/index.html".lstrip("/"), f"{path or 'index'}.md"
        _write(folder / html, page_html(page, _links_in(html), mcp_url))
        _write(folder / markdown, readable_markdown(page, _links_in(markdown)))
    links = _links_in("search/index.html")
    _write(folder / "search/index.html", search_html(find("", links), links, mcp_url))
    _write(folder / "search-index.json", search_index())
    _write(folder / OPENAPI_FILE, openapi_json())
    _write(folder / FEED_FILE, feed(_links_in(FEED_FILE)))
    _write(folder / "llms.txt", llms_txt(_links_in("llms.txt")))
    _write(folder / "llms-full.txt", llms_full_txt(_links_in("llms-full.txt")))
    _write(folder / "robots.txt", "User-agent: *\nAllow: /\n")
    for name in ASSETS:
        _write(folder / "static" / name, asset(name).decode())
    return len(pages)


def _links_in(file: str) -> FolderLinks:
    return FolderLinks("../" * file.count("/"))


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")
