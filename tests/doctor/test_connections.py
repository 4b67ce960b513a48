"""Connections over real sockets: what is said of one that fails, and of clocks that differ."""

import ssl
import time
from email.utils import formatdate

import anyio.abc
import pytest
import trustme
from web_servers import response, server_context, web

from twilio_senders_mcp.doctor.connections import check_connection
from twilio_senders_mcp.http.serving import served
from twilio_senders_mcp.sandbox import Sandbox

pytestmark = pytest.mark.anyio
NOW = 2_000_000_000.0


async def checked_with_date(date: str | None):
    headers = {} if date is None else {"date": date}
    async with web({"/": response(401, b"", **headers)}) as server:
        return await check_connection(f"http://127.0.0.1:{server.port}", clock=lambda: NOW)


async def test_the_sandbox_on_a_socket_responds_and_gets_no_credentials():
    sandbox = Sandbox()
    with served(sandbox) as url:
        found = await check_connection(url)
    assert found.level == "ok"
    assert found.check == url.removeprefix("http://")
    assert "without TLS, on this machine" in found.found
    assert found.found.endswith("; the clocks agree.")
    assert [request.account_sid for request in sandbox.requests] == [None]


@pytest.mark.parametrize(("seconds", "said"), [(3600, "3600 s behind"), (-3600, "3600 s ahead of")])
async def test_a_clock_that_is_an_hour_off_is_a_warning(seconds, said):
    found = await checked_with_date(formatdate(NOW + seconds, usegmt=True))
    assert (found.level, said in found.found) == ("warning", True)
    assert found.cure == "Set the clock of this machine, for example by NTP."


@pytest.mark.parametrize("seconds", [-30, 30])
async def test_a_few_seconds_mean_nothing(seconds):
    found = await checked_with_date(formatdate(NOW + seconds, usegmt=True))
    assert (found.level, found.found.endswith("the clocks agree.")) == ("ok", True)


@pytest.mark.parametrize("date", [None, "yesterday"])
async def test_a_server_that_does_not_tell_its_time_is_no_problem(date):
    found = await checked_with_date(date)
    assert (found.level, found.found.endswith("; it does not tell its time.")) == ("ok", True)


async def test_a_trusted_server_responds_over_tls(monkeypatch, tmp_path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = server_context(authority.issue_cert("localhost"))
    date = formatdate(time.time(), usegmt=True)
    async with web({"/": response(404, date=date)}, context) as server:
        found = await check_connection(f"https://localhost:{server.port}")
    assert (found.level, "over TLS" in found.found) == ("ok", True)


async def test_a_certificate_that_nobody_signed_is_a_problem():
    context: ssl.SSLContext = server_context(trustme.CA().issue_cert("localhost"))
    async with web({}, context) as server:
        found = await check_connection(f"https://localhost:{server.port}")
    assert (found.level, found.found) == (
        "problem",
        "Twilio could not be reached: no trusted TLS connection could be made.",
    )
    assert found.cure.startswith("Check the certificates of this machine")


async def test_a_host_that_does_not_resolve_is_a_problem():
    found = await check_connection("https://messaging.twilio.invalid")
    assert (found.check, found.level) == ("messaging.twilio.invalid", "problem")
    assert found.found == "Twilio could not be reached: its host name did not resolve."
    assert "TWILIO_BASE_URL" in found.cure


async def test_a_host_that_takes_a_connection_and_gives_no_response_is_a_problem():
    async def close(_: anyio.abc.ByteStream) -> None:
        """Let the connection be closed."""

    async with web({"/": close}) as server:
        found = await check_connection(f"http://127.0.0.1:{server.port}")
    assert (found.level, found.found) == (
        "problem",
        "The connection broke before Twilio's response was complete.",
    )
    assert found.cure == "Check the network and any proxy, then run doctor again."
