"""Limits that Meta documents, and what exceeds them."""

import pytest

from twilio_senders_mcp.senders.limits import exceeded_limits
from twilio_senders_mcp.twilio.responses import Sender

WHATSAPP: Sender = {"sender_id": "whatsapp:+15550100002"}


@pytest.mark.parametrize(
    ("profile", "clauses"),
    [
        ({"about": "x" * 139}, []),
        ({"about": "x" * 140}, ["profile.about has 140 characters (maximum 139)"]),
        ({"about": None, "emails": None}, []),
        ({"websites": [{"website": "https://a.example"}] * 2}, []),
        (
            {"websites": [{"website": "https://a.example/" + "x" * 300}]},
            ["profile.websites has an entry of 318 characters (maximum 256)"],
        ),
        ({"emails": []}, []),
    ],
)
def test_what_exceeds_a_documented_limit_is_named(profile, clauses):
    assert exceeded_limits(profile, WHATSAPP) == clauses


@pytest.mark.parametrize("sender", [{"sender_id": "rcs:agent"}, {}])
def test_the_limits_are_whatsapps_alone(sender):
    assert exceeded_limits({"about": "x" * 1000}, sender) == []
