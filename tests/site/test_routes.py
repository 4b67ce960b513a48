"""The site's headers, caches and addresses, ``llms.txt``, and hostile visitors."""

import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from documents import ORIGIN, Document, address, page, visit
from processes import PATIENCE
from starlette.applications import Starlette
from starlette.testclient import TestClient

from twilio_senders_mcp.reference import library as reference
from twilio_senders_mcp.reference.openapi import openapi
from twilio_senders_mcp.site.headers import HEADERS
from twilio_senders_mcp.site.routes import docs_routes

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
        ("GET", "/docs/openapi.json", 200),
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
    "path",
    [
        "/docs",
        "/docs/topics",
        "/docs.md",
        "/llms.txt",
        "/docs/openapi.json",
        "/llms-full.txt",
        "/robots.txt",
        "/docs/changes.atom",
        "/docs/static/docs.js",
    ],
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


def test_the_openapi_file_is_served_and_the_first_page_links_to_it(site):
    answer = site.get("/docs/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == openapi()
    document = visit(site, "/docs")
    assert "/docs/openapi.json" in document.links
    assert "open it in Scalar, Redoc or Postman" in document.text
    assert "/docs/openapi.json" in visit(site, "/docs/operations").links
    assert "/docs/openapi.json" not in visit(site, "/docs/topics").links


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


# What it costs those who do not read it


@pytest.mark.parametrize("module", ["server", "http.app"])
def test_nothing_that_renders_is_loaded_before_a_page_is_opened(module):
    code = f"import sys, twilio_senders_mcp.cli, twilio_senders_mcp.{module}; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    loaded = done.stdout.split()
    assert f"twilio_senders_mcp.{module}" in loaded
    assert not {"jinja2", "markdown_it", "mdit_py_plugins"} & {*loaded}


def test_llms_full_txt_has_every_page_with_absolute_links(site):
    text = site.get("/llms-full.txt").text
    for path, each in reference.library().items():
        assert f"# {each.title}\n" in text
        address = f"/docs/{path}.md" if path else "/docs.md"
        assert f"<!-- http://127.0.0.1:8000{address} -->" in text
    assert "](/" not in text


def test_robots_may_read_the_documentation_only(site):
    answer = site.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == "User-agent: *\nAllow: /docs\nDisallow: /mcp\n"


@pytest.mark.parametrize("path", ["/docs/operations/update-sender", "/docs/static/docs.css"])
def test_what_is_long_is_compressed_for_those_who_can_read_it(site, path):
    answer = site.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(answer.content) / 2
    assert "Accept-Encoding" in answer.headers["vary"]
    plain = site.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content
