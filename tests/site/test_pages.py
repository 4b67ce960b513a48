"""The pages of the site: every page and link of the library, and what a page consists of."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from documents import ATTACK, ORIGIN, Document, address, is_elsewhere, mcp_json, page, visit
from starlette.applications import Starlette
from starlette.testclient import TestClient

from twilio_senders_mcp.reference import library as reference
from twilio_senders_mcp.reference import search
from twilio_senders_mcp.site.routes import docs_routes

# The whole library


def test_every_page_is_there_as_html_and_as_markdown(site):
    for path, each in reference.library().items():
        document = visit(site, address(path))
        assert each.title in document.text
        markdown = site.get(f"{address(path)}.md")
        assert markdown.status_code == 200
        assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
        assert markdown.text.startswith(f"# {each.title}\n\n{each.summary}\n")


def test_every_link_on_every_page_leads_somewhere(site):
    seen: dict[str, Document] = {}

    def document_at(path: str) -> Document:
        if path not in seen:
            answer = site.get(path)
            assert answer.status_code == 200, path
            seen[path] = Document(answer.text)
        return seen[path]

    for path in reference.library():
        here = f"{ORIGIN}{address(path)}"
        for link in document_at(address(path)).links:
            if is_elsewhere(link):
                continue
            target = urlsplit(urljoin(here, link))
            arrived = document_at(target.path)
            assert not target.fragment or target.fragment in arrived.values("id"), (path, link)


def test_every_link_in_the_markdown_of_every_page_leads_to_markdown(site):
    for path in reference.library():
        for link in re.findall(r"\]\((/[^)#\s]*)", site.get(f"{address(path)}.md").text):
            assert link.endswith(".md")
            assert site.get(link).status_code == 200, (path, link)


def test_every_page_loads_only_what_the_site_has_itself(site):
    loaded = {
        each
        for path in reference.library()
        for each in Document(site.get(address(path)).text).loaded
    }
    assert loaded
    assert all(site.get(each).status_code == 200 for each in loaded)
    assert all(each.startswith("/docs/static/") for each in loaded)


def test_no_page_has_a_script_or_a_style_inside(site):
    for path in reference.library():
        document = Document(site.get(address(path)).text)
        assert document.all("style") == []
        assert [set(script) for script in document.all("script")] == [{"src", "defer"}]
        names = {name for _, attributes in document.elements for name in attributes}
        assert not {name for name in names if name == "style" or name.startswith("on")}


def test_every_id_of_a_page_is_its_own(site):
    for path in reference.library():
        ids = Document(site.get(address(path)).text).values("id")
        assert len(ids) == len(set(ids)), path


# What a page consists of


def test_a_page_says_what_it_is(site, only):
    only(page("topics", type="index", title="Topics"), page("topics/a", title="One", type="topic"))
    document = visit(site, "/docs/topics/a")
    assert document.all("html") == [{"lang": "en"}]
    assert "One · Twilio Senders MCP" in document.text
    assert {"name": "description", "content": "About a thing."} in document.all("meta")
    alternate = [link for link in document.all("link") if link["rel"] == "alternate"]
    assert [link["href"] for link in alternate] == ["/docs/topics/a.md", "/docs/changes.atom"]
    tags = [tag for tag, _ in document.elements]
    assert {"header", "nav", "main"} <= set(tags)
    assert tags.count("h1") == 1
    assert document.links[0] == "#site.main"


def test_a_page_leads_up_to_its_neighbours_and_to_its_section(site, only):
    only(
        page("topics", type="index", title="Topics"),
        *(page(f"topics/{name}", title=name.upper()) for name in "abc"),
    )
    middle = visit(site, "/docs/topics/b").text
    assert "HomeTopicsB" in middle
    assert "← A" in middle
    assert "C →" in middle
    assert "←" not in visit(site, "/docs/topics/a").text
    assert "→" not in visit(site, "/docs/topics/c").text


def test_the_pages_below_are_listed_once(site, only):
    only(
        page("topics", "See [the first](/topics/a).", type="index"),
        page("topics/a", summary="The summary of a."),
        page("topics/b", summary="The `summary` of b."),
    )
    text = visit(site, "/docs/topics").text
    assert "The summary of a." not in text
    assert "The summary of b." in text


def test_a_change_shows_its_date_and_the_newest_stands_first(site, only):
    only(
        page("changes", type="index"),
        page("changes/old", type="change", title="Old", date="2025-01-02"),
        page("changes/new", type="change", title="New", date="2026-01-02"),
    )
    document = visit(site, "/docs/changes/old")
    assert {"datetime": "2025-01-02"} in document.all("time")
    assert document.links.index("/docs/changes/new") < document.links.index("/docs/changes/old")


def test_a_page_whose_parents_are_missing_is_shown_all_the_same(site, only):
    only(page("far/away", title="Alone"))
    assert "HomeAlone" in visit(site, "/docs/far/away").text


def test_a_long_page_lists_its_sections_and_a_short_one_does_not(site, only):
    only(page("a", "## One\n\n### In it\n\n## Two\n\n## Three\n"), page("b", "## One\n\n## Two\n"))
    assert "On this pageOneTwoThree" in visit(site, "/docs/a").text
    assert "On this page" not in visit(site, "/docs/b").text


def test_headings_have_addresses_that_tell_equal_ones_apart(site, only):
    only(page("a", "## What `it` *is*\n\n## Error: 1?\n\n## Error 1\n\n## ?\n"))
    document = visit(site, "/docs/a")
    ids = [attributes.get("id") for attributes in document.all("h2")]
    assert ids[:4] == ["what-it-is", "error-1", "error-1-1", "section"]
    assert "#error-1-1" in document.links


def test_no_heading_has_the_id_that_another_was_given_by_number(site, only):
    only(page("a", "## A\n\n## A\n\n## A 1\n"))
    ids = [attributes.get("id") for attributes in visit(site, "/docs/a").all("h2")]
    assert ids[:2] == ["a", "a-1"]
    assert len(ids) == len(set(ids))


def test_a_heading_may_be_called_like_a_part_of_the_site(site, only):
    only(page("a", "## Main\n\n## Pages\n\n## site.main\n\n## Contents\n"))
    ids = visit(site, "/docs/a").values("id")
    assert {"main", "pages", "sitemain", "contents"} <= set(ids)
    assert len(ids) == len(set(ids))


def test_links_between_pages_lead_below_docs_and_others_tell_nobody(site, only):
    body = "[a](/b#part) [top](/) [far](https://example.com/x) [here](#part) **bold**\nline"
    only(page("a", body), page("b"))
    links = {link["href"]: link.get("rel") for link in visit(site, "/docs/a").all("a")}
    assert links["/docs/b#part"] is None
    assert links["/docs"] is None
    assert links["#part"] is None
    assert links["https://example.com/x"] == "noreferrer"


def test_the_markdown_of_a_page_leads_to_markdown_except_in_code(site, only):
    only(page("a", "[b](/b#part) [top](/)\n\n```js\nx[0](/b/)\n```\n\n[b](/b)"), page("b"))
    assert site.get("/docs/a.md").text.endswith(
        "[b](/docs/b.md#part) [top](/docs.md)\n\n```js\nx[0](/b/)\n```\n\n[b](/docs/b.md)\n"
    )


def test_tables_and_code_stand_in_frames_of_their_own(site, only):
    only(page("a", "| x | y |\n|---|---|\n| 1 | 2 |\n\n```json\n{}\n```\n\n    plain\n"))
    document = visit(site, "/docs/a")
    frames = [attributes.get("class") for attributes in document.all("div")]
    assert frames.count("table scrolls") == 1
    assert frames.count("code") == 4  # with those of the box
    assert "{}" in document.text


def test_html_in_a_page_is_shown_and_not_obeyed(site, only):
    only(
        page("a", f"{ATTACK}\n\nin line {ATTACK}\n\n`{ATTACK}`\n\n[x](javascript:alert(1))",
             title=ATTACK, summary=ATTACK, date=ATTACK),
    )  # fmt: skip
    for path in ("/docs/a", "/docs"):
        document = visit(site, path)
        assert len(document.all("script")) == 1
        assert ATTACK in document.text
        assert not any(link.startswith("javascript") for link in document.links)


def test_hostile_text_is_escaped_wherever_it_is_shown(site, only, monkeypatch):
    facts = {"title": ATTACK, "summary": ATTACK, "type": ATTACK, "date": ATTACK}
    body = f"## {ATTACK}\n\n" * 3
    only(page("a", **facts), *(page(f"a/{name}", body, **facts) for name in "xyz"))
    hits = [search.Hit(page="a", title=ATTACK, type=ATTACK, excerpt=ATTACK, size=1)]
    monkeypatch.setattr(search, "search", lambda _: search.SearchResult(hits, 1))
    for path in ("", "/a", "/a/y", "/search?q=x", f"/search?q={ATTACK}", "/a/w", f"/{ATTACK}"):
        document = Document(site.get(f"/docs{path}").text)
        assert len(document.all("script")) == 1
        assert ATTACK in document.text
    assert {"name": "description", "content": ATTACK} in visit(site, "/docs/a/y").all("meta")


# The box with mcp.json


@pytest.mark.parametrize("path", ["/docs", "/docs/topics", "/docs/search?q=x", "/docs/search"])
@pytest.mark.parametrize("origin", ["http://localhost:4242", "https://mcp.example.com"])
def test_the_box_names_the_address_the_page_was_opened_at(path, origin):
    with TestClient(Starlette(routes=docs_routes()), base_url=origin) as site:
        document = visit(site, path)
    entry = {"type": "http", "url": f"{origin}/mcp"}
    assert mcp_json(document) == {"mcpServers": {"twilio-senders": entry}}


def test_the_box_stands_open_on_the_first_page_and_folded_on_the_others(site):
    assert visit(site, "/docs").all("details") == []
    assert visit(site, "/docs/topics").all("details") == [{"class": "add"}]


def test_a_made_up_host_is_escaped(site):
    document = Document(site.get("/docs", headers={"Host": f'x"{ATTACK}'}).text)
    assert len(document.all("script")) == 1


# Fields


def test_each_field_has_an_address_of_its_own(site):
    document = visit(site, "/docs/operations/update-sender")
    ids = document.values("id")
    for name in ("body.profile.name", "body.profile.emails[].email", "response.status"):
        assert name in ids
        assert f"#{name}" in document.links


def test_a_field_that_stands_twice_in_a_section_has_its_address_once(site, only):
    table = "| f | m |\n|---|---|\n| `x` | a |\n| `x` | b |\n| `y z` | c |\n| d `x` | e |"
    only(page("a", f"## Head\n\n{table}\n"))
    document = visit(site, "/docs/a")
    assert [row.get("id") for row in document.all("tr")] == [None, "head.x", None, None, None]
