"""Which addresses are opened at all: what attackers write is refused before anything is sent."""

from ipaddress import ip_address

import pytest

from twilio_senders_mcp.probing.addresses import is_loopback, is_public
from twilio_senders_mcp.probing.targets import Unprobeable, read_target

ATTACKS = [
    ("http://localhost/", "local_name"),
    ("http://LOCALHOST/", "local_name"),
    ("http://localhost./", "local_name"),
    ("http://a.localhost/", "local_name"),
    ("http://\u24dbocalhost/", "local_name"),
    ("http://intranet/", "local_name"),
    ("http://printer.local/", "local_name"),
    ("http://db.internal/", "local_name"),
    ("http://metadata.google.internal/", "local_name"),
    ("http://router.home.arpa/", "local_name"),
    ("http://127.0.0.1/", "private_address"),
    ("http://127.8.8.8/", "private_address"),
    ("http://0.0.0.0/", "private_address"),
    ("http://10.0.0.1/", "private_address"),
    ("http://172.16.0.1/", "private_address"),
    ("http://192.168.1.1/", "private_address"),
    ("http://169.254.169.254/latest/meta-data/", "private_address"),
    ("http://100.64.0.1/", "private_address"),
    ("http://192.0.0.8/", "private_address"),
    ("http://198.18.0.1/", "private_address"),
    ("http://224.0.0.1/", "private_address"),
    ("http://240.0.0.1/", "private_address"),
    ("http://255.255.255.255/", "private_address"),
    ("http://[::1]/", "private_address"),
    ("http://[::]/", "private_address"),
    ("http://[::ffff:127.0.0.1]/", "private_address"),
    ("http://[::ffff:a00:1]/", "private_address"),
    ("http://[::127.0.0.1]/", "private_address"),
    ("http://[64:ff9b::10.0.0.1]/", "private_address"),
    ("http://[64:ff9b:1::10.0.0.1]/", "private_address"),
    ("http://[2002:0a00:0001::]/", "private_address"),
    ("http://[2002:808:808::]/", "private_address"),
    ("http://[2001:0:a00:1:0:0:f5ff:fffe]/", "private_address"),
    ("http://[fe80::1]/", "private_address"),
    ("http://[fe80::1%25eth0]/", "private_address"),
    ("http://[fec0::1]/", "private_address"),
    ("http://[fc00::1]/", "private_address"),
    ("http://[ff02::1]/", "private_address"),
    ("http://[2001:db8::1]/", "private_address"),
    ("http://[3fff::1]/", "private_address"),
    ("http://2130706433/", "odd_host"),
    ("http://0x7f000001/", "odd_host"),
    ("http://0x7f.0.0.1/", "odd_host"),
    ("http://0177.0.0.1/", "odd_host"),
    ("http://127.1/", "odd_host"),
    ("http://127.0.0.1./", "odd_host"),
    ("http://1.2.3.4.5/", "odd_host"),
    ("http://\uff11\uff12\uff17.\uff10.\uff10.\uff11/", "odd_host"),
    ("http://127\u30020\u30020\u30021/", "odd_host"),
    ("http://a_b..com/", "odd_host"),
    ("http://-a.com/", "odd_host"),
    ("http://[::1/", "odd_host"),
    ("http://a.com:x/", "odd_host"),
    ("http://a.com:99999/", "odd_host"),
    ("http:///path", "not_absolute"),
    ("http://:80/", "odd_host"),
    ("http://user@10.0.0.1/", "user_info"),
    ("http://shop.com@10.0.0.1/", "user_info"),
    ("http://user:pass@shop.com/", "user_info"),
    ("http://shop.com\\@10.0.0.1/", "not_absolute"),
    ("http://shop.com /", "not_absolute"),
    ("http://local\thost/", "not_absolute"),
    ("http://shop.com/\r\nHost: a", "not_absolute"),
    ("//shop.com/", "not_absolute"),
    ("/path", "not_absolute"),
    ("shop.com", "not_absolute"),
    ("file:///etc/passwd", "not_absolute"),
    ("gopher://shop.com/", "not_absolute"),
    ("ftp://shop.com/", "not_absolute"),
    ("http://shop.com:22/", "port"),
    ("http://shop.com:25/", "port"),
    ("http://shop.com:0/", "port"),
    ("http://hooks.example.com/", "reserved_name"),
    ("http://shop.test/", "reserved_name"),
    ("http://shop.invalid/", "reserved_name"),
    ("http://shop.com/" + "x" * 5000, "not_absolute"),
]


@pytest.mark.parametrize(("url", "problem"), ATTACKS)
def test_an_address_that_must_not_be_opened_is_refused(url, problem):
    with pytest.raises(Unprobeable) as caught:
        read_target(url)
    assert caught.value.problem == problem


def test_thirty_attacks_and_more_are_tried():
    assert len({url for url, _ in ATTACKS}) > 30


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://shop.com", "shop.com", 443, "/"),
        ("http://Shop.COM:8080/a?b=c#rc=3", "shop.com", 8080, "/a?b=c"),
        ("https://bücher.de/ä?ö=ü", "xn--bcher-kva.de", 443, "/%C3%A4?%C3%B6=%C3%BC"),
        ("https://shop.com./x", "shop.com", 443, "/x"),
        ("https://my_hooks.shop.com/%20", "my_hooks.shop.com", 443, "/%20"),
        ("http://8.8.8.8/", "8.8.8.8", 80, "/"),
        ("http://[2606:4700::1111]/", "2606:4700::1111", 80, "/"),
    ],
)
def test_a_public_address_is_read(url, host, port, path):
    target = read_target(url)
    assert (target.host, target.port, target.path) == (host, port, path)
    assert target.is_encrypted is url.startswith("https")


@pytest.mark.parametrize("url", ["http://localhost:9/", "http://127.0.0.1:9/", "http://[::1]:9/"])
def test_the_sandbox_may_look_at_this_machine(url):
    assert read_target(url, allow_loopback=True).port == 9


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://intranet/", "http://[::ffff:a00:1]/"])
def test_the_sandbox_may_look_at_nothing_else_that_is_private(url):
    with pytest.raises(Unprobeable):
        read_target(url, allow_loopback=True)


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
)
def test_an_address_that_leads_to_a_public_one_is_public(text):
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    ("text", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("10.0.0.1", False)],
)
def test_this_machine_is_recognized(text, loopback):
    assert is_loopback(ip_address(text)) is loopback
