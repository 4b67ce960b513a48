"""Search: what people ask in their own words, and what nobody should ask."""

import re
import tomllib
from pathlib import Path

import pytest

from twilio_senders_mcp.reference.excerpts import Passage, best_passage, passages, shortened
from twilio_senders_mcp.reference.index import make_index
from twilio_senders_mcp.reference.library import library
from twilio_senders_mcp.reference.page import Page
from twilio_senders_mcp.reference.queries import distance
from twilio_senders_mcp.reference.search import RESULTS_MAX, rank, search
from twilio_senders_mcp.reference.words import stem, words

HERE = Path(__file__).parent
QUESTIONS = tomllib.loads((HERE / "questions.toml").read_text())["question"]
USERS_QUESTIONS = tomllib.loads((HERE / "users_questions.toml").read_text())["question"]
FURTHER_QUESTIONS = tomllib.loads((HERE / "further_questions.toml").read_text())["question"]
TESTERS_QUESTIONS = tomllib.loads((HERE / "testers_questions.toml").read_text())["question"]
EVERYDAY_QUESTIONS = tomllib.loads((HERE / "everyday_questions.toml").read_text())["question"]


def places(questions):
    """The place at which each question finds the first of its pages, counted from 1."""
    for question in questions:
        found = [hit.page for hit in search(question["ask"]).results]
        yield min((found.index(page) + 1 for page in question["pages"] if page in found), default=0)


def share(questions, best):
    found = [0 < place <= best for place in places(questions)]
    return sum(found) / len(found)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["ask"])
def test_a_question_of_few_words_finds_its_page_among_the_first_three(question):
    assert share([question], 3) == 1


@pytest.mark.parametrize(
    "questions", [USERS_QUESTIONS, FURTHER_QUESTIONS, TESTERS_QUESTIONS, EVERYDAY_QUESTIONS]
)
def test_users_questions_find_their_page_first_or_among_three(questions):
    assert share(questions, 1) >= 0.75
    assert share(questions, 3) >= 0.92


def test_there_are_enough_questions_and_each_names_real_pages():
    assert len(QUESTIONS) >= 40
    assert len(USERS_QUESTIONS) >= 40
    assert len(FURTHER_QUESTIONS) >= 40
    asked = [*QUESTIONS, *USERS_QUESTIONS, *FURTHER_QUESTIONS]
    asked += [*TESTERS_QUESTIONS, *EVERYDAY_QUESTIONS]
    assert {page for question in asked for page in question["pages"]} <= library().keys()


def test_a_pasted_error_finds_the_page_of_its_code():
    pasted = (
        '{"message": "' + "word " * 100 + '", "code": 63116, "status": 400,'
        ' "more_info": "https://www.twilio.com/docs/errors/63116"}'
    )
    assert search(pasted).results[0].page == "errors/63116"


def test_a_code_without_a_page_finds_the_list_of_codes():
    assert search("error 63199").results[0].page == "errors"


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("stauts", "topics/statuses"),
        ("webhok", "topics/webhooks"),
        ("verfication", "topics/verification"),
        ("paginaton", "topics/pagination"),
    ],
)
def test_a_misspelt_word_is_taken_for_the_nearest(query, page):
    assert page in [hit.page for hit in search(query).results[:2]]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("status", "stauts", 1),
        ("webhook", "webhok", 1),
        ("ab", "ba", 1),
        ("", "ab", 2),
        ("a", "a", 0),
    ],
)
def test_the_distance_of_words_counts_swapped_letters_once(one, other, apart):
    assert distance(one, other) == apart


def test_a_word_is_no_beginning_of_another_if_it_occurs_itself():
    pages = {
        title: Page(path=title, title=title, type="topic", summary="A page.", body="")
        for title in ("sit", "sites", "other")
    }
    index = make_index(pages.values())
    assert [path for path, _ in rank(index, "sits", pages)] == ["sit"]
    assert [path for path, _ in rank(index, "site", pages)] == ["sites"]
    assert [path for path, _ in rank(index, "oth", pages)] == ["other"]
    assert rank(index, "ot", pages) == []
    assert rank(index, "63199", pages) == []


@pytest.mark.parametrize(
    "forms",
    [
        ["verify", "verifies", "verified", "verifying", "verification"],
        ["delete", "deletes", "deleted", "deleting", "deletion"],
        ["set", "sets", "setting", "settings"],
        ["status", "statuses"],
        ["address", "addresses"],
    ],
)
def test_the_forms_of_a_word_have_one_stem(forms):
    assert len({stem(form) for form in forms}) == 1


def test_names_are_found_whole_and_in_parts():
    assert list(words("profile.name, verificationCode at https://x.example/y")) == [
        *("profile.name", "profile", "name"),
        *("verification_code", "verification", "code"),
        "at",
    ]


def test_a_name_with_capitals_inside_is_one_word():
    assert list(words("WhatsApp and TwiML")) == ["whatsapp", "and", "twiml"]


def test_changes_come_first_only_if_they_are_asked_for():
    assert search("use_case for rcs").results[0].type != "change"
    assert search("when was use_case for rcs added").results[0].page == "changes/api-2026-05-06"


def test_an_excerpt_is_a_readable_passage():
    table = "| f | m |\n|---|---|\n| `a` | one |"
    assert best_passage([], {"x": 1.0}) == ""
    assert best_passage([Passage("A first."), Passage("An x here.")], {"x": 1.0}) == "An x here."
    text = f"## Head\n\n- See [it](/x), `code`. (source: A)\n\n{table}\n\n```\n{{}}\n```"
    assert list(passages(text)) == ["See it, code.", "a: one"]
    assert shortened("some long words", 11) == "some long…"
    assert shortened("short", 11) == "short"
    for question in USERS_QUESTIONS:
        for hit in search(question["ask"]).results:
            assert not re.search(r"^(?:[|#]|- )| \| |`|\]\(", hit.excerpt)


def test_a_hit_says_what_it_would_cost_to_read_it():
    [hit, *_] = search("63128").results
    assert (hit.page, hit.type) == ("errors/63128", "error")
    assert hit.size == len(library()["errors/63128"].markdown)
    assert hit.excerpt


def test_the_number_of_all_matches_is_told_beside_the_best():
    found = search("sender")
    assert len(found.results) == RESULTS_MAX
    assert found.total > RESULTS_MAX


@pytest.mark.parametrize("kind", ["topic", "operation", "schema", "error", "change"])
def test_a_search_may_be_limited_to_one_type(kind):
    assert {hit.type for hit in search("sender name", kind).results} == {kind}


@pytest.mark.parametrize(
    "query", ["verif", "VERIFYING", "verified", "vérification", "webhook urls"]
)
def test_words_are_found_in_other_forms(query):
    assert search(query).total > 0


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        '"',
        '"a" OR "b"',
        "NEAR(a b, 5)",
        "title: x",
        "* AND NOT",
        "a AND (b",
        "'; DROP TABLE pages; --",
        "^otp",
        "-otp",
        "\x00\x01\x1b[2J",
        "\ud800",
        "電話番号 認証",
        "код подтверждения",
        "🦉" * 100,
        "a " * 500_000,
        "x" * 1_000_000,
        "_" * 50,
        "{}[]()+^~:",
    ],
    ids=lambda query: repr(query[:12]),
)
def test_no_text_makes_the_search_fail(query):
    found = search(query)
    assert len(found.results) <= RESULTS_MAX
    assert all(hit.page in library() for hit in found.results)
