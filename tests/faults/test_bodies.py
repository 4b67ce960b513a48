"""Bodies of every kind under a status of success: what a caller is told, and whether it is true."""

import gzip
import json
import tracemalloc
import zlib

import pytest
from faults.calls import KNOWN, NOT_KNOWN, READS, WRITES, Row, check_table
from faults.fake_twilio import Behavior, Exchange, raw_response, sender_id, sid, success

from twilio_senders_mcp.twilio.transport import CONTENT_MAX

pytestmark = pytest.mark.anyio

# A deletion has no body.
TOOLS = [tool for tool in WRITES + READS if tool != "delete_sender"]
UTF_8_LETTER = "\u00fc".encode()


def with_body(change, *fields: str, length: int | None = None, applies: bool = True) -> Behavior:
    """Respond with the body of a success, in bytes, after ``change``.

    With ``length`` that many bytes are promised, and the connection is closed after the body.
    """

    async def respond(exchange: Exchange) -> None:
        status, body = success(exchange.request)
        response = raw_response(status, change(json.dumps(body).encode()), *fields)
        if length is not None:
            head, _, content = response.partition(b"\r\n\r\n")
            head = head.rpartition(b"Content-Length")[0] + b"Content-Length: %d" % length
            response = head + b"\r\n\r\n" + content
        await exchange.send(response)
        if length is not None:
            exchange.writer.close()

    return Behavior(respond, applies=applies)


def instead(content: bytes):
    return lambda _: content


def with_letter(body: bytes, letter: bytes) -> bytes:
    """Put a letter into a text of the body."""
    return body.replace(b'": "ONLINE"', b'": "ONLINE' + letter + b'"') + b" "


def bomb(mebibytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(bytes(1 << 20)) for _ in range(mebibytes)]
    return b"".join(parts) + packer.flush()


