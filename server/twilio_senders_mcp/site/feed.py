"""The dated changes of the API and of this server as an Atom feed (RFC 4287)."""

import uuid
from typing import Final
from xml.etree import ElementTree as ET

from twilio_senders_mcp.reference import library as reference

from . import SITE_NAME
from .links import FEED_FILE, Links
from .markdown import plain_text, render

_ATOM: Final = "http://www.w3.org/2005/Atom"
_NO_CHANGE: Final = "1970-01-01"
_MIDNIGHT: Final = "T00:00:00Z"


def feed(links: Links, origin: str = "") -> str:
    """Return the feed, the newest change first; ``origin`` makes its links absolute."""
    changes = [page for page in reference.children("changes") if page.date]
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _add(root, "title", f"{SITE_NAME}: changes")
    _add(root, "id", _identifier("changes"))
    _add(root, "updated", f"{changes[0].date if changes else _NO_CHANGE}{_MIDNIGHT}")
    _add(ET.SubElement(root, "author"), "name", SITE_NAME)
    ET.SubElement(root, "link", {"href": f"{origin}{links.file(FEED_FILE)}", "rel": "self"})
    ET.SubElement(root, "link", {"href": f"{origin}{links.page('changes')}"})
    for page in changes:
        entry = ET.SubElement(root, "entry")
        _add(entry, "title", page.title)
        _add(entry, "id", _identifier(page.path))
        _add(entry, "updated", f"{page.date}{_MIDNIGHT}")
        ET.SubElement(entry, "link", {"href": f"{origin}{links.page(page.path)}"})
        _add(entry, "summary", plain_text(page.summary))
        _add(entry, "content", render(page, links).body, type="html")
    ET.indent(root)
    return ET.tostring(root, "unicode", xml_declaration=True) + "\n"


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = text


def _identifier(path: str) -> str:
    """Return an identifier that is the same wherever the site is served."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"twilio-senders-mcp/{path}").urn
