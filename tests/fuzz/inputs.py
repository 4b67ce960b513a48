"""What a client may send, as strategies: from what is right to what makes no sense."""

import json
from typing import Any, cast

from fuzz.secrets_planted import CODE
from hypothesis import strategies as st

from twilio_senders_mcp.protocol.schemas import input_schema
from twilio_senders_mcp.tools.catalog import TOOL_NAMES, available_tools
from twilio_senders_mcp.twilio.schema import Schema

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}
Strategy = st.SearchStrategy[Any]

texts = st.text(st.characters(codec="utf-8"), max_size=30)
words = st.sampled_from(
    ["", " ", "whatsapp", "rcs", "ONLINE", "63100", "topics/statuses", "\u202e", "\x00", "x" * 3000]
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1000, 1000),
    st.sampled_from([1e308, -0.5, 2**70, -(2**70)]),
    texts,
    words,
)
junk = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts | words, inner, max_size=4),
    max_leaves=8,
)
sids = st.sampled_from(["XE" + digit * 32 for digit in "0123456789abcdef"])
sender_ids = st.sampled_from(["whatsapp:+15550100002", "rcs:agent", "whatsapp:+1"])
patterns = {"XE": sids, "whatsapp": sender_ids}


def values(schema: Schema) -> Strategy:
    """Values of a field: mostly those that its schema allows."""
    right = allowed(schema)
    return st.integers(0, 7).flatmap(lambda dice: right if dice else junk)


