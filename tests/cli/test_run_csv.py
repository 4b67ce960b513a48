"""Runs as CSV: one row per sender, and nothing that a spreadsheet would execute."""

import csv
import io

import pytest

from twilio_senders_mcp.changes import FieldResult, Outcome, RunItem, RunSummary
from twilio_senders_mcp.cli.run_csv import runs_csv, senders_csv


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def item(sid: str, *fields: FieldResult, outcome: Outcome | None = "applied", **others) -> RunItem:
    return RunItem(sid, "whatsapp:+15550100001", "main", outcome, fields, **others)


def test_a_sender_has_a_row_and_a_field_has_columns():
    about = FieldResult("profile.about", "different", "Old", "New", 'Other, "quoted"', "x")
    emails = FieldResult("profile.emails", None, None, [{"email": "a@example.com"}], None)
    first = item("XE1", about, outcome="different")
    second = item("XE2", emails, outcome=None)
    one, two = rows(senders_csv([first, second]))
    assert list(one) == [
        *("sid", "sender_id", "account", "outcome", "error"),
        *(f"profile.about {column}" for column in ("verdict", "note", "before", "wanted", "found")),
        *(
            f"profile.emails {column}"
            for column in ("verdict", "note", "before", "wanted", "found")
        ),
    ]
    assert [one[name] for name in ("sid", "sender_id", "account", "outcome", "error")] == [
        *("XE1", "whatsapp:+15550100001", "main", "different", "")
    ]
    assert list(one.values())[5:] == ["different", "x", "Old", "New", 'Other, "quoted"', *[""] * 5]
    assert two["outcome"] == "waiting"
    assert list(two.values())[5:] == [*[""] * 7, "", '[{"email":"a@example.com"}]', ""]


def test_a_failure_is_told_with_its_cure():
    failure = {"kind": "refused", "code": 63100, "message": "No", "cure": "Do this."}
    [row] = rows(senders_csv([item("XE1", outcome="refused", failure=failure)]))
    assert row["error"] == 'Twilio refused it (code 63100): "No". Do this.'


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t=", "\r=", " =", "\u200b=", "\uff1d", "\uff20"]
)
def test_text_from_outside_is_not_executed_as_a_formula(start):
    field = FieldResult("profile.name", "different", None, "x", f'{start}HYPERLINK("http://x")')
    [row] = rows(senders_csv([item("XE1", field)]))
    assert row["profile.name found"] == f'\'{start.strip().strip(chr(0x200B))}HYPERLINK("http://x")'


def test_text_from_outside_stays_on_one_line_without_control_characters():
    field = FieldResult("profile.name", "different", None, "x", "a\r\n\x1b[31mb\u202ec")
    [row] = rows(senders_csv([item("XE1", field)]))
    assert row["profile.name found"] == "a [31mbc"


def test_a_run_has_a_row_with_its_times_and_a_column_for_each_outcome():
    run = RunSummary(
        run="run-1",
        plan="plan-1",
        state="running",
        senders=3,
        waiting=1,
        counts={"applied": 2},
        canary=0,
        stop_after=3,
        created_at=86_400.0,
        finished_at=None,
        stopped_because=None,
        executing=True,
        undo_of="run-0",
        leg=1,
    )
    [row] = rows(runs_csv([run]))
    assert {name: text for name, text in row.items() if text not in ("", "0")} == {
        "run": "run-1",
        "plan": "plan-1",
        "state": "running",
        "senders": "3",
        "waiting": "1",
        "applied": "2",
        "created_utc": "1970-01-02 00:00:00",
        "undo_of": "run-0",
    }
