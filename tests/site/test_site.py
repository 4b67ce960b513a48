"""The documentation site: every page and link of the library, its headers, and hostile visitors."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from twilio_senders_mcp.reference import library as reference
from twilio_senders_mcp.reference import search
from twilio_senders_mcp.reference.page import Page
from twilio_senders_mcp.site.export import write_site
from twilio_senders_mcp.site.headers import HEADERS
from twilio_senders_mcp.site.routes import docs_routes

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


@pytest.fixture
def site():
    app = Starlette(routes=docs_routes())
    with TestClient(app, base_url=ORIGIN, follow_redirects=False) as client:
        yield client


@pytest.fixture
def only(monkeypatch):
    """Replace the library by a root and the pages given."""

    def put(*pages: Page) -> None:
        root = page("", title="Home", type="index")
        made = {each.path: each for each in (root, *pages)}
        monkeypatch.setattr(reference, "library", lambda: made)

    return put


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
    assert [link["href"] for link in alternate] == ["/docs/topics/a.md"]
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
    assert frames.count("code") == 3  # with that of the box
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


# The box with mcp.json


def box(document: Document) -> dict:
    found = re.search(r"\{\s*\"mcpServers.*?\n\}", document.text, re.DOTALL)
    assert found
    return json.loads(found.group())


@pytest.mark.parametrize("path", ["/docs", "/docs/topics", "/docs/search?q=x", "/docs/search"])
@pytest.mark.parametrize("origin", ["http://localhost:4242", "https://mcp.example.com"])
def test_the_box_names_the_address_the_page_was_opened_at(path, origin):
    with TestClient(Starlette(routes=docs_routes()), base_url=origin) as site:
        document = visit(site, path)
    entry = {"type": "http", "url": f"{origin}/mcp"}
    assert box(document) == {"mcpServers": {"twilio-senders": entry}}


def test_the_box_stands_open_on_the_first_page_and_folded_on_the_others(site):
    assert visit(site, "/docs").all("details") == []
    assert visit(site, "/docs/topics").all("details") == [{"class": "add"}]


def test_a_made_up_host_is_escaped(site):
    document = Document(site.get("/docs", headers={"Host": f'x"{ATTACK}'}).text)
    assert len(document.all("script")) == 1


# Headers and caches


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/docs", 200),
        ("HEAD", "/docs", 200),
        ("GET", "/docs/topics.md", 200),
        ("GET", "/docs/search?q=webhook", 200),
        ("GET", "/docs/search.json?q=webhook", 200),
        ("GET", "/llms.txt", 200),
        ("GET", "/docs/static/docs.css", 200),
        ("GET", "/docs/static/nothing.css", 404),
        ("GET", "/docs/nothing", 404),
        ("GET", "/docs/", 308),
        ("POST", "/docs", 405),
        ("DELETE", "/docs/topics", 405),
        ("POST", "/llms.txt", 405),
        ("GET", f"/docs/search?q={'x' * 20_000}", 414),
        ("GET", f"/docs/{'x' * 20_000}", 414),
    ],
)
def test_every_answer_carries_the_strict_headers(site, method, path, status):
    answer = site.request(method, path)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "default-src 'none'" in HEADERS["Content-Security-Policy"]
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_a_failure_of_ours_tells_nothing_and_carries_the_headers_too(monkeypatch):
    monkeypatch.setattr(reference, "library", lambda: 1 / 0)
    with TestClient(Starlette(routes=docs_routes()), raise_server_exceptions=False) as site:
        answer = site.get("/docs")
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    "path", ["/docs", "/docs/topics", "/docs.md", "/llms.txt", "/docs/static/docs.js"]
)
def test_what_a_browser_has_is_not_sent_again(site, path):
    tag = site.get(path).headers["etag"]
    assert not tag.startswith("W/")
    again = site.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert site.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_assets_are_kept_for_good_under_the_address_that_pages_use(site):
    for path in visit(site, "/docs").loaded:
        assert "immutable" in site.get(path).headers["cache-control"]
        plain = path.partition("?")[0]
        assert site.get(plain).headers["cache-control"] == "no-cache"
        assert site.get(f"{plain}?v=old").headers["cache-control"] == "no-cache"


def test_assets_have_their_own_media_types(site):
    types = {
        urlsplit(path).path: site.get(path).headers["content-type"].partition(";")[0]
        for path in visit(site, "/docs").loaded
    }
    assert types == {
        "/docs/static/docs.css": "text/css",
        "/docs/static/docs.js": "text/javascript",
        "/docs/static/docs.svg": "image/svg+xml",
    }


# Addresses that are not quite right, or not meant well


@pytest.mark.parametrize(
    ("path", "proper"),
    [
        ("/docs/", "/docs"),
        ("/docs/topics/", "/docs/topics"),
        ("/docs/Topics", "/docs/topics"),
        ("/docs//topics", "/docs/topics"),
        ("/docs/TOPICS.md", "/docs/topics.md"),
    ],
)
def test_a_page_has_one_address_and_others_lead_to_it(site, path, proper):
    answer = site.get(path)
    assert (answer.status_code, answer.headers["location"]) == (308, proper)
    assert site.get(proper).status_code == 200


def test_an_unknown_page_names_the_one_most_like_it(site, only):
    only(page("topics/statuses", title="Statuses"))
    answer = site.get("/docs/topics/statusses")
    document = Document(answer.text)
    assert answer.status_code == 404
    assert "There is no page topics/statusses." in document.text
    assert "Did you mean Statuses?" in document.text
    assert "/docs/topics/statuses" in document.links


def test_a_page_unlike_any_names_none(site, only):
    only(page("topics"))
    answer = site.get("/docs/0123456789")
    assert answer.status_code == 404
    assert "Did you mean" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "..%2f..%2fpyproject.toml",
        "%252e%252e%252fapp.py",
        "..%5c..%5capp.py",
        "static/../app.py",
        "static/..%2fapp.py",
        "static/%2e%2e%2froutes.py",
        "static//etc/passwd",
        "static/docs.css%00.md",
        "%00",
        "%ff%fe",
        "%ed%a0%80",
        "%0d%0aSet-Cookie:x",
        "topics%0d%0a",
        "%F0%9F%98%80",
        "topics%3Fx",
        "topics%23x",
        "%3Cscript%3Ealert(%22x%22)%3C/script%3E",
        "x" * 5000,
        ".md.md",
    ],
)
def test_a_hostile_path_is_an_unknown_page_and_no_more(site, path):
    answer = site.get(f"/docs/{path}")
    assert answer.status_code in (308, 404)
    assert "set-cookie" not in answer.headers
    for secret in ("root:", "Traceback", "def docs_routes", "[project]"):
        assert secret not in answer.text
    assert len(Document(answer.text).all("script")) <= 1
    assert len(answer.text) < 20_000


# Search


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
    assert answer.headers["vary"] == "Accept"
    found = answer.json()
    assert found["query"] == "webhook"
    assert found["total"] >= len(found["results"]) >= 1
    first = found["results"][0]
    assert set(first) == {"page", "title", "type", "summary", "excerpt", "size", "url"}
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


# llms.txt


def test_llms_txt_lists_every_page_by_the_absolute_address_of_its_markdown(site):
    answer = site.get("/llms.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    title, empty, summary, *_ = answer.text.splitlines()
    assert title.startswith("# ")
    assert empty == ""
    assert summary.startswith("> ")
    listed = re.findall(r"^- \[[^\]]+\]\(([^)]+)\): \S", answer.text, re.MULTILINE)
    pages = [path for path in reference.library() if path]
    assert sorted(listed) == sorted(f"{ORIGIN}{address(path)}.md" for path in pages)
    assert all(site.get(link).status_code == 200 for link in listed)
    sections = re.findall(r"^## (.+)$", answer.text, re.MULTILINE)
    assert sections == [section.title for section in reference.children("")]


def test_llms_txt_speaks_for_itself_without_a_root_page(site, monkeypatch):
    monkeypatch.setattr(reference, "library", lambda: {"a": page("a")})
    assert site.get("/llms.txt").text.startswith("# Twilio Senders MCP\n\n> An MCP server")


# The site as a folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    top = tmp_path_factory.mktemp("site") / "below" / "here"
    assert write_site(top) == len(reference.library())
    return top


def test_the_folder_has_every_page_as_html_and_as_markdown(folder):
    for path, each in reference.library().items():
        html = (folder / path / "index.html").read_text("utf-8")
        assert each.title in Document(html).text
        assert (folder / f"{path or 'index'}.md").read_text("utf-8").startswith(f"# {each.title}\n")


def test_every_link_in_the_folder_is_relative_and_leads_to_a_file_in_it(folder):
    documents = {file: Document(file.read_text("utf-8")) for file in folder.rglob("*.html")}
    assert len(documents) == len(reference.library()) + 1  # and the page of the search
    for file, document in documents.items():
        sources = [each for form in document.all("form") for each in (form["action"],)]
        for link in [*document.links, *document.loaded, *sources]:
            if urlsplit(link).scheme:
                assert link not in document.loaded
                continue
            target = (file.parent / urlsplit(link).path).resolve() if urlsplit(link).path else file
            assert target.is_file(), (file, link)
            assert target.is_relative_to(folder.resolve())
            if fragment := urlsplit(link).fragment:
                assert fragment in documents[target].values("id"), (file, link)


def test_every_link_in_the_markdown_of_the_folder_leads_to_a_file_in_it(folder):
    for file in (*folder.rglob("*.md"), folder / "llms.txt"):
        for link in re.findall(r"\]\(([^)#\s]+)", file.read_text("utf-8")):
            assert urlsplit(link).scheme or (file.parent / link).is_file(), (file, link)


def test_the_folder_carries_what_its_script_needs_to_search(folder):
    entries = json.loads((folder / "search-index.json").read_text("utf-8"))
    assert [entry["path"] for entry in entries] == list(reference.library())
    assert all(
        set(entry) == {"path", "title", "type", "summary", "keywords", "text"} for entry in entries
    )
    for file in folder.rglob("*.html"):
        (form,) = Document(file.read_text("utf-8")).all("form")
        assert (file.parent / form["data-index"]).samefile(folder / "search-index.json")
        assert (file.parent / form["data-top"]).samefile(folder)


def test_the_folder_names_the_address_a_server_has_by_default(folder):
    document = Document((folder / "index.html").read_text("utf-8"))
    entry = {"type": "http", "url": "http://127.0.0.1:8000/mcp"}
    assert box(document) == {"mcpServers": {"twilio-senders": entry}}


def test_the_text_to_search_is_free_of_markup(tmp_path, only):
    only(
        page("a", "## Head\n\nSee [*it*](/b), `code`\nhere.\n\n| x |\n|---|\n| 1 |\n\n```\n{}\n```")
    )
    write_site(tmp_path)
    entry = json.loads((tmp_path / "search-index.json").read_text("utf-8"))[1]
    assert entry["text"] == "Head See it, code here. x 1 {}"


def test_the_policy_stands_in_the_documents_of_the_folder_too(folder):
    for file in folder.rglob("*.html"):
        policies = [
            meta["content"]
            for meta in Document(file.read_text("utf-8")).all("meta")
            if meta.get("http-equiv") == "Content-Security-Policy"
        ]
        assert [policy.startswith("default-src 'none'") for policy in policies] == [True]
