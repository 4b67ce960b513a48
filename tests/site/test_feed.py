"""The Atom feed of changes."""

from datetime import datetime
from xml.etree import ElementTree as ET

import pytest
from documents import page, visit

from twilio_senders_mcp.reference import library as reference
from twilio_senders_mcp.site.export import write_site

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def texts(feed, path):
    return [element.text for element in feed.findall(path, ATOM)]


def links(feed, path):
    return [element.get("href") for element in feed.findall(f"{path}a:link", ATOM)]


def test_the_feed_has_every_dated_change_the_newest_first(site):
    answer = site.get("/docs/changes.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = ET.fromstring(answer.text)  # noqa: S314 - our own feed
    changes = [change for change in reference.children("changes") if change.date]
    assert texts(feed, "a:entry/a:title") == [change.title for change in changes]
    assert texts(feed, "a:entry/a:updated") == [f"{c.date}T00:00:00Z" for c in changes]
    assert texts(feed, "a:updated") == [f"{changes[0].date}T00:00:00Z"]
    for updated in texts(feed, ".//a:updated"):
        datetime.fromisoformat(updated or "")
    ids = texts(feed, ".//a:id")
    assert len(set(ids)) == len(changes) + 1
    assert all(name and name.startswith("urn:uuid:") for name in ids)


def test_the_links_of_a_served_feed_are_absolute_and_lead_to_pages(site):
    feed = ET.fromstring(site.get("/docs/changes.atom").text)  # noqa: S314 - our own feed
    assert links(feed, "") == [
        "http://127.0.0.1:8000/docs/changes.atom",
        "http://127.0.0.1:8000/docs/changes",
    ]
    for link in links(feed, "a:entry/"):
        assert site.get(link).status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/docs/changes"])
def test_pages_name_the_feed(site, path):
    [named] = [
        link for link in visit(site, path).all("link") if link.get("type") == "application/atom+xml"
    ]
    assert named["href"] == "/docs/changes.atom"


def test_an_exported_feed_links_to_files(tmp_path, only):
    only(
        page("changes", title="Changes"),
        page("changes/a", title="A <b>", type="change", date="2026-01-02", summary="S & T."),
        page("changes/b", title="B", type="change"),
    )
    write_site(tmp_path)
    feed = ET.parse(tmp_path / "changes.atom").getroot()  # noqa: S314 - our own feed
    assert texts(feed, "a:entry/a:title") == ["A <b>"]
    assert texts(feed, "a:entry/a:summary") == ["S & T."]
    assert links(feed, "a:entry/") == ["changes/a/index.html"]
    assert (tmp_path / "changes/a/index.html").is_file()
