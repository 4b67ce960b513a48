"""The words of a query: other spellings, other languages, compounds."""

import pytest

from twilio_senders_mcp.reference.index import make_index
from twilio_senders_mcp.reference.page import Page
from twilio_senders_mcp.reference.queries import query_terms, term_groups
from twilio_senders_mcp.reference.vocabulary import root, vocabulary

INDEX = make_index(
    Page(path=f"p{number}", title=title, type="topic", summary="", body="")
    for number, title in enumerate(
        ("Verification code", "Webhook address", "Change", "Statuses, starts", "Limits", "Started")
    )
)


@pytest.mark.parametrize(
    ("query", "groups"),
    [
        ("verification code", [{"verify": 1.0}, {"code": 1.0}]),
        ("the changes of the code", [{"chang": 1.0}, {"code": 1.0}]),
        ("maximum", [{"limit": 0.7}]),
        ("webh", [{"webhook": 0.7}]),
        ("wehbook", [{"webhook": 0.6}]),
        ("is it", []),
        ("zzzz qqqq 12345 ab", []),
    ],
)
def test_a_word_stands_for_its_term_for_others_or_for_what_it_begins(query, groups):
    assert term_groups(INDEX, query) == groups


@pytest.mark.parametrize(
    ("query", "groups"),
    [
        ("Bestätigungscode", [{"verify": 1.0}, {"code": 1.0}]),
        ("Bestätigungscodes", [{"verify": 1.0}, {"code": 1.0}]),
        ("Bestätigugnscode", [{"verify": 1.0}, {"code": 1.0}]),
        ("Webhookadresse ändern", [{"webhook": 1.0}, {"address": 1.0}, {"chang": 1.0}]),
        ("Adressenänderung", [{"address": 1.0}, {"chang": 1.0}]),
        ("Verifizierungslimits", [{"verify": 1.0}, {"limit": 1.0}]),
        ("cambiando", [{"chang": 1.0}]),
        ("código de verificasion", [{"code": 1.0}, {"verify": 0.6}]),
    ],
)
def test_german_and_spanish_words_are_translated_also_in_other_forms(query, groups):
    assert term_groups(INDEX, query) == groups


def test_of_near_spellings_one_with_swapped_letters_is_preferred():
    assert term_groups(INDEX, "sattuses") == [{"status": 0.6}]
    assert term_groups(INDEX, "starst") == [{"start": 0.6}]


def test_a_word_of_no_language_costs_nothing_and_stands_for_nothing():
    assert term_groups(INDEX, "x" * 100_000) == []


def test_the_words_to_ignore_count_where_there_are_no_others():
    index = make_index([Page(path="p", title="Of it", type="topic", summary="", body="")])
    assert term_groups(index, "of it") == [{"of": 1.0}, {"it": 1.0}]


def test_a_term_has_the_weight_of_its_rarity():
    terms = query_terms(INDEX, [{"code": 0.5}])
    assert terms == {"code": 0.5 * max(INDEX.weights["code"].values())}


def test_a_root_has_no_ending_but_four_letters():
    assert root("nummern", ["ern", "n"]) == "numm"
    assert root("mas", ["as"]) == "mas"


def test_no_word_has_two_meanings_in_the_lists():
    lists = vocabulary()
    assert lists.ignored.isdisjoint(lists.translated)
    assert lists.ignored.isdisjoint(lists.about_changes)
