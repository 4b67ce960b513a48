"""Search: what people ask in their own words, and what nobody should ask."""

import tomllib
from pathlib import Path

import pytest

from twilio_senders_mcp.reference.library import library
from twilio_senders_mcp.reference.search import RESULTS_MAX, search

QUESTIONS = tomllib.loads((Path(__file__).parent / "questions.toml").read_text())["question"]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["ask"])
def test_a_question_in_users_words_finds_its_page_first_or_second(question):
    found = [hit.page for hit in search(question["ask"]).results[:2]]
    assert set(found) & set(question["pages"]), found


def test_there_are_at_least_40_questions_and_each_names_real_pages():
    assert len(QUESTIONS) >= 40
    assert {page for question in QUESTIONS for page in question["pages"]} <= library().keys()


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
