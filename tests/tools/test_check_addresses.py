"""`check_sender` on the addresses of a sender, over real sockets."""

import struct
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from checked_senders import OneSender, checks, prober, sender_at, sent_by
from web_servers import HOST, hang, response, server_context, web

from twilio_senders_mcp.sandbox import ONLINE_SENDER

pytestmark = pytest.mark.anyio


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(
        ">IIBBBBB", width, height, 8, 2, 0, 0, 0
    )


async def test_a_sender_whose_addresses_all_answer_is_ready():
    authority = trustme.CA()
    certificate = server_context(authority.issue_cert(HOST))
    answers = {
        "/in": response(405),
        "/status": response(200),
        "/logo.png": response(200, png(640, 640), content_type="image/png"),
        "/": response(301, location="/home"),
        "/home": response(200),
    }
    async with web(answers, certificate) as served:
        sender = sender_at(f"https://{HOST}:{served.port}")
        result = await sent_by(OneSender(sender), prober(authority), sid=ONLINE_SENDER)
    assert result.content["verdict"] == "ready"
    origin = f"https://{HOST}:{served.port}"
    only_post = "to a GET; many webhooks accept only POST"
    assert checks(result, "address") == [
        ("unknown", f'webhook.callback_url: "{origin}/in" responds with HTTP 405 {only_post}.'),
        ("pass", f'webhook.status_callback_url: "{origin}/status" responds with HTTP 200.'),
        ("pass", f'profile.websites: "{origin}/" responds with HTTP 200 after 1 redirect.'),
        ("pass", f'profile.logo_url: "{origin}/logo.png" responds with HTTP 200.'),
    ]
    assert checks(result, "picture") == [("pass", "profile.logo_url: PNG, 640x640 pixels, 0 kB.")]
    assert not [line for line in served.lines if line.startswith("POST")]


@pytest.mark.parametrize(
    ("path", "reply", "check", "state"),
    [
        ("/", response(404), "address", "warn"),
        ("/", response(410), "address", "warn"),
        ("/", response(503), "address", "warn"),
        ("/", response(403), "address", "unknown"),
        ("/in", response(500), "address", "unknown"),
        ("/logo.png", response(404), "address", "warn"),
        ("/logo.png", response(200, b"<html>"), "picture", "warn"),
        ("/logo.png", response(200, png(10, 20), content_type="image/png"), "picture", "warn"),
        ("/in", response(302, location="http://10.0.0.1/"), "address", "fail"),
        ("/in", b"nonsense\r\n\r\n", "address", "fail"),
    ],
)
async def test_an_address_is_told_by_what_it_is_for(path, reply, check, state):
    good = {
        "/": response(200),
        "/in": response(200),
        "/status": response(200),
        "/logo.png": response(200, png(640, 640), content_type="image/png"),
    }
    async with web({**good, path: reply}) as served:
        sender = sender_at(f"http://{HOST}:{served.port}")
        result = await sent_by(OneSender(sender), prober(), sid=ONLINE_SENDER)
    found = [one for one, text in checks(result, check) if "does not use https" not in text]
    assert {one for one in found if one != "pass"} == {state}


@pytest.mark.parametrize(
    ("status", "state"), [("OFFLINE", "fail"), ("DRAFT", "fail"), ("ONLINE", "warn")]
)
async def test_what_a_launch_needs_fails_until_an_rcs_sender_is_online(status, state):
    async with web({"/in": response(200), "/status": response(200)}) as served:
        origin = f"http://{HOST}:{served.port}"
        sender = sender_at(origin) | {"sender_id": "rcs:a", "status": status}
        sender["profile"] |= {"privacy_url": f"{origin}/privacy", "banner_url": "http://10.0.0.1/b"}
        result = await sent_by(OneSender(sender), prober(), sid=ONLINE_SENDER)
    found = {
        text.partition(":")[0]: state
        for check in ("address", "picture")
        for state, text in checks(result, check)
        if "does not use https" not in text
    }
    assert found["profile.privacy_url"] == state
    assert found["profile.logo_url"] == state
    assert found["profile.banner_url"] == state
    assert found["profile.websites"] == "warn"
    assert found["webhook.callback_url"] == "pass"


