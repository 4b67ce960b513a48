"""What became of each field of an update, by what the response shows."""

import pytest

from twilio_senders_mcp.senders.outcome import outcomes

WHATSAPP, RCS = {"sender_id": "whatsapp:+15550100002"}, {"sender_id": "rcs:agent"}


@pytest.mark.parametrize(
    ("wanted", "shown", "state"),
    [
        ({"webhook": {"callback_url": "a"}}, {"webhook": {"callback_url": "a"}}, "applied"),
        ({"webhook": {"callback_url": "a"}}, {"webhook": {"callback_url": "b"}}, "not_shown"),
        ({"webhook": {"callback_url": ""}}, {"webhook": {"callback_url": None}}, "cleared"),
        ({"profile": {"emails": []}}, {"profile": {"emails": None}}, "cleared"),
        ({"profile": {"emails": []}}, {"profile": None}, "cleared"),
        ({"profile": {"emails": []}}, {}, "not_shown"),
        ({"profile": {"emails": []}}, {"profile": {}}, "not_shown"),
        ({"profile": {"emails": []}}, {"profile": "x"}, "not_shown"),
        ({"webhook": None}, {"webhook": {}}, "not_shown"),
        ({"profile": {"about": "x"}}, RCS, "unavailable"),
        ({"profile": {"about": ""}}, RCS, "unavailable"),
        ({"profile": {"about": "x"}}, RCS | {"profile": {"about": "x"}}, "applied"),
        ({"profile": {"banner_url": "x"}}, WHATSAPP, "unavailable"),
        ({"profile": {"banner_url": "x"}}, {}, "not_shown"),
        ({"profile": {"description": "x"}}, RCS, "not_shown"),
    ],
)
def test_each_field_has_a_state(wanted, shown, state):
    [outcome] = outcomes(wanted, shown)
    assert outcome.state == state
    section, value = next(iter(wanted.items()))
    assert outcome.name == (f"{section}.{next(iter(value))}" if value else section)
