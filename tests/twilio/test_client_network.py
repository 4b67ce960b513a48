"""SendersClient on real sockets: every way in which a connection can fail."""

import asyncio
import socket
import ssl
from contextlib import asynccontextmanager

import httpx2
import pytest
import stamina
import trustme
from senders_clients import OwnClient

from twilio_senders_mcp.twilio import transport
from twilio_senders_mcp.twilio.errors import NotSent, OutcomeUnknown
from twilio_senders_mcp.twilio.requests import UpdateSender

pytestmark = pytest.mark.anyio

SID = "XE" + "a" * 32
ATTEMPTS = 2


@pytest.fixture(autouse=True)
def no_waiting():
    with stamina.set_testing(True, attempts=ATTEMPTS):
        yield


@asynccontextmanager
async def listening(answer: bytes | None, tls: ssl.SSLContext | None = None):
    """Serve each connection with `answer` once its request is in, then close it."""
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        try:
            await reader.readuntil(b"}")
            if answer is not None:
                writer.write(answer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1], lambda: connections


async def failure(kind, base_url: str):
    senders = OwnClient(base_url=base_url)
    try:
        with pytest.raises(kind) as caught:
            await senders.update(SID, UpdateSender(friendly_name="x"))
    finally:
        await senders.aclose()
    return caught.value


async def test_a_refused_connection_was_not_sent():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert (await failure(NotSent, f"http://127.0.0.1:{port}")).reason == "refused"


async def test_a_refused_connection_is_tried_again(monkeypatch):
    tries = 0
    connect = asyncio.BaseEventLoop.create_connection

    async def counted(*arguments, **options):
        nonlocal tries
        tries += 1
        return await connect(*arguments, **options)

    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", counted)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    await failure(NotSent, f"http://127.0.0.1:{port}")
    assert tries == ATTEMPTS


async def test_a_name_that_does_not_resolve_was_not_sent(monkeypatch):
    # A real look-up would leave this machine.
    def no_such_name(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    assert (await failure(NotSent, "https://messaging.example")).reason == "dns"


async def test_an_untrusted_certificate_was_not_sent_and_is_not_tried_again():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    async with listening(None, context) as (port, connections):
        assert (await failure(NotSent, f"https://localhost:{port}")).reason == "tls"
        assert connections() == 0


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"HTTP/1.1 202 Accepted\r\nContent-Length: 99\r\n\r\n{",
        b"SSH-2.0-OpenSSH\r\n",
    ],
    ids=["no answer", "half an answer", "no HTTP"],
)
async def test_a_connection_that_breaks_leaves_the_outcome_unknown(answer):
    async with listening(answer) as (port, connections):
        error = await failure(OutcomeUnknown, f"http://127.0.0.1:{port}")
        assert error.reason == "connection_lost"
        assert connections() == 1


async def test_a_connection_that_is_never_made_in_time_was_not_sent():
    # The kernel alone decides how long a lost SYN takes; the type of the failure is what counts.
    assert transport._not_sent_reason(httpx2.ConnectTimeout("")) == "timeout"


@pytest.mark.parametrize("tunnel", [None, b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"])
async def test_a_proxy_that_makes_no_tunnel_was_not_sent(monkeypatch, tunnel):
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(tunnel or b"")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as proxy:
        port = proxy.sockets[0].getsockname()[1]
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        assert (await failure(NotSent, "https://messaging.example")).reason == "network"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "socks5://127.0.0.1:1"),
        ("HTTPS_PROXY", "bogus://127.0.0.1:1"),
        ("SSL_CERT_FILE", "/nonexistent.pem"),
    ],
)
async def test_settings_of_the_machine_that_cannot_be_used_were_not_sent(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert (await failure(NotSent, "https://messaging.example")).reason == "configuration"


async def test_any_other_failure_to_connect_has_a_reason_too():
    group = ExceptionGroup("", [OSError(101, "Network is unreachable")])
    error = httpx2.ConnectError("")
    error.__cause__ = group
    assert transport._not_sent_reason(error) == "network"


async def test_plain_http_ignores_a_proxy_of_the_environment(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    body = f'{{"sid":"{SID}"}}'.encode()
    head = f"HTTP/1.1 202 Accepted\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    async with listening(head + body) as (port, _):
        senders = OwnClient(base_url=f"http://127.0.0.1:{port}")
        answer = await senders.update(SID, UpdateSender(friendly_name="x"))
        await senders.aclose()
    assert answer.sender == {"sid": SID}