async def test_what_this_server_does_not_open_is_unknown():
    sender = sender_at("https://hooks.owl-bakery.com")
    sender["webhook"] = {"callback_url": "https://user:word@hooks.owl-bakery.com/in"}
    sender["profile"] = {"name": "Owl", "vertical": "Other", "logo_url": "https://a.b:22/logo"}
    result = await sent_by(OneSender(sender), prober(), sid=ONLINE_SENDER)
    [(address, _)], [(picture, found)] = checks(result, "address"), checks(result, "picture")
    assert (address, picture) == ("unknown", "unknown")
    assert (
        found
        == 'profile.logo_url: "https://a.b:22/logo" has a port that this server does not open.'
    )


async def test_addresses_that_were_opened_are_told_although_others_had_to_wait(monkeypatch):
    monkeypatch.setattr("twilio_senders_mcp.tools.check_addresses.LOOKING_SECONDS", 0.5)
    async with web({"/in": response(200), "/status": hang}) as served:
        sender = sender_at(f"http://{HOST}:{served.port}")
        sender["profile"] = {"name": "Owl", "vertical": "Other"}
        result = await sent_by(OneSender(sender), prober(seconds=9), sid=ONLINE_SENDER)
    found = checks(result, "address")
    assert ("skipped", "1 more address not opened: too many at once.") in found
    assert any(state == "pass" and "webhook.callback_url" in text for state, text in found)


async def test_a_redirect_away_from_https_and_a_certificate_that_ends_soon_are_warnings():
    authority = trustme.CA()
    leaf = authority.issue_cert(HOST, not_after=datetime.now(UTC) + timedelta(days=3))
    async with (
        web({"/home": response(200)}) as plain,
        web(
            {"/in": response(302, location=f"http://{HOST}:{plain.port}/home")},
            server_context(leaf),
        ) as served,
    ):
        sender = sender_at(f"https://{HOST}:{served.port}")
        sender["webhook"] = {"callback_url": f"https://{HOST}:{served.port}/in"}
        sender["profile"] = {"name": "Owl", "logo_url": None, "vertical": "Other"}
        result = await sent_by(OneSender(sender), prober(authority), sid=ONLINE_SENDER)
    first, second = checks(result, "address")
    assert first[0] == "warn"
    assert first[1].endswith("after 1 redirect to a URL without https.")
    assert second[0] == "warn"
    assert "the certificate of" in second[1]


async def test_at_most_twelve_addresses_are_looked_at():
    async with web({"/": response(200)}) as served:
        sender = sender_at(f"http://{HOST}:{served.port}")
        sender["sender_id"] = "rcs:a"
        sender["profile"]["websites"] = [
            {"website": f"http://{HOST}:{served.port}/{n}"} for n in range(15)
        ]
        result = await sent_by(OneSender(sender), prober(), sid=ONLINE_SENDER)
    assert ("skipped", "6 more addresses not opened: too many at once.") in checks(
        result, "address"
    )
    paths = {line.split(" ")[1] for line in served.lines}
    assert len(paths) == 12


async def test_a_check_up_of_addresses_that_all_hang_ends_in_time():
    names = ["/", "/in", "/status", "/logo.png"]
    async with web(dict.fromkeys(names, hang)) as served:
        sender = sender_at(f"http://{HOST}:{served.port}")
        result = await sent_by(OneSender(sender), prober(seconds=0.3), sid=ONLINE_SENDER)
    late = [text for state, text in checks(result) if "did not respond within" in text]
    assert len(late) == 4


@pytest.mark.parametrize(
    ("prober_", "probe", "reason"),
    [
        (None, True, "this server does not open them"),
        (prober(), False, "probe is false"),
        (None, False, "probe is false"),
    ],
)
async def test_addresses_are_not_opened_where_that_is_off(prober_, probe, reason):
    async with web({}) as served:
        sender = sender_at(f"https://{HOST}:{served.port}")
        result = await sent_by(OneSender(sender), prober_, sid=ONLINE_SENDER, probe=probe)
    assert served.requests == []
    assert checks(result, "address") == [("skipped", f"4 addresses not opened: {reason}.")]