def allowed(schema: Schema) -> Strategy:  # noqa: PLR0911 - one line for each kind
    if "anyOf" in schema:
        return st.one_of([allowed(form) for form in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    match schema.get("type"):
        case "object":
            properties = cast("dict[str, Schema]", schema.get("properties", {}))
            fields = {name: values(field) for name, field in properties.items()}
            required = schema.get("required", [])
            right = st.fixed_dictionaries(
                {name: fields[name] for name in required},
                optional={name: field for name, field in fields.items() if name not in required},
            )
            return right | right.map(json.dumps)
        case "array":
            return st.lists(values(schema["items"]), max_size=3)
        case "integer":
            return st.integers(schema.get("minimum", -5), 3)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case _:
            pattern = schema.get("pattern", "")
            return next((known for part, known in patterns.items() if part in pattern), texts)


def arguments(name: str) -> Strategy:
    """Arguments of a tool, sometimes with a key too many, or of another type altogether."""
    tools = available_tools(read_only=False, only=(), several_accounts=False)
    [tool] = [tool for tool in tools if tool.name == name]
    given = values(input_schema(tool.arguments))
    if name == "wait_for_sender":
        # A wait is real time.
        given = given.map(lambda value: {**_entries(value), "timeout_seconds": 1})
    more = st.tuples(given, texts, junk).map(
        lambda drawn: {**_entries(drawn[0]), drawn[1]: drawn[2]}
    )
    return st.integers(0, 7).flatmap(lambda dice: given if dice else more)


def _entries(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _places_of_the_code() -> list[Any]:
    sid = "XE" + "1" * 32
    right = {"configuration": {"verification_code": CODE}}
    return [
        {"sid": sid, **right},
        {"sid": sid, **right, "friendly_name": "x"},
        {"sid": sid, "configuration": {"verification_code": f"{CODE[:5]}-{CODE[5:]}"}},
        {"sid": sid, "configuration": json.dumps(right["configuration"])},
        {"sid": sid, "configuration": {"verification_code": [CODE]}},
        {"sid": sid, "configuration": {"verification_code": {CODE: CODE}}},
        {"sid": sid, "configuration": {"verification_code": int(CODE)}},
        {"sid": sid, "configuration": {"verification_cod": CODE}},
        {"sid": sid, "configuration": CODE},
        {"sid": sid, "verification_code": CODE},
        {"sid": sid, "profile": {"verification_code": CODE}},
        {"sid": sid, CODE: CODE},
        {"sid": CODE, **right},
        {"sid": sid, "profile": {"emails": [{"email": CODE, "x": CODE}]}},
        {"sid": sid, "clear": [CODE]},
        {"sender_id": "whatsapp:+15550100009", "profile": {"name": "x"}, **right},
        {"sender_id": CODE, **right},
        json.dumps(right),
        [right],
    ]


calls_with_a_code = st.tuples(
    st.sampled_from(["update_sender", "create_sender", "delete_sender", "get_sender"]),
    st.sampled_from(_places_of_the_code()),
)
calls_that_ask = st.one_of(
    st.builds(
        lambda sid, name: ("update_sender", {"sid": sid, "profile": {"name": name}}), sids, texts
    ),
    st.builds(
        lambda sid: ("delete_sender", {"sid": sid, "sender_id": "whatsapp:+15550100002"}), sids
    ),
)
calls = st.sampled_from(TOOL_NAMES).flatmap(lambda name: st.tuples(st.just(name), arguments(name)))

METHODS = [
    "initialize",
    "ping",
    "server/discover",
    "tools/list",
    "tools/call",
    "prompts/list",
    "prompts/get",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "resources/subscribe",
    "completion/complete",
    "logging/setLevel",
    "tasks/list",
    "subscriptions/listen",
    "notifications/initialized",
    "notifications/progress",
    "roots/list",
    "sampling/createMessage",
]
some_params = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from([*TOOL_NAMES, "connect_number", "x"]) | junk,
        "arguments": junk,
        "uri": st.sampled_from(
            [
                "twilio-docs://topics/statuses",
                "twilio-sender://XE" + "1" * 32,
                "twilio-sender://%00",
            ]
        )
        | junk,
        "ref": st.sampled_from(
            [
                {"type": "ref/prompt", "name": "connect_number"},
                {"type": "ref/resource", "uri": "twilio-sender://{sid}"},
            ]
        )
        | junk,
        "argument": st.fixed_dictionaries(
            {"name": st.sampled_from(["sid", "page", "vertical", "error_code"]), "value": texts}
        )
        | junk,
        "cursor": junk,
        "level": junk,
        "inputResponses": junk,
        "requestState": junk,
        "protocolVersion": st.sampled_from(["2025-11-25", "2024-11-05", "2026-07-28"]) | junk,
    },
)


@st.composite
def requests(draw: st.DrawFn, *, modern: bool) -> dict[str, Any]:
    """A request without its id, which the test gives it: well formed, whatever its params say."""
    if draw(st.integers(0, 9)) < 7:
        name, given = draw(calls | calls_with_a_code | calls_that_ask)
        method, params = "tools/call", {"name": name, "arguments": given}
    else:
        method = draw(st.sampled_from(METHODS) | texts)
        params = draw(some_params)
    if modern:
        params = {**params, "_meta": META}
    if draw(st.integers(0, 9)) == 0:
        params = {**params, "_meta": draw(junk | st.just({**META, "progressToken": "x"}))}
    return {"jsonrpc": "2.0", "method": method, "params": params}


@st.composite
def damaged(draw: st.DrawFn, messages: Strategy) -> bytes:
    """The bytes of a message after a few of them were replaced, on one line."""
    content = bytearray(json.dumps({**draw(messages), "id": 5}).encode())
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(content)))
        end = begin + draw(st.sampled_from([0, 0, 1, 5, 50]))
        content[begin:end] = draw(
            st.binary(max_size=4)
            | st.sampled_from([b'"', b"}", b"{", b"[", b"null", b'"id":7,', b"\\ud800", b"\xff"])
        )
    return bytes(content).replace(b"\n", b" ")


scraps = st.one_of(
    st.binary(max_size=60).map(lambda content: content.replace(b"\n", b" ")),
    junk.map(lambda value: json.dumps(value).encode()),
    st.sampled_from(
        [
            b"[" * 100_000,
            b'{"a":' * 10_000,
            b"",
            b" \t\r",
            b'{"jsonrpc":"2.0"}',
            b'{"jsonrpc":"2.0","result":{}}',
            b'{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}',
            b'{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}',
            b'{"jsonrpc":"2.0","id":99999,"result":{}}',
            b'{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x"}}',
            b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"none"}}',
            CODE.encode(),
            b'"' + CODE.encode() + b'"',
        ]
    ),
)


def raw(*, modern: bool) -> Strategy:
    """A line, or a body, that is no well-formed request."""
    return scraps | damaged(requests(modern=modern))
