"""Every HTTP status that matters: what a caller is told, and whether it is true."""

import pytest
from faults.calls import KNOWN, NOT_KNOWN, READS, WRITES, Row, check_table
from faults.fake_twilio import Behavior, Exchange, raw, raw_response, success, with_status

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("tool", WRITES + READS)]

SUCCESS = [200, 201, 202, 204, 206, 299]
REFUSALS = [400, 401, 402, 403, 404, 405, 409, 410, 413, 415, 418, 422, 425, 429, 451, 499]
REDIRECTS = [300, 301, 302, 303, 304, 307, 308, 399]
ERRORS = [408, 500, 501, 502, 503, 504, 599, 600, 999]
ERROR = {"code": 99999, "message": "made up", "status": 500}


async def test_a_status_of_success_counts_only_with_what_the_operation_documents(tool):
    def expected(status: int) -> str:
        if tool == "delete_sender":
            return KNOWN[tool] if status == 204 else NOT_KNOWN[tool]
        # Without a body nothing says which sender was accepted.
        return NOT_KNOWN[tool] if status == 204 else KNOWN[tool]

    await check_table(
        tool, [Row(f"{status}", with_status(status), expected(status)) for status in SUCCESS]
    )


@pytest.mark.parametrize("applies", [True, False])
async def test_an_error_under_a_status_of_success_is_no_success(tool, applies):
    await check_table(
        tool,
        [
            Row(f"{status}", with_status(status, ERROR, applies=applies), NOT_KNOWN[tool])
            for status in SUCCESS
            if status != 204
        ],
    )


@pytest.mark.parametrize("body", [ERROR, None], ids=["error", "sender"])
async def test_a_refusal_or_a_redirect_is_reported_as_one_whatever_its_body(tool, body):
    await check_table(
        tool,
        [
            Row(f"{status}", with_status(status, body, applies=False), "refused")
            for status in REFUSALS + REDIRECTS
        ],
    )


@pytest.mark.parametrize("applies", [True, False])
async def test_after_a_server_error_a_write_may_have_been_carried_out(tool, applies):
    await check_table(
        tool,
        [
            Row(f"{status}", with_status(status, body, applies=applies), NOT_KNOWN[tool])
            for status in ERRORS
            for body in (ERROR, None)
        ],
    )


INTERIM = [
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 102 Processing\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 3,
    b"HTTP/1.1 199 Odd\r\n\r\n",
]


async def test_an_interim_response_is_not_the_response(tool):
    def after(interim: bytes) -> Behavior:
        async def respond(exchange: Exchange) -> None:
            await exchange.send(interim + raw_response(*success(exchange.request)))

        return Behavior(respond)

    await check_table(tool, [Row(ascii(part), after(part), KNOWN[tool]) for part in INTERIM])


NO_HTTP = [
    b"",
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    b"HTTP/1.1 000 Odd\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 99 Odd\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 2020 Odd\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 \xb2\xb0\xb2 Odd\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/9.9 202 Odd\r\nContent-Length: 0\r\n\r\n",
    b"SSH-2.0-OpenSSH\r\n",
    b"\x00" * 64,
    b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    b"HTTP/1.1 202 Accepted\r\nContent-Length: -1\r\n\r\n{}",
    b"HTTP/1.1 202 Accepted\r\nContent-Length: many\r\n\r\n{}",
    b"HTTP/1.1 202 Accepted\r\nNo colon\r\n\r\n",
    b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: odd\r\n\r\n{}",
    b"HTTP/1.1 202 Accepted\r\n" + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
    b"HTTP/1.1 202 Accepted\r\n" + b"X: y\r\n" * 40_000 + b"\r\n",
]


@pytest.mark.parametrize("applies", [True, False])
async def test_a_response_that_is_no_http_says_nothing(tool, applies):
    await check_table(
        tool,
        [Row(ascii(part[:50]), raw(part, applies=applies), NOT_KNOWN[tool]) for part in NO_HTTP],
    )
