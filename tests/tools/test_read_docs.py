"""The tools that read the reference, in both eras; they need no account and call nobody."""

import pytest
from mcp import Client, MCPError
from mcp.types import ResourceTemplateReference
from sandboxed import ERAS, text_of
from virtual_time import in_virtual_time

from twilio_senders_mcp.reference.library import library
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.settings import load_settings
from twilio_senders_mcp.tools import search_docs

pytestmark = [*in_virtual_time, pytest.mark.parametrize("era", ERAS)]


async def call(era, tool, **arguments):
    async with Client(create_server(load_settings()), mode=era) as client:
        return await client.call_tool(tool, arguments)


async def test_the_sections_are_listed_with_their_sizes(era):
    result = await call(era, "list_docs")
    listed = {page["page"]: page for page in result.structured_content["pages"]}
    assert listed.keys() == {"operations", "schemas", "errors", "topics", "changes"}
    assert listed["errors"]["characters"] == len(library()["errors"].markdown)
    assert " characters): Each call of Twilio's Senders API" in text_of(result)


async def test_the_pages_of_a_section_are_listed(era):
    result = await call(era, "list_docs", page="Operations/")
    assert [page["page"] for page in result.structured_content["pages"]] == [
        "operations/list-senders",
        "operations/create-sender",
        "operations/fetch-sender",
        "operations/update-sender",
        "operations/delete-sender",
    ]


async def test_a_search_answers_with_pages_and_few_bytes(era):
    for query in ("sender", "63128", "name", "display name", "webhook url", "status of a sender"):
        result = await call(era, "search_docs", query=query)
        found = result.structured_content
        assert min(5, found["total"]) <= len(found["results"]) <= min(8, found["total"])
        assert len(text_of(result).encode()) <= 1800
        for hit in found["results"]:
            assert {"page", "title", "summary", "characters"} <= hit.keys()
            dated = library()[hit["page"]].date
            assert hit.get("date") == dated


async def test_the_changes_since_a_day_are_listed_with_their_dates(era):
    result = await call(era, "list_docs", since="2026-10-12")
    dated = [(page["date"], page["page"]) for page in result.structured_content["pages"]]
    assert dated == [
        ("2026-11-16", "changes/api-2026-11-16"),
        ("2026-10-12", "changes/api-2026-10-12"),
    ]
    assert (
        result.structured_content["summary"] == "Changes: 2 pages below changes since 2026-10-12."
    )
    assert text_of(result).count("2026-10-12 changes/api-2026-10-12 (") == 1
    later = await call(era, "list_docs", page="changes", since="2999-01-01")
    assert later.structured_content["pages"] == []
    assert later.structured_content["next"] == "Read a page with get_docs."


@pytest.mark.parametrize(
    ("query", "advice"),
    [
        ("what changed since 2026-08", "All changes: list_docs with since 2026-08-01."),
        ("latest changes", "All changes: list_docs with page changes."),
    ],
)
async def test_a_search_for_the_changes_of_a_time_says_how_to_list_all(era, query, advice):
    result = await call(era, "search_docs", query=query)
    assert result.structured_content["next"] == f"Read a page with get_docs. {advice}"


async def test_a_change_has_its_date_wherever_it_is_read(era):
    read = await call(era, "get_docs", pages=["changes/api-2025-08-18", "changes"])
    change, changes = read.structured_content["pages"]
    assert change["date"] == "2025-08-18"
    assert "\nDate: 2025-08-18\n" in change["content"]
    assert "- 2025-08-18: [RCS: " in changes["content"]
    [hit] = [
        hit
        for hit in (await call(era, "search_docs", query="friendly_name added")).structured_content[
            "results"
        ]
        if hit["page"] == "changes/api-2026-08-11"
    ]
    assert hit["date"] == "2026-08-11"


async def test_hits_are_left_out_where_the_answer_would_grow_too_large(era, monkeypatch):
    monkeypatch.setattr(search_docs, "SEARCH_BYTES_MAX", 900)
    result = await call(era, "search_docs", query="sender")
    assert 0 < len(result.structured_content["results"]) < 5
    assert result.structured_content["total"] > 20


async def test_a_search_may_be_limited_to_one_type(era):
    result = await call(era, "search_docs", query="name", type="error")
    assert all(hit["page"].startswith("errors/") for hit in result.structured_content["results"])


