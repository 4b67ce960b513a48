"""Pages that people wrote: Markdown files with a TOML head between two ``+++`` lines."""

import tomllib
from collections.abc import Iterator
from importlib import resources

from .page import Page


def topic_pages() -> Iterator[Page]:
    """Read every file of ``topics/``; its name is its path, with ``--`` for a slash."""
    folder = resources.files(__spec__.parent).joinpath("topics")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        yield read_topic(file.name.removesuffix(".md"), file.read_text("utf-8"))


def read_topic(name: str, text: str) -> Page:
    """Return the page of one file: the head gives title, summary, keywords, and type and date."""
    _, head, body = text.split("+++\n", 2)
    facts = tomllib.loads(head)
    return Page(
        path=name.replace("--", "/"),
        title=facts["title"],
        type=facts.get("type", "topic"),
        summary=facts["summary"],
        body=body.strip(),
        keywords=tuple(facts.get("keywords", ())),
        date=facts.get("date"),
    )