UNREADABLE = {
    "empty": instead(b""),
    "blank": instead(b" \r\n"),
    "HTML": instead(b"<html><h1>OK</h1></html>"),
    "half": lambda body: body[: len(body) // 2],
    "two": lambda body: body + body,
    "list": lambda body: b"[" + body + b"]",
    "number": instead(b"202"),
    "text": lambda body: json.dumps(body.decode()).encode(),
    "null": instead(b"null"),
    "true": instead(b"true"),
    "empty object": instead(b"{}"),
    "not a number": instead(b'{"sid":NaN}'),
    "UTF-16": lambda body: body.decode().encode("utf-16"),
    "UTF-8 with a byte order mark": lambda body: b"\xef\xbb\xbf" + body,
    "deeply nested": lambda body: b'{"a":' * 100_000 + body,
    "too large": lambda body: body[:-1] + b" " * CONTENT_MAX + b"}",
}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("applies", [True, False])
async def test_a_body_that_is_not_the_documented_object_says_nothing(tool, applies):
    rows = [
        Row(name, with_body(change, applies=applies), NOT_KNOWN[tool])
        for name, change in UNREADABLE.items()
    ]
    encoded = {
        "no gzip": instead(b"plain"),
        "half of the gzip": lambda body: gzip.compress(body)[:-10],
        "broken gzip": lambda body: gzip.compress(body)[:-8] + bytes(8),
    }
    rows += [
        Row(name, with_body(change, "Content-Encoding: gzip", applies=applies), NOT_KNOWN[tool])
        for name, change in encoded.items()
    ]
    rows.append(
        Row(
            "cut off",
            with_body(lambda body: body, length=100_000, applies=applies),
            NOT_KNOWN[tool],
        )
    )
    await check_table(tool, rows)


@pytest.mark.parametrize("tool", ["update_sender", "get_sender"])
async def test_a_letter_that_is_no_utf_8_says_nothing_and_one_that_is_counts(tool):
    await check_table(
        tool,
        [
            Row("latin-1", with_body(lambda body: with_letter(body, b"\xfc")), NOT_KNOWN[tool]),
            Row(
                "cut", with_body(lambda body: with_letter(body, UTF_8_LETTER[:1])), NOT_KNOWN[tool]
            ),
            Row(
                "surrogate", with_body(lambda body: with_letter(body, b"\\ud83d")), NOT_KNOWN[tool]
            ),
            Row("UTF-8", with_body(lambda body: with_letter(body, UTF_8_LETTER)), KNOWN[tool]),
        ],
    )


@pytest.mark.parametrize("tool", ["update_sender", "create_sender", "get_sender"])
@pytest.mark.parametrize("applies", [True, False])
async def test_a_body_about_another_sender_says_nothing_about_this_one(tool, applies):
    def change(**entries):
        return lambda body: json.dumps(json.loads(body) | entries).encode()

    def without(name):
        return lambda body: json.dumps(
            {key: value for key, value in json.loads(body).items() if key != name}
        ).encode()

    other = {
        "another SID and sender_id": change(sid=sid(999), sender_id=sender_id(999)),
        "a list for a SID": change(sid=[sid(0)], sender_id=[sender_id(0)]),
        "a number for a SID": change(sid=5, sender_id=5),
        "null for a SID": change(sid=None, sender_id=None),
    }
    if tool != "get_sender":
        other["no SID"] = without("sid")
    await check_table(
        tool,
        [
            Row(name, with_body(body, applies=applies), NOT_KNOWN[tool])
            for name, body in other.items()
        ],
    )


async def test_of_a_repeated_key_the_last_one_counts():
    def repeated(first: int | None, last: int | None):
        def change(body: bytes) -> bytes:
            own = json.loads(body)["sid"]
            pairs = [sid(999) if number else own for number in (first, last)]
            return '{{"sid":"{}","sid":"{}"}}'.format(*pairs).encode()

        return with_body(change)

    await check_table(
        "update_sender",
        [
            Row("first another", repeated(999, None), "changed"),
            Row("last another", repeated(None, 999), "unknown"),
        ],
    )


@pytest.mark.parametrize("tool", ["update_sender", "get_sender"])
async def test_a_body_with_fields_of_odd_types_is_passed_on(tool):
    odd = [None, 5, [None], {"name": {}}]
    fields = ["status", "configuration", "webhook", "profile", "properties", "offline_reasons"]
    fields += ["friendly_name", "compliance", "display_name_status", "pending_display_name"]

    def change(name, value):
        return lambda body: json.dumps(json.loads(body) | {name: value}).encode()

    await check_table(
        tool,
        [
            Row(f"{name}: {value!r}", with_body(change(name, value)), KNOWN[tool])
            for name in fields
            for value in odd
        ],
    )


async def test_a_page_of_senders_with_odd_types_is_passed_on_or_refused():
    senders = [
        None,
        5,
        "x",
        {},
        [None],
        [5, "x", [], {}],
        [{"sid": 5, "profile": [], "status": {}}],
    ]
    metas = [None, 5, "x", [], {"next_page_url": 5}, {"next_page_url": "//[::1"}]
    rows = [
        Row(
            f"{entries!r} {meta!r}",
            with_body(instead(json.dumps({"senders": entries, "meta": meta}).encode())),
            "read" if isinstance(entries, list) else "unanswered",
        )
        for entries in senders
        for meta in metas
    ]
    await check_table("list_senders", rows)


async def test_a_small_body_that_decodes_to_a_huge_one_takes_no_memory():
    tool = "update_sender"
    single, double = bomb(40), gzip.compress(bomb(100))
    tracemalloc.start()
    try:
        await check_table(
            tool,
            [
                Row("gzip", with_body(instead(single), "Content-Encoding: gzip"), NOT_KNOWN[tool]),
                Row(
                    "gzip twice",
                    with_body(instead(double), "Content-Encoding: gzip, gzip"),
                    NOT_KNOWN[tool],
                ),
            ],
        )
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * CONTENT_MAX
