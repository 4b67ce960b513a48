"""The hosts of webhook URLs."""

from typing import Any

import pytest

from twilio_senders_mcp.senders.hosts import (
    host_of,
    is_host,
    moved_webhooks,
    replace_host,
    webhook_hosts,
)


@pytest.mark.parametrize(
    ("url", "moved"),
    [
        ("https://a.example", "https://b.example"),
        ("https://A.Example/in?x=1#rc=3", "https://b.example/in?x=1#rc=3"),
        ("http://a.example:8443/in", "http://b.example:8443/in"),
        ("https://user:pw@a.example/in", "https://user:pw@b.example/in"),
        ("https://a.example/?next=https://a.example", "https://b.example/?next=https://a.example"),
        ("https://x.a.example/in", None),
        ("https://a.example.org/in", None),
        ("https://c.example/a.example", None),
        ("ftp://a.example", None),
        ("", None),
        (None, None),
    ],
)
def test_only_the_host_of_a_url_is_replaced(url, moved):
    assert replace_host(url, "a.example", "b.example") == moved


def test_a_port_is_replaced_if_it_is_named():
    assert replace_host("https://a.example:1/x", "a.example:1", "b.example") == (
        "https://b.example/x"
    )
    assert replace_host("https://a.example:1/x", "a.example", "b.example:2") == (
        "https://b.example:2/x"
    )
    assert replace_host("https://a.example:2/x", "a.example:1", "b.example") is None


@pytest.mark.parametrize("text", ["a.example", "A-1.example:443", "[::1]:80", "127.0.0.1"])
def test_a_host_may_have_a_port(text):
    assert is_host(text)


@pytest.mark.parametrize("text", ["", "https://a.example", "a.example/x", "a b", "a@b", "a:port"])
def test_anything_else_is_no_host(text):
    assert not is_host(text)


def test_the_hosts_of_a_sender_are_those_of_its_three_urls():
    sender: Any = {
        "webhook": {
            "callback_url": "https://a.example/in",
            "fallback_url": "https://B.example:1",
            "status_callback_url": None,
        }
    }
    assert webhook_hosts(sender) == {"a.example", "b.example:1"}
    assert host_of("nothing") is None
    assert moved_webhooks(sender, "b.example", "c.example") == {
        "fallback_url": "https://c.example:1"
    }
