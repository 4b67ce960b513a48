"""Connections that break, stall or cannot be made: what a caller is told, and if it is true."""

import asyncio
import random
import socket
import ssl

import anyio
import pytest
import stamina
import trustme
from faults.calls import (
    BOUND,
    KNOWN,
    METHODS,
    NOT_KNOWN,
    READS,
    TIMEOUT,
    WRITES,
    Report,
    Row,
    arguments,
    call,
    check,
    check_next_call,
    check_table,
    check_table_at_once,
    connected,
    report,
)
from faults.fake_twilio import (
    WELL,
    Behavior,
    Exchange,
    FakeTwilio,
    Request,
    raw_response,
    success,
    with_status,
)

pytestmark = pytest.mark.anyio


async def reset(exchange: Exchange) -> None:
    exchange.reset()


async def close(exchange: Exchange) -> None:
    exchange.writer.close()


async def reset_within_response(exchange: Exchange) -> None:
    await exchange.send(raw_response(*success(exchange.request))[:-5])
    exchange.reset()


async def reset_within_header(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 202 Acc")
    exchange.reset()


async def refuse_and_reset(exchange: Exchange) -> None:
    await exchange.send(raw_response(413, {"code": 1, "message": "large"}, "Connection: close"))
    exchange.writer.close()


async def say_nothing(exchange: Exchange) -> None:
    await exchange.reader.read()  # until the client gives up


async def drip(exchange: Exchange) -> None:
    """Send the response so slowly that it never ends."""
    status, body = success(exchange.request)
    response = raw_response(status, body, "X: " + "y" * 4000)
    for byte in response:
        await exchange.send(bytes([byte]))
        await asyncio.sleep(0.005)


async def never_end_the_header(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 202 Accepted\r\n")
    while True:
        await exchange.send(b"HTTP: x\r\n"[:1])
        await asyncio.sleep(0.005)


async def never_end_the_interim_responses(exchange: Exchange) -> None:
    while True:
        await exchange.send(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 10)
        await asyncio.sleep(0.005)


async def never_end_the_body(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await exchange.send(b"10000\r\n" + b" " * 0x10000 + b"\r\n")


@pytest.mark.parametrize("tool", WRITES + READS)
async def test_a_connection_that_breaks_after_the_request_leaves_the_outcome_unknown(tool):
    acts = [reset, close, reset_within_header]
    if tool != "delete_sender":
        acts.append(reset_within_response)
    rows = [
        Row(f"{act.__name__}, applies: {applies}", Behavior(act, applies=applies), NOT_KNOWN[tool])
        for act in acts
        for applies in (True, False)
    ]
    rows.append(Row("in the middle", Behavior(reset, after_header=True), NOT_KNOWN[tool]))
    await check_table(tool, rows)


async def test_a_refusal_that_comes_before_the_body_was_read_is_a_refusal():
    early = Behavior(refuse_and_reset, after_header=True)
    await check_table("update_sender", [Row("early", early, "refused")])


@pytest.mark.parametrize("tool", ["update_sender", "delete_sender", "get_sender"])
async def test_a_response_that_does_not_end_is_given_up_in_time(tool):
    endless = [say_nothing, drip, never_end_the_header, never_end_the_interim_responses]
    if tool != "delete_sender":
        endless.append(never_end_the_body)
    await check_table_at_once(
        tool,
        [
            Row(act.__name__, Behavior(act, applies=applies), NOT_KNOWN[tool])
            for act in endless
            for applies in (True, False)
        ],
    )


@pytest.mark.parametrize("ahead", [0, 1, 30])
@pytest.mark.parametrize("secure", [False, True])
async def test_a_response_too_many_is_no_response_to_the_next_call(
    monkeypatch, tmp_path, ahead, secure
):
    """It comes on a connection that is kept, together with the last response or after it."""

    async def respond_twice(exchange: Exchange) -> None:
        response = raw_response(*success(exchange.request))
        if ahead == 0:
            # Each in a TLS record of its own, but before the client reads.
            exchange.writer.write(response)
            await exchange.send(response)
        else:
            await exchange.send(response * (1 + ahead))

    refuses = with_status(400, {"code": 1, "message": "no"}, applies=False)
    behaviors = iter([Behavior(respond_twice), refuses, WELL, WELL])
    twilio = FakeTwilio(lambda _: next(behaviors))
    tls = tls_of_a_trusted_server(monkeypatch, tmp_path) if secure else None
    async with (
        twilio.listening(tls) as port,
        connected(f"http{'s' if secure else ''}://localhost:{port}") as client,
    ):
        assert (await call(client, "update_sender", 1)).outcome == "changed"
        assert (await call(client, "update_sender", 1)).outcome in ("refused", "unknown")
        assert twilio.applied["POST", 1] == 1
        assert (await call(client, "update_sender", 2)).outcome == "changed"
        assert twilio.applied["POST", 2] == 1


async def test_a_response_too_many_to_a_read_is_read_again():
    """Twilio's second response says that the sender is another one than the one that is read."""

    async def respond_twice(exchange: Exchange) -> None:
        await exchange.send(raw_response(*success(exchange.request)) * 2)

    twilio = FakeTwilio(lambda request: Behavior(respond_twice) if request.number == 1 else WELL)
    async with twilio.listening() as port, connected(f"http://127.0.0.1:{port}") as client:
        assert (await call(client, "get_sender", 1)).outcome == "read"
        assert (await call(client, "get_sender", 2)).outcome == "read"


def tls_of_a_trusted_server(monkeypatch, tmp_path) -> ssl.SSLContext:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return tls_of_an_untrusted_server(authority)


def tls_of_an_untrusted_server(authority: trustme.CA | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (authority or trustme.CA()).issue_cert("localhost").configure_cert(context)
    return context


async def reports_of_every_tool(base_url: str) -> list[Report]:
    async with connected(base_url) as client:
        return [await call(client, tool, 1) for tool in WRITES + READS]


def nothing_was_sent(reports: list[Report], reason: str) -> None:
    assert [reported.outcome for reported in reports] == ["not sent"] * len(reports)
    assert {reported.facts["reason"] for reported in reports} == {reason}


async def test_a_trusted_server_is_called_over_tls(monkeypatch, tmp_path):
    twilio = FakeTwilio()
    async with (
        twilio.listening(tls_of_a_trusted_server(monkeypatch, tmp_path)) as port,
        connected(f"https://localhost:{port}") as client,
    ):
        for tool in WRITES + READS:
            assert (await call(client, tool, 1)).outcome == KNOWN[tool]


async def test_to_a_server_with_a_certificate_that_nobody_signed_nothing_is_sent():
    twilio = FakeTwilio()
    async with twilio.listening(tls_of_an_untrusted_server()) as port:
        nothing_was_sent(await reports_of_every_tool(f"https://localhost:{port}"), "tls")
    assert not twilio.requests


async def test_to_a_server_with_the_certificate_of_another_name_nothing_is_sent(
    monkeypatch, tmp_path
):
    twilio = FakeTwilio()
    async with twilio.listening(tls_of_a_trusted_server(monkeypatch, tmp_path)) as port:
        nothing_was_sent(await reports_of_every_tool(f"https://127.0.0.1:{port}"), "tls")
    assert not twilio.requests


async def test_to_a_server_without_tls_that_is_addressed_with_it_nothing_is_sent():
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.read(1 << 16))
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    received: list[bytes] = []
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        nothing_was_sent(await reports_of_every_tool(f"https://localhost:{port}"), "tls")
    assert received
    assert not any(b"HTTP" in part for part in received)


@pytest.mark.parametrize("stalls", [False, True])
async def test_a_handshake_that_breaks_off_or_stalls_sends_nothing_and_is_closed(stalls):
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if stalls:
            await reader.read()  # until the client closes its side
        writer.close()
        await writer.wait_closed()
        closed.set()

    closed = asyncio.Event()
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with connected(f"https://localhost:{port}", twilio_senders_timeout=TIMEOUT) as client:
            reported = await call(client, "update_sender", 1)
            assert reported.outcome == "not sent"
            with anyio.fail_after(BOUND):
                await closed.wait()


def closed_port() -> int:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return closed.getsockname()[1]


async def test_where_nobody_listens_nothing_is_sent():
    reports = await reports_of_every_tool(f"http://127.0.0.1:{closed_port()}")
    nothing_was_sent(reports, "refused")


async def test_to_a_name_that_does_not_resolve_nothing_is_sent(monkeypatch):
    def look_up(host: bytes, *others, **options):
        if host.endswith(b".invalid"):  # a real look-up would leave this machine
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *others, **options)

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    nothing_was_sent(await reports_of_every_tool("https://messaging.invalid"), "dns")


async def test_through_a_proxy_that_is_not_there_nothing_is_sent(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed_port()}")
    nothing_was_sent(await reports_of_every_tool("https://messaging.invalid"), "refused")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
        b"no HTTP\r\n\r\n",
    ],
)
async def test_through_a_proxy_that_makes_no_tunnel_nothing_is_sent(monkeypatch, answer):
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        writer.close()

    received: list[bytes] = []
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as proxy:
        port = proxy.sockets[0].getsockname()[1]
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        reports = await reports_of_every_tool("https://messaging.invalid")
    assert [reported.outcome for reported in reports] == ["not sent"] * len(reports)
    assert received
    assert all(part.startswith(b"CONNECT messaging.invalid:443 ") for part in received)
    assert not any(b"authorization: basic" in part.lower() for part in received)


