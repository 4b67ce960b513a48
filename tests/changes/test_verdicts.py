"""The verdict on each field, from the sender as it shows itself."""

from typing import Any

import pytest

from twilio_senders_mcp.changes.verdicts import field_results, unsettled_results, worst
from twilio_senders_mcp.senders.diff import FieldChange

NAME = FieldChange("profile.name", "Owl Bakery", "Owl Cakes")
ABOUT = FieldChange("profile.about", "Bread", "Cakes")


def sender(name: str = "Owl Bakery", **others: Any) -> Any:
    return {
        "sender_id": "whatsapp:+15550100002",
        "profile": {"name": name, "about": "Cakes"},
        **others,
    }


@pytest.mark.parametrize(
    ("shown", "verdict", "note"),
    [
        (sender("Owl Cakes"), "applied", None),
        (
            sender(pending_display_name="Owl Cakes", pending_display_name_status="APPROVED"),
            "pending_review",
            "APPROVED",
        ),
        (
            sender(pending_display_name="Owl Cakes", pending_display_name_status="DECLINED"),
            "different",
            "DECLINED",
        ),
        (
            sender(pending_display_name="Owls", pending_display_name_status="PENDING_REVIEW"),
            "different",
            None,
        ),
        (sender(sender_id="rcs:agent"), "different", None),
    ],
)
def test_a_name_has_the_verdict_of_its_review(shown, verdict, note):
    [result] = field_results([NAME], shown)
    assert (result.verdict, result.note) == (verdict, note)


def test_a_field_that_the_channel_does_not_have_says_so():
    [result] = field_results([FieldChange("profile.use_case", None, "OTP")], sender())
    assert (result.verdict, result.note) == ("different", "channel")


def test_what_is_not_shown_in_time_is_accepted():
    results = unsettled_results([NAME, ABOUT], sender())
    assert [each.verdict for each in results] == ["accepted", "applied"]
    assert worst(results) == "accepted"
