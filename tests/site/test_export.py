"""The site as files in a folder."""

import json
import re
from urllib.parse import urlsplit

import pytest
from documents import Document, mcp_json, page

from twilio_senders_mcp.reference import library as reference
from twilio_senders_mcp.reference.openapi import openapi
from twilio_senders_mcp.site.export import write_site


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
    index = json.loads((folder / "search-index.json").read_text("utf-8"))
    assert [entry["path"] for entry in index["pages"]] == list(reference.library())
    for entry in index["pages"]:
        dated = {"date"} if reference.library()[entry["path"]].date else set()
        assert set(entry) == {"path", "title", "type", "summary", "passages"} | dated
    numbers = range(len(index["pages"]))
    assert all(page in numbers for found in index["weights"].values() for page, _ in found)
    assert set(index["forms"].values()) == set(index["weights"])
    for file in folder.rglob("*.html"):
        (form,) = Document(file.read_text("utf-8")).all("form")
        assert (file.parent / form["data-index"]).samefile(folder / "search-index.json")
        assert (file.parent / form["data-top"]).samefile(folder)


def test_the_folder_carries_the_openapi_file_and_links_to_it_relatively(folder):
    assert json.loads((folder / "openapi.json").read_text("utf-8")) == openapi()
    for path in ("index.html", "operations/index.html"):
        links = Document((folder / path).read_text("utf-8")).links
        (link,) = [link for link in links if link.endswith("openapi.json")]
        assert ((folder / path).parent / link).samefile(folder / "openapi.json")


def test_the_folder_names_the_address_a_server_has_by_default(folder):
    document = Document((folder / "index.html").read_text("utf-8"))
    entry = {"type": "http", "url": "http://127.0.0.1:8000/mcp"}
    assert mcp_json(document) == {"mcpServers": {"twilio-senders": entry}}


def test_the_text_to_search_is_free_of_markup(tmp_path, only):
    only(
        page(
            "a",
            "## Head\n\nSee [it](/b), `code`\nhere.\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n```\n{}",
        )
    )
    write_site(tmp_path)
    entry = json.loads((tmp_path / "search-index.json").read_text("utf-8"))["pages"][1]
    assert entry["passages"] == ["See it, code", "here.", "1: 2"]


def test_the_policy_stands_in_the_documents_of_the_folder_too(folder):
    for file in folder.rglob("*.html"):
        policies = [
            meta["content"]
            for meta in Document(file.read_text("utf-8")).all("meta")
            if meta.get("http-equiv") == "Content-Security-Policy"
        ]
        assert [policy.startswith("default-src 'none'") for policy in policies] == [True]


def test_the_folder_names_the_address_that_it_was_written_for(tmp_path, only):
    only(page("a"))
    write_site(tmp_path, "https://mcp.example.com/mcp")
    for file in ("index.html", "a/index.html", "search/index.html"):
        document = Document((tmp_path / file).read_text("utf-8"))
        entry = {"type": "http", "url": "https://mcp.example.com/mcp"}
        assert mcp_json(document) == {"mcpServers": {"twilio-senders": entry}}


def test_the_folder_has_the_files_for_machines(folder):
    assert (folder / "robots.txt").read_text() == "User-agent: *\nAllow: /\n"
    full = (folder / "llms-full.txt").read_text("utf-8")
    assert full.count("\n<!-- ") + 1 >= len(reference.library())
    for link in re.findall(r"\]\(([^)#\s]+)", full):
        assert urlsplit(link).scheme or (folder / link).is_file(), link