RETRY_AFTER = [
    None,
    "",
    "0",
    "1",
    " 3 ",
    "20",
    "21",
    "-1",
    "1.5",
    "1e3",
    "999999999",
    "1" * 5000,
    "\u00b2",
    "soon",
    "nan",
    "inf",
    "Wed, 21 Oct 2015 07:28:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -9999",
    "Mon, 01 Jan 0001 00:00:00 +2359",
    "Mon, 01 Jan 0000 00:00:00 GMT",
    "Wed, 99 Foo 2015 99:99:99 GMT",
    "1, 2",
]


@pytest.mark.parametrize("tool", ["update_sender", "create_sender", "get_sender"])
async def test_after_429_nothing_is_carried_out_whatever_retry_after_says(tool):
    def rate_limited(value: str | None) -> Behavior:
        fields = [] if value is None else [f"Retry-After: {value}"]

        async def respond(exchange: Exchange) -> None:
            body = {"code": 20429, "message": "Too Many Requests"}
            await exchange.send(raw_response(429, body, *fields))

        return Behavior(respond, applies=False)

    await check_table(
        tool, [Row(f"{value}", rate_limited(value), "refused") for value in RETRY_AFTER]
    )


async def test_a_storm_of_429_ends_with_every_write_carried_out_once():
    storm = 60
    twilio = FakeTwilio()

    def behave(_: Request) -> Behavior:
        if len(twilio.requests) < storm:
            return with_status(429, {"code": 20429, "message": "slow down"}, applies=False)
        return WELL

    twilio.behave = behave
    reports: dict[int, Report] = {}
    with stamina.set_testing(True, attempts=100):
        async with (
            twilio.listening() as port,
            connected(f"http://127.0.0.1:{port}") as client,
        ):

            async def update(number: int) -> None:
                reports[number] = await call(client, "update_sender", number)

            async with anyio.create_task_group() as tasks:
                for number in range(50):
                    tasks.start_soon(update, number)
    assert {reported.outcome for reported in reports.values()} == {"changed"}
    assert twilio.applied == {("POST", number): 1 for number in range(50)}


