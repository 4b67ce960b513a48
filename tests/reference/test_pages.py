"""The pages: complete by what the tools run on, and linked without a gap."""

import json
import re
from datetime import date
from importlib import resources
from typing import get_args, get_origin

import pytest
from pydantic import BaseModel

from twilio_senders_mcp.reference import changelog
from twilio_senders_mcp.reference.changelog import releases
from twilio_senders_mcp.reference.generated import examples
from twilio_senders_mcp.reference.library import children, library, nearest, normalize_path
from twilio_senders_mcp.reference.page import PageType
from twilio_senders_mcp.reference.page_files import parse_page_file
from twilio_senders_mcp.tools.catalog import TOOLS
from twilio_senders_mcp.tools.update_sender import UPDATE_SENDER
from twilio_senders_mcp.twilio import requests, responses, values
from twilio_senders_mcp.twilio.errors import advice_for, known_codes

PAGES = library()
LINK = re.compile(r"\]\((/[^)#\s]*)(?:#[^)]*)?\)")
every_page = pytest.mark.parametrize("page", PAGES.values(), ids=lambda page: page.path or "root")


def paths(model: type[BaseModel], parent: str = "") -> list[str]:
    """Every field of a request model at every depth, as the pages write it."""
    found = []
    for name, field in model.model_fields.items():
        found.append(f"{parent}{name}")
        for part in get_args(field.annotation):
            is_list = get_origin(part) is list
            below = get_args(part)[0] if is_list else part
            if isinstance(below, type) and issubclass(below, BaseModel):
                found += paths(below, f"{parent}{name}{'[]' if is_list else ''}.")
    return found


@pytest.mark.parametrize(
    ("model", "page"),
    [(requests.UpdateSender, "update-sender"), (requests.CreateSender, "create-sender")],
)
def test_every_field_of_a_body_stands_on_its_operations_page(model, page):
    body = PAGES[f"operations/{page}"].body
    fields = paths(model)
    assert "profile.emails[].email" in fields
    for field in fields:
        assert f"| `{field}` |" in body


def test_every_model_has_its_fields_on_a_schema_page():
    schemas = "".join(page.body for page in children("schemas"))
    bodies = [
        value
        for value in vars(requests).values()
        if isinstance(value, type)
        and value.__module__ == requests.__name__
        and issubclass(value, BaseModel)
    ]
    shapes = [value for value in vars(responses).values() if hasattr(value, "__total__")]
    assert len(bodies) >= 9
    assert len(shapes) >= 9
    fields = {name for body in bodies for name in body.model_fields}
    fields |= {name for shape in shapes for name in shape.__annotations__}
    for field in fields - {"sender_id", "configuration", "webhook", "profile"}:
        assert f"| `{field}` |" in schemas


def test_every_allowed_value_stands_on_the_profile_page():
    body = PAGES["schemas/profile"].body
    for value in (*get_args(values.Vertical), *get_args(values.UseCase)):
        assert f"`{value}`" in body


@pytest.mark.parametrize("code", known_codes())
def test_every_code_of_the_catalogue_has_a_page_with_its_cure(code):
    page = PAGES[f"errors/{code}"]
    assert page.type == "error"
    advice = advice_for(code)
    assert advice
    assert page.summary == advice.meaning
    assert page.title == f"Error {code}: {advice.name}"
    for heading in ("Where it appears", "What to do", "What this server does", "Example"):
        assert f"## {heading}" in page.body
    assert ("## Can the request be repeated?" in page.body) == (advice.appears == "response")
    assert f"https://www.twilio.com/docs/errors/{code}" in page.body


@pytest.mark.parametrize("code", known_codes())
def test_every_error_page_has_a_dated_source(code):
    advice = advice_for(code)
    assert advice
    assert bool(advice.dated) != bool(advice.read)
    assert date.fromisoformat(advice.dated or advice.read) <= date(2026, 11, 25)
    [source] = re.findall(r"^Source: .*", PAGES[f"errors/{code}"].body, re.MULTILINE)
    assert (advice.dated or advice.read) in source
    assert advice.appears in ("response", "log", "webhook")
    assert not advice.http or f"HTTP {advice.http}" in PAGES[f"errors/{code}"].body


