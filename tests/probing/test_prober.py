"""Looking at addresses over real sockets: certificates, redirects, pictures, hostile servers."""

import ssl
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
import trustme
from web_servers import HOST, Web, client_context, hang, response, server_context, web

from twilio_senders_mcp.probing.errors import ProbeFailed
from twilio_senders_mcp.probing.prober import PICTURE_MAX, Prober, system_addresses

pytestmark = pytest.mark.anyio

MiB = 1 << 20


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(
        ">IIBBBBB", width, height, 8, 2, 0, 0, 0
    )


def resolver(*addresses: str, seen: list[str] | None = None):
    """The answer to the first look-up is the first address, and so on."""
    answers = list(addresses)

    async def resolve(host: str, _: int) -> list[str]:
        if seen is not None:
            seen.append(host)
        return [answers.pop(0) if len(answers) > 1 else answers[0]]

    return resolve


def prober(**options: Any) -> Prober:
    given = {"resolve": resolver("127.0.0.1"), "seconds": 5.0, "allow_loopback": True, **options}
    return Prober(**given)


async def reason(looking: Any) -> tuple[str, bool]:
    with pytest.raises(ProbeFailed) as caught:
        await looking
    return caught.value.reason, caught.value.redirected


def url(served: Web, path: str = "/", scheme: str = "http") -> str:
    return f"{scheme}://{HOST}:{served.port}{path}"


async def test_a_head_is_enough_if_the_server_answers_it():
    async with web({"/in": response(200)}) as served:
        answer = await prober().look(url(served, "/in"))
    assert (answer.status, answer.redirects, answer.encrypted) == (200, 0, False)
    assert served.lines == ["HEAD /in"]


async def test_a_get_follows_a_head_that_is_refused_and_nothing_is_ever_posted():
    async with web({"HEAD /in": response(405), "GET /in": response(200, b"x")}) as served:
        assert (await prober().look(url(served, "/in"))).status == 200
    assert served.lines == ["HEAD /in", "GET /in"]


