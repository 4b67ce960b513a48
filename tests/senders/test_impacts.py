"""What a change of many senders means for the person who decides."""

from typing import Any

from twilio_senders_mcp.senders.diff import field_changes
from twilio_senders_mcp.senders.impacts import ChangedSender, impacts, warnings

WEBSITES = [{"website": "https://a.example"}, {"website": "https://b.example"}]


def sender(**others: Any) -> Any:
    profile = {"name": "Owl Bakery", "about": "Bread", "websites": WEBSITES}
    basic = {"sender_id": "whatsapp:+15550100002", "status": "ONLINE", "profile": profile}
    return {**basic, "webhook": {"callback_url": "https://a.example/in"}, **others}


def changed(body: Any, one: Any = None) -> ChangedSender:
    one = one or sender()
    return ChangedSender(one, field_changes(body, one))


def test_reviewed_names_are_counted_with_what_they_cost():
    body = {"profile": {"name": "Owl Cakes"}}
    rcs = sender(sender_id="rcs:agent")
    assert impacts([changed(body), changed(body), changed(body, rcs)], set()) == [
        (
            "2 display names go to Meta's review; each uses one of the limited number of "
            "changes, and the old name stays until it is approved."
        )
    ]


def test_senders_that_are_not_online_are_counted():
    body = {"profile": {"about": "Cakes"}}
    offline, updating = sender(status="OFFLINE"), sender(status="ONLINE:UPDATING")
    assert impacts([changed(body, offline), changed(body, updating)], set()) == [
        "1 sender is not ONLINE."
    ]
    assert impacts([changed(body, offline)] * 2, set()) == ["2 senders are not ONLINE."]


def test_lists_that_lose_entries_and_fields_that_become_empty_are_counted():
    shorter, empty = {"profile": {"websites": WEBSITES[:1]}}, {"profile": {"websites": []}}
    longer = {"profile": {"websites": [*WEBSITES, {"website": "https://c.example"}]}}
    assert impacts([changed(shorter), changed(empty), changed(longer)], set()) == [
        "profile.websites loses entries on 1 sender.",
        "profile.websites becomes empty on 1 sender.",
    ]


def test_fields_that_the_channel_does_not_have_are_counted_and_named():
    one = changed({"profile": {"use_case": "OTP"}})
    assert impacts([one, one], set()) == ["2 WhatsApp senders do not have profile.use_case."]
    assert impacts([one], set()) == ["1 WhatsApp sender does not have profile.use_case."]
    assert warnings(one) == ("WhatsApp senders do not have profile.use_case",)


def test_new_webhook_hosts_are_counted_and_not_all_named():
    one = changed({"webhook": {"callback_url": "https://b.example/in"}})
    assert impacts([one, one], {"a.example"}) == ["b.example is a new webhook host, for 2 senders."]
    assert impacts([one], {"a.example", "b.example"}) == []
    many = [
        changed({"webhook": {"callback_url": f"https://h{number}.example"}}) for number in range(12)
    ]
    assert impacts(many, set())[-1] == "2 more webhook hosts are new."


def test_a_sender_has_warnings_of_its_own():
    one = sender(pending_display_name="Owl", pending_display_name_status="PENDING_REVIEW")
    assert warnings(changed({"profile": {"name": "Owl Cakes", "about": "x" * 140}}, one)) == (
        "profile.about has 140 characters (maximum 139)",
        "another display name of this sender is under review",
    )
