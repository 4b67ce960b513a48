"""Hand-written pages: Markdown files with a TOML header between two ``+++`` lines."""

import tomllib
from collections.abc import Iterator
from importlib import resources

from .page import Page


def read_page_files() -> Iterator[Page]:
    """Yield the page of every file in the folders of ``pages/``, sorted by name."""
    folders = resources.files(__spec__.parent).joinpath("pages").iterdir()
    for folder in sorted(folders, key=lambda folder: folder.name):
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            path = f"{folder.name}/{file.name.removesuffix('.md')}"
            yield parse_page_file(path, file.read_text("utf-8"))


def parse_page_file(path: str, text: str) -> Page:
    """Return the page in one file; the header gives title, summary, keywords, type and date."""
    _, head, body = text.split("+++\n", 2)
    facts = tomllib.loads(head)
    return Page(
        path=path,
        title=facts["title"],
        type=facts.get("type", "topic"),
        summary=facts["summary"],
        body=body.strip(),
        keywords=tuple(facts.get("keywords", ())),
        date=facts.get("date"),
    )