CALLS = 200


def any_behavior(dice: random.Random) -> Behavior:
    """Most often Twilio behaves; otherwise it does anything that the tables list."""
    if dice.random() < 0.4:
        return WELL
    applies = dice.random() < 0.5
    error = {"code": 99999, "message": "made up"}
    if dice.random() < 0.5:
        status = dice.choice([301, 400, 401, 404, 409, 418, 429, 500, 502, 503, 504, 599])
        return with_status(status, error, applies=applies and status >= 500)
    acts = [reset, close, reset_within_header, reset_within_response]
    if dice.random() < 0.1:
        acts = [say_nothing, drip, never_end_the_header]
    act = dice.choice(acts)
    return Behavior(act, applies=applies, after_header=act is reset and dice.random() < 0.3)


@pytest.mark.parametrize("seed", range(2))
async def test_of_200_calls_at_once_none_is_lost_doubled_or_misreported(seed):
    dice = random.Random(seed)  # noqa: S311 - must be reproducible
    tools = [dice.choice(WRITES + READS) for _ in range(CALLS)]
    # By request, so that the faults of a seed do not depend on the order in which they arrive.
    behaviors = {
        (method, number): any_behavior(dice)
        for method in ("GET", "POST", "DELETE")
        for number in [None, *range(CALLS)]
    }
    twilio = FakeTwilio(lambda request: behaviors[request.method, request.number])
    reports: dict[int, Report] = {}
    async with (
        twilio.listening() as port,
        connected(f"http://127.0.0.1:{port}", twilio_senders_timeout=TIMEOUT) as client,
    ):

        async def one(number: int) -> None:
            tool = tools[number]
            result = await client.call_tool(tool, arguments(tool, number))
            reports[number] = report(tool, result)

        with anyio.fail_after(60):
            async with anyio.create_task_group() as tasks:
                for number in range(CALLS):
                    tasks.start_soon(one, number)
        await check_next_call(client, twilio, CALLS)
    assert set(reports) == set(range(CALLS))
    for number, reported in reports.items():
        check(twilio, tools[number], number, reported)
    written = {(METHODS[tool], number) for number, tool in enumerate(tools) if tool in WRITES}
    assert set(twilio.applied) <= written | {("POST", CALLS)}
    outcomes = {reported.outcome for reported in reports.values()}
    assert outcomes >= {"changed", "refused", "unknown", "read", "unanswered"}
