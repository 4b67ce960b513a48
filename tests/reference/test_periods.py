"""The time that a query for changes asks about."""

from datetime import date

import pytest

from twilio_senders_mcp.reference.library import library
from twilio_senders_mcp.reference.periods import Period, asked_period
from twilio_senders_mcp.reference.search import search

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        ("what changed in October", "2026-10", "2026-10"),
        ("what changed in December", "2025-12", "2025-12"),
        ("was hat sich seit August geändert", "2026-08", "9999"),
        ("¿qué ha cambiado desde mayo de 2025?", "2025-05", "9999"),
        ("which fields were added in 2026", "2026", "2026"),
        ("changes between March and May 2026", "2026-03", "2026-05"),
        ("changes in autumn 2025", "2025-09", "2025-11"),
        ("changes since 2026-04-14", "2026-04-14", "9999"),
        ("what changed 2026-04", "2026-04", "2026-04"),
        ("what is new since may", "2026-05", "9999"),
        ("may 2026 changes", "2026-05", "2026-05"),
        ("latest changes", "0000", "9999"),
    ],
)
def test_a_query_for_changes_names_a_time(query, since, until):
    assert asked_period(query, TODAY) == Period(since, until)


@pytest.mark.parametrize(
    "query",
    [
        "my number is offline since August",
        "may it be changed",
        "what changed",
        "server 2026 changes",
    ],
)
def test_another_query_asks_for_no_time(query):
    assert asked_period(query, TODAY) is None


def test_a_period_has_its_first_and_last_day_and_no_change_without_a_date():
    october = Period("2026-10", "2026-10")
    assert [october.has(f"2026-{day}") for day in ("09-30", "10-01", "10-31", "11-01")] == [
        *(False, True, True, False)
    ]
    assert not october.has(None)
    assert Period("2026", "2026").has("2026-12-31")


@pytest.mark.parametrize(
    ("since", "first"),
    [
        ("2026", "2026-01-01"),
        ("2026-08", "2026-08-01"),
        ("2026-08-11", "2026-08-11"),
        ("0000", None),
    ],
)
def test_a_period_says_its_first_day(since, first):
    assert Period(since, "9999").first_day == first


def test_the_changes_of_the_time_come_first_and_the_newest_before_others():
    found = search("what changed since 2026-08-01")
    dated = [library()[hit.page].date for hit in found.results[:3]]
    assert dated == ["2026-11-16", "2026-10-12", "2026-08-11"]
    assert found.period == Period("2026-08-01", "9999")


def test_a_subject_comes_before_newer_changes_of_the_time():
    assert search("what changed in 2026 for verticals").results[0].page == "changes/api-2026-02-18"


def test_a_query_about_other_subjects_is_not_answered_with_changes():
    asked = "webhook certificate expired since 2026-08-01, signature changed"
    assert search(asked).results[0].type != "change"