async def test_pages_are_read_whole(era):
    result = await call(era, "get_docs", pages=["errors/63128", "/schemas/webhook.md"])
    assert [page["page"] for page in result.structured_content["pages"]] == [
        "errors/63128",
        "schemas/webhook",
    ]
    assert result.structured_content["pages"][0]["content"] == library()["errors/63128"].markdown
    assert library()["schemas/webhook"].markdown in text_of(result)


async def test_one_unknown_page_among_others_answers_with_the_nearest(era):
    result = await call(era, "get_docs", pages=["errors/63128", "operations/update"])
    assert result.structured_content["pages"][1] == {
        "page": "operations/update",
        "nearest": "operations/update-sender",
    }
    assert "pages[1]: there is no such page; did you mean operations/update-sender?" in (
        text_of(result)
    )


async def test_a_page_without_pages_below_it_says_so(era):
    result = await call(era, "list_docs", page="errors/63128")
    assert result.structured_content["summary"] == (
        "Error 63128: A display name change is already in progress for this sender: "
        "0 pages below errors/63128."
    )
    assert result.structured_content["next"] == "Read a page with get_docs errors/63128."


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("get_docs", {"pages": ["errors/6312"]}, "no such page; did you mean errors/6312"),
        ("get_docs", {"pages": ["../../etc/passwd"]}, "pages[0]: there is no such page\n"),
        ("get_docs", {"pages": ["%2e%2e%2f", "\x00"]}, "pages[0]: there is no such page"),
        ("get_docs", {"pages": []}, "pages: expected at least 1"),
        ("get_docs", {"pages": ["a"] * 11}, "pages: expected at most 10"),
        ("get_docs", {"pages": "errors"}, "pages: expected a list"),
        ("list_docs", {"page": "operation"}, "no such page; did you mean operations?"),
        ("list_docs", {"since": "August"}, "since: expected"),
        ("search_docs", {}, "query: required"),
        ("search_docs", {"query": "x", "type": "page"}, 'type: expected one of "topic"'),
    ],
)
async def test_what_does_not_exist_is_told_with_the_nearest(era, tool, arguments, said):
    result = await call(era, tool, **arguments)
    assert result.is_error
    assert said in text_of(result)


@pytest.mark.parametrize("query", ["", "\x00", "💥", "a" * 1_000_000, "'\" OR 1=1"])
async def test_no_query_makes_it_fail(era, query):
    result = await call(era, "search_docs", query=query)
    assert not result.is_error


async def test_a_page_is_a_resource_too(era):
    async with Client(create_server(load_settings()), mode=era) as client:
        templates = (await client.list_resource_templates()).resource_templates
        found = await client.complete(
            ref=ResourceTemplateReference(uri="twilio-docs://{+page}"),
            argument={"name": "page", "value": "errors/6312"},
        )
    assert "twilio-docs://{+page}" in [template.uri_template for template in templates]
    assert found.completion.values == ["errors/63121", "errors/63124", "errors/63128"]


async def test_a_refused_call_names_the_page_that_helps(era):
    empty = await call(era, "update_sender", sid="XE" + "a" * 32)
    assert "See get_docs operations/update-sender." in text_of(empty)


async def test_a_misspelt_key_sends_nobody_to_a_page_that_repeats_the_schema(era):
    wrong = await call(era, "update_sender", sid="XE" + "a" * 32, profile={"nmae": "x"})
    assert "get_docs" not in text_of(wrong)


async def test_a_search_without_a_hit_says_what_to_try(era):
    result = await call(era, "search_docs", query="zzzqqq")
    assert result.structured_content == {
        "summary": "No page matches.",
        "next": "Search for fewer or different words, an error code, a field or a status; "
        "list_docs lists all pages.",
        "results": [],
        "total": 0,
    }


@pytest.mark.parametrize("uri", ["twilio-docs://no/such/page", "twilio-docs://..%2f..%2fx"])
async def test_a_resource_that_does_not_exist_is_not_found(era, uri):
    async with Client(create_server(load_settings()), mode=era) as client:
        with pytest.raises(MCPError) as caught:
            await client.read_resource(uri)
    assert caught.value.error.code == -32602
