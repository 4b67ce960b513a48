"""The search of the site, as a page and as JSON."""

import re

import pytest
from documents import ATTACK, Document, page, visit

from twilio_senders_mcp.reference import search


def test_a_search_without_a_script_answers_with_a_page_of_links(site):
    document = visit(site, "/docs/search?q=webhook")
    assert "for “webhook”" in document.text
    results = [link for link in document.links if link.startswith("/docs/topics/")]
    assert results
    assert all(site.get(link).status_code == 200 for link in results)
    assert [field["value"] for field in document.all("input")] == ["webhook"]


def test_a_search_asks_for_words_and_says_when_it_found_nothing(site):
    assert "Type some words" in visit(site, "/docs/search").text
    assert "Type some words" in visit(site, "/docs/search?q=%20%00").text
    assert "Nothing found for “xyzzyplugh”" in visit(site, "/docs/search?q=xyzzyplugh").text


def test_a_search_says_how_many_pages_it_found(site, only, monkeypatch):
    only(page("a", title="A"), page("b", title="B"), page("c", title="C"))

    def find(total: int) -> str:
        hits = [search.Hit(page="a", title="A", type="index", excerpt="…a <b>", size=1)]
        found = search.SearchResult(hits, total)
        monkeypatch.setattr(search, "search", lambda _: found)
        return visit(site, "/docs/search?q=x").text

    assert "1 page for “x”:" in find(1)
    assert "3 pages for “x”; the best 1:" in find(3)
    assert "…a <b>" in find(1)


@pytest.mark.parametrize(
    ("path", "accept"), [("/docs/search.json", "*/*"), ("/docs/search", "application/json")]
)
def test_a_search_answers_as_json_to_who_asks(site, path, accept):
    answer = site.get(f"{path}?q=webhook", headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["vary"].split(", ")[0] == "Accept"
    found = answer.json()
    assert found["query"] == "webhook"
    assert found["total"] >= len(found["results"]) >= 1
    first = found["results"][0]
    assert {"page", "title", "type", "summary", "excerpt", "size", "date", "url"} == set(first)
    assert site.get(first["url"]).status_code == 200


def test_an_empty_search_finds_nothing_as_json_too(site):
    assert site.get("/docs/search.json").json() == {"query": "", "total": 0, "results": []}


@pytest.mark.parametrize(
    "query",
    [
        ATTACK,
        '" onfocus="alert(1)',
        '"',
        "a AND",
        "NEAR(",
        "title:x OR *",
        "'; DROP TABLE pages; --",
        "\x00\x01\x1b[2J\u202e",
        "验证码 كود 🙈",
        "\ud800".encode("utf-8", "surrogatepass"),
        b"\xff\xfe",
        "x" * 7000,
    ],
)
def test_a_hostile_query_gets_a_normal_answer(site, query):
    answer = site.get("/docs/search", params={"q": query})
    document = Document(answer.text)
    assert answer.status_code == 200
    assert len(document.all("script")) == 1
    assert "onfocus" not in document.all("input")[0]
    assert len(document.all("input")[0]["value"]) <= 200
    assert site.get("/docs/search.json", params={"q": query}).json()["total"] >= 0
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", answer.text)
