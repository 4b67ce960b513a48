"""Pages of the documentation site, as a browser would see them, and pages made up for a test."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

from twilio_senders_mcp.reference.page import Page

ORIGIN = "http://127.0.0.1:8000"
ATTACK = '<script>alert("x")</script>'


class Document(HTMLParser):
    """What a browser would make of an answer, as far as the tests ask."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def values(self, attribute: str) -> list[str]:
        return [every[attribute] for _, every in self.elements if attribute in every]

    @property
    def links(self) -> list[str]:
        return [link["href"] for link in self.all("a")]

    @property
    def loaded(self) -> list[str]:
        """The addresses that a browser asks for by itself."""
        return [
            *(link["href"] for link in self.all("link") if link["rel"] != "alternate"),
            *self.values("src"),
        ]


def page(path: str, body: str = "", **given) -> Page:
    facts = {"title": "A page", "type": "topic", "summary": "About a thing.", **given}
    return Page(path=path, body=body, **facts)


def address(path: str) -> str:
    return f"/docs/{path}" if path else "/docs"


def is_elsewhere(link: str) -> bool:
    return bool(urlsplit(link).netloc) and not link.startswith(ORIGIN)


def visit(site, path: str) -> Document:
    answer = site.get(path)
    assert answer.status_code == 200, path
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Document(answer.text)


def mcp_json(document: Document) -> dict:
    """What a page says to put into a client's configuration."""
    found = re.search(r"\{\s*\"mcpServers.*?\n\}", document.text, re.DOTALL)
    assert found
    return json.loads(found.group())