def test_a_pending_name_is_waited_for_until_its_review_is_over():
    advice = advice_for(63128)
    assert advice
    assert "no longer PENDING_REVIEW" in advice.cure
    assert "returns pending_review" in advice.cure
    assert advice.http == "409"
    assert "COMPLETED" not in f"{advice.cure}{advice_for(63121)}"


def test_no_page_or_text_claims_a_number_of_name_changes():
    texts = [page.markdown for page in PAGES.values()]
    texts += [UPDATE_SENDER.instruction or "", str(requests.Profile.model_json_schema())]
    for text in texts:
        assert not re.search(r"\b(ten|10) (name )?changes", text)


def test_the_page_of_every_tool_exists_and_an_operations_page_names_its_tool():
    for tool in TOOLS:
        assert tool.page in PAGES, tool.name
        if tool.page.startswith("operations/"):
            assert f"Tool: `{tool.name}`." in PAGES[tool.page].body


@every_page
def test_every_link_between_pages_resolves(page):
    for target in LINK.findall(page.markdown):
        assert normalize_path(target) in PAGES, f"{page.path} links to {target}"


@every_page
def test_a_page_is_complete(page):
    assert page.title
    assert page.summary.endswith((".", "`", "!"))
    assert page.type in get_args(PageType)
    assert page.parent in PAGES
    assert page.markdown.startswith(f"# {page.title}\n\n{page.summary}")
    assert "To be written" not in page.body


@every_page
def test_a_page_of_facts_names_its_sources(page):
    if page.type in ("topic", "operation", "schema", "error"):
        assert re.search(r"[Ss]ource|undocumented|unconfirmed", page.body), page.path


@every_page
def test_every_json_of_a_page_is_json(page):
    for text in re.findall(r"```json\n(.*?)```", page.body, re.DOTALL):
        json.loads(text)


@every_page
def test_no_page_is_longer_than_a_model_wants_to_read(page):
    # Few models read what is new in a release of this server, and then all of it.
    assert len(page.markdown) < (16_000 if page.path.startswith("changes/server-") else 10_000)


def test_the_examples_fit_the_models():
    requests.UpdateSender.model_validate(examples()["update"])
    requests.CreateSender.model_validate(examples()["create"])


def test_changes_are_listed_from_the_newest():
    dates = [page.date or "9999" for page in children("changes")]
    assert len(dates) >= 6
    assert dates == sorted(dates, reverse=True)


def test_a_changelog_becomes_one_page_for_each_release():
    text = "# Changelog\n\n## [1.1.0] - 2026-12-01\n\n### Fixed\n\n- A\n\n## Unreleased\n\n- B\n"
    first, second = releases(text)
    assert (first.path, first.date) == ("changes/server-1.1.0", "2026-12-01")
    assert first.body == "## Fixed\n\n- A"
    assert (second.path, second.date, second.body) == ("changes/server-unreleased", None, "- B")


def test_a_built_package_carries_its_changelog(monkeypatch, tmp_path):
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 9.9.9 - 2030-01-01\n\n- A\n")
    monkeypatch.setattr(resources, "files", lambda _: tmp_path)
    assert [page.path for page in changelog.changelog_pages()] == ["changes/server-9.9.9"]


def test_a_page_is_read_from_its_file():
    page = parse_page_file("a/b", '+++\ntitle = "T"\nsummary = "S."\n+++\n\nBody +++\n')
    assert (page.path, page.title, page.type, page.body) == ("a/b", "T", "topic", "Body +++")


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("/operations/update-sender", "operations/update-sender"),
        ("Operations/Update_Sender.md", "operations/update-sender"),
        (" /errors/63128/ ", "errors/63128"),
        ("", ""),
    ],
)
def test_a_path_may_be_written_as_people_write_it(written, path):
    assert normalize_path(written) == path
    assert path in PAGES


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("operations/update", "operations/update-sender"),
        ("63128", "errors/63128"),
        ("error/63128", "errors/63128"),
        ("profile", "schemas/profile"),
        ("\x00" * 1000, None),
        ("x" * 100_000, None),
        ("../../etc/passwd", None),
    ],
)
def test_an_unknown_path_gets_the_nearest_page(written, near):
    assert nearest(written) == near