async def test_no_credentials_and_no_cookies_are_sent():
    answers = {
        "/in": response(302, location="/next", set_cookie="a=b"),
        "/next": response(200, set_cookie="a=b"),
    }
    async with web(answers) as served:
        looking = prober()
        await looking.look(url(served, "/in"))
        await looking.look(url(served, "/in"))
    for request in served.requests:
        assert "cookie" not in request.lower()
        assert "authorization" not in request.lower()
        assert f"host: {HOST}:{served.port}" in request.lower()
        assert "accept-encoding: identity" in request.lower()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A throw-away certificate authority."""
    return trustme.CA()


async def look_with(authority: trustme.CA, certificate: ssl.SSLContext, host: str = HOST) -> Any:
    """The answer, or the reason why there is none."""
    async with web({"/": response(200)}, certificate) as served:
        looking = prober(trust=client_context(authority))
        try:
            return await looking.look(f"https://{host}:{served.port}/")
        except ProbeFailed as error:
            return error.reason


async def test_a_trusted_certificate_is_accepted_and_its_end_is_known(authority):
    end = datetime.now(UTC) + timedelta(days=5)
    leaf = authority.issue_cert(HOST, not_after=end)
    answer = await look_with(authority, server_context(leaf))
    assert answer.encrypted is True
    assert abs(answer.certificate_end - end) < timedelta(minutes=1)


async def test_an_expired_certificate_is_recognized(authority):
    yesterday = datetime.now(UTC) - timedelta(days=1)
    leaf = authority.issue_cert(HOST, not_after=yesterday, not_before=yesterday - timedelta(days=9))
    assert await look_with(authority, server_context(leaf)) == "certificate_expired"


async def test_a_certificate_for_another_host_is_recognized(authority):
    certificate = server_context(authority.issue_cert("other.owl-bakery.com"))
    assert await look_with(authority, certificate) == "certificate_host"


async def test_a_certificate_for_another_address_is_recognized(authority):
    certificate = server_context(authority.issue_cert(HOST))
    assert await look_with(authority, certificate, "127.0.0.1") == "certificate_host"


async def test_a_certificate_of_an_unknown_authority_is_recognized(authority):
    foreign = trustme.CA().issue_cert(HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with foreign.private_key_and_cert_chain_pem.tempfile() as file:
        context.load_cert_chain(file)
    found = await look_with(authority, context)
    assert found in ("certificate_untrusted", "certificate_self_signed")


async def test_a_self_signed_certificate_is_recognized(authority, tmp_path: Path):
    own = trustme.CA()
    file = tmp_path / "own.pem"
    file.write_bytes(own.private_key_pem.bytes() + own.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    assert await look_with(authority, context) == "certificate_self_signed"


async def test_a_server_without_tls_is_no_https_server(authority):
    async with web({"/": response(200)}) as served:
        looking = prober(trust=client_context(authority)).look(url(served, scheme="https"))
        assert await reason(looking) == ("tls", False)


async def test_a_server_that_speaks_something_else_is_recognized():
    async def greet(stream):
        await stream.send(b"220 mail.example ESMTP\r\n")

    async with web({"/": greet}) as served:
        assert await reason(prober().look(url(served))) == ("protocol", False)


async def test_a_server_that_hangs_up_is_recognized():
    async with web({"/": b""}) as served:
        found = await reason(prober().look(url(served)))
    assert found in (("protocol", False), ("network", False))


async def test_a_closed_port_refuses():
    async with web({}) as served:
        address = url(served)
    assert await reason(prober().look(address)) == ("refused", False)


async def test_a_host_that_never_answers_is_given_up():
    async with web({"/": hang}) as served:
        assert await reason(prober(seconds=0.2).look(url(served))) == ("timeout", False)


async def test_a_server_that_drips_its_answer_is_given_up():
    async def drip(stream):
        await stream.send(b"HTTP/1.1 200 OK\r\n")
        for _ in range(10_000):
            await stream.send(b"x: y\r\n")
            await anyio.sleep(0.02)

    async with web({"/": drip}) as served:
        assert await reason(prober(seconds=0.3).look(url(served))) == ("timeout", False)


async def test_headers_without_end_are_not_read_to_the_end():
    async def flood(stream):
        await stream.send(b"HTTP/1.1 200 OK\r\nx: ")
        for _ in range(200):
            await stream.send(b"x" * 65536)

    async with web({"/": flood}) as served:
        assert await reason(prober().look(url(served))) == ("protocol", False)


async def test_at_most_three_redirects_are_followed():
    def answers(count: int) -> Any:
        steps = {f"/{n}": response(302, location=f"/{n + 1}") for n in range(count)}
        return {**steps, f"/{count}": response(200)}

    async with web(answers(3)) as served:
        assert (await prober().look(url(served, "/0"))).redirects == 3
    async with web(answers(4)) as served:
        assert await reason(prober().look(url(served, "/0"))) == ("redirects", True)


@pytest.mark.parametrize(
    ("location", "problem"),
    [
        ("http://10.0.0.1/", "private_address"),
        ("http://169.254.169.254/latest/meta-data/", "private_address"),
        ("http://[::ffff:10.0.0.1]/", "private_address"),
        ("http://2130706433/", "odd_host"),
        ("http://intranet/", "local_name"),
        ("file:///etc/passwd", "not_absolute"),
        ("http://user@shop.com/", "user_info"),
        ("http://[x/", "odd_host"),
        ("http://shop.com:25/", "port"),
    ],
)
async def test_a_redirect_is_checked_like_the_address_itself(location, problem):
    async with web({"/": response(307, location=location)}) as served:
        assert await reason(prober().look(url(served))) == (problem, True)
    assert len(served.requests) == 1


async def test_a_redirect_to_a_name_with_a_private_address_is_refused():
    async with web({"/": response(302, location="http://inner.owl-bakery.com/")}) as served:
        looking = prober(resolve=resolver("127.0.0.1", "10.0.0.1")).look(url(served))
        assert await reason(looking) == ("private_address", True)


async def test_a_redirect_without_a_location_is_an_answer():
    async with web({"/": response(302)}) as served:
        assert (await prober().look(url(served))).status == 302


async def test_a_name_is_resolved_once_and_the_connection_goes_to_that_address():
    seen: list[str] = []
    resolve = resolver("127.0.0.1", "10.0.0.1", seen=seen)
    async with web({"HEAD /": response(405), "GET /": response(200)}) as served:
        assert (await prober(resolve=resolve).look(url(served))).status == 200
    assert seen == [HOST]
    assert served.lines == ["HEAD /", "GET /"]


async def test_a_name_that_now_resolves_to_a_private_address_is_refused_at_the_next_look():
    looking = prober(resolve=resolver("127.0.0.1", "192.168.0.1"))
    async with web({"/": response(200)}) as served:
        assert (await looking.look(url(served))).status == 200
        assert await reason(looking.look(url(served))) == ("private_address", False)
    assert len(served.requests) == 1


@pytest.mark.parametrize(
    "addresses", [["10.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:10.0.0.1"], ["127.0.0.1"]]
)
async def test_a_name_with_any_private_address_is_refused(addresses):
    async def resolve(_: str, __: int) -> list[str]:
        return addresses

    looking = prober(resolve=resolve, allow_loopback=False)
    assert await reason(looking.look(f"http://{HOST}/")) == ("private_address", False)


async def test_the_next_address_of_a_host_is_tried():
    async def resolve(_: str, __: int) -> list[str]:
        return ["::1", "127.0.0.9", "127.0.0.1"]

    async with web({"/": response(200)}) as served:
        assert (await prober(resolve=resolve).look(url(served))).status == 200


@pytest.mark.parametrize("answer", [[], ["nonsense"], OSError("no such host")])
async def test_a_name_that_does_not_resolve_is_told(answer):
    async def resolve(_: str, __: int) -> list[str]:
        if isinstance(answer, OSError):
            raise answer
        return answer

    assert await reason(prober(resolve=resolve).look(f"http://{HOST}/")) == ("dns", False)


async def test_the_machines_own_resolver_is_used_by_default():
    assert "127.0.0.1" in await system_addresses("localhost", 80)
    async with web({"/": response(200)}) as served:
        looking = Prober(allow_loopback=True)
        assert (await looking.look(f"http://localhost:{served.port}/")).status == 200
        assert (await looking.look(f"http://127.0.0.1:{served.port}/")).status == 200


async def test_this_machine_is_not_looked_at_outside_the_sandbox():
    async with web({"/": response(200)}) as served:
        for host, problem in (("localhost", "local_name"), ("127.0.0.1", "private_address")):
            looking = Prober().look(f"http://{host}:{served.port}/")
            assert await reason(looking) == (problem, False)
    assert served.requests == []


async def picture(body: Any, path: str = "/logo") -> Any:
    async with web({path: body}) as served:
        return (await prober().look_at_picture(url(served, path))).picture


async def test_a_picture_is_known_by_its_header():
    body = png(640, 640) + b"x" * 1000
    found = await picture(response(200, body, content_type="image/png; charset=x"))
    assert (found.kind, found.declared) == ("png", "image/png")
    assert (found.width, found.height, found.size) == (640, 640, len(body))


async def test_a_picture_that_lies_about_its_type_is_found_out():
    found = await picture(response(200, b"GIF89a" + b"\x10\x00\x20\x00", content_type="image/png"))
    assert (found.kind, found.declared, found.width, found.height) == ("gif", "image/png", 16, 32)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html>", ""),
        (b"", ""),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", ""),
        (b"\xff\xd8\xff", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
        (b"\xff\xd8\xff\xe0\x00\x00" * 100, "jpeg"),
    ],
)
async def test_what_is_no_picture_or_a_broken_one_is_told_without_pixels(body, kind):
    found = await picture(response(200, body, content_type="image/png"))
    assert (found.kind, found.width, found.height) == (kind, 0, 0)


async def test_a_body_of_a_gigabyte_is_not_read():
    sent = 0

    async def gigabyte(stream):
        nonlocal sent
        await stream.send(b"HTTP/1.1 200 X\r\ncontent-length: 1073741824\r\n\r\n" + png(640, 640))
        for _ in range(1024):
            await stream.send(b"x" * MiB)
            sent += MiB

    found = await picture(gigabyte)
    assert (found.width, found.size) == (640, 1 << 30)
    assert sent < 32 * MiB


async def test_a_body_without_a_length_is_counted_up_to_a_limit():
    async def endless(stream):
        await stream.send(b"HTTP/1.1 200 X\r\n\r\n" + png(640, 640))
        for _ in range(1024):
            await stream.send(b"x" * MiB)

    async def short(stream):
        await stream.send(b"HTTP/1.1 200 X\r\n\r\n" + png(640, 640))

    assert (await picture(endless)).size is None
    assert (await picture(short)).size == len(png(640, 640))
    assert 6 * MiB == PICTURE_MAX


async def test_a_compressed_body_is_not_decompressed():
    bomb = b"\x1f\x8b\x08" + b"x" * 100
    found = await picture(response(200, bomb, content_encoding="gzip", content_type="image/png"))
    assert (found.kind, found.size) == ("", len(bomb))


async def test_a_picture_that_breaks_off_is_no_answer():
    async with web({"/": response(200, png(1, 1), content_length="5000")}) as served:
        assert await reason(prober().look_at_picture(url(served))) == ("protocol", False)
