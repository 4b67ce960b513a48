"""Pages that people wrote: Markdown files with a TOML head between two ``+++`` lines."""

import tomllib
from collections.abc import Iterator
from importlib import resources

from .page import Page


def read_page_files() -> Iterator[Page]:
    """Read every file in the folders of ``pages/``, in the order of their names."""
    folders = resources.files(__spec__.parent).joinpath("pages").iterdir()
    for folder in sorted(folders, key=lambda folder: folder.name):
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            path = f"{folder.name}/{file.name.removesuffix('.md')}"
            yield parse_page_file(path, file.read_text("utf-8"))


def parse_page_file(path: str, text: str) -> Page:
    """Return the page of one file: the head gives title, summary, keywords, and type and date."""
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
