"""The site as files in a folder, for any host of static files: it needs no server of ours."""

import json
from pathlib import Path
from typing import Final

from twilio_senders_mcp.reference import library as reference

from .assets import ASSETS, asset
from .links import FolderLinks
from .llms import llms_txt
from .markdown import plain_text, readable_markdown
from .pages import page_html, search_html

_MCP_URL: Final = "http://127.0.0.1:8000/mcp"


def write_site(folder: Path) -> int:
    """Write the site into ``folder``, made if need be, and return the number of its pages.

    Raises:
        OSError: if something cannot be written.

    """
    pages = reference.library()
    for path, page in pages.items():
        links = FolderLinks(path.count("/") + 1 if path else 0)
        _write(folder / path / "index.html", page_html(page, links, _MCP_URL))
        beside = FolderLinks(path.count("/"))
        _write(folder / f"{path or 'index'}.md", readable_markdown(page, beside))
    _write(folder / "search/index.html", search_html("", None, FolderLinks(1), _MCP_URL))
    _write(folder / "search-index.json", _search_index())
    _write(folder / "llms.txt", llms_txt(FolderLinks(0)))
    for name in ASSETS:
        _write(folder / "static" / name, asset(name).decode())
    return len(pages)


def _search_index() -> str:
    entries = [
        {
            "path": page.path,
            "title": page.title,
            "type": page.type,
            "summary": plain_text(page.summary),
            "keywords": " ".join((*page.keywords, page.path)),
            "text": plain_text(page.body),
        }
        for page in reference.library().values()
    ]
    return json.dumps(entries, ensure_ascii=False, separators=(",", ":"))


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")
