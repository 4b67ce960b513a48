"""JSON with comments, edited where it stands: whatever its form, only the entry changes."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twilio_senders_mcp.clients.edits import cut, insert
from twilio_senders_mcp.clients.errors import UnreadableTextError
from twilio_senders_mcp.clients.json_text import Item, JsonText

BLANKS = ["", " ", "\n", "\n  ", "\r\n\t", " // note {\n", "/* note , */", " /* a\n b */ \n"]
LEAVES = st.sampled_from(["a", 'q"//', "/* x */", "{,]", 1, 2.5, True, None])
NAMES = st.sampled_from(["a", "b // c", 'd"', "e,"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
ENTRY = {"command": "/x", "args": ["--sandbox"]}
many = settings(
    max_examples=150,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@st.composite
def written(draw, value) -> str:
    """A value as JSON with blanks, comments and trailing commas at random."""
    blank = lambda: draw(st.sampled_from(BLANKS))  # noqa: E731 - it draws anew each time

    def write(value) -> str:
        if not isinstance(value, dict | list):
            return json.dumps(value)
        keyed = isinstance(value, dict)
        items = [
            f"{blank()}{json.dumps(key)}{blank()}:{blank()}{write(value[key])}{blank()}"
            if keyed
            else f"{blank()}{write(key)}{blank()}"
            for key in value
        ]
        comma = "," if items and draw(st.booleans()) else ""
        opening, closing = "{}" if keyed else "[]"
        return f"{opening}{','.join(items)}{comma}{blank()}{closing}"

    return f"{blank()}{write(value)}{blank()}"


@st.composite
def documents(draw) -> tuple[str, dict]:
    root = draw(st.dictionaries(NAMES, VALUES, max_size=2))
    root["servers"] = draw(st.dictionaries(NAMES, VALUES, max_size=3))
    return draw(written(root)), root


def found(item: Item | None) -> Item:
    assert item
    return item


def plain(value):
    """The value with numbers as the texts that they are read as."""
    return json.loads(json.dumps(value), parse_int=str, parse_float=str)


@many
@given(documents())
def test_an_entry_is_added_and_the_rest_stays(document):
    text, value = document
    before = JsonText(text)
    servers = before.container("servers", "{")
    new, spans = insert(text, before.insertions(found(servers).value, "ours", ENTRY))
    value["servers"]["ours"] = ENTRY
    after = JsonText(new)
    assert after.value == plain(value)
    assert list(after.value["servers"])[-1] == "ours"
    assert cut(new, spans) == text


@many
@given(documents(), st.data())
def test_any_member_is_taken_out_and_the_rest_stays(document, data):
    text, value = document
    key = data.draw(st.sampled_from([*value["servers"], None]))
    before = JsonText(text)
    container, name = before.root, "servers"
    parent = value
    if key is not None:
        container, name, parent = (
            found(before.container("servers", "{")).value,
            key,
            value["servers"],
        )
    remaining = before.without(container, found(before.member(container, name)))
    del parent[name]
    assert JsonText(remaining).value == plain(value)
    # Only characters that are no part of anything else are gone.
    assert _is_within(remaining, text)


def _is_within(shorter: str, longer: str) -> bool:
    rest = iter(longer)
    return all(char in rest for char in shorter)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"s": {}}', '{"s": {"o": 1}}'),
        ('{"s": {"a": 1}}', '{"s": {"a": 1, "o": 1}}'),
        ('{"s": {"a": 1,}}', '{"s": {"a": 1, "o": 1,}}'),
        ('{\n    "s": {}\n}', '{\n    "s": {\n        "o": 1\n    }\n}'),
        ('{\n\t"s": {\n\t\t"a": 1\n\t}\n}', '{\n\t"s": {\n\t\t"a": 1,\n\t\t"o": 1\n\t}\n}'),
        ('{\r\n  "s": {}\r\n}', '{\r\n  "s": {\r\n    "o": 1\r\n  }\r\n}'),
        (
            '{\n  "s": {\n    "a": 1 // one\n    // end\n  }\n}',
            '{\n  "s": {\n    "a": 1, // one\n    "o": 1\n    // end\n  }\n}',
        ),
        (
            '{\n  "s": {\n    "a": 1, // one\n  }\n}',
            '{\n  "s": {\n    "a": 1, // one\n    "o": 1,\n  }\n}',
        ),
        (
            '{\n  "s": { // none\n  }\n}',
            '{\n  "s": { // none\n    "o": 1\n  }\n}',
        ),
        (
            '{"s": {"a":\n1/* one */}/* of s */\n}',
            '{"s": {"a":\n1,\n  "o": 1/* one */}/* of s */\n}',
        ),
        ('{\n  "s": {"a": 1,\n "b": 2}\n}', '{\n  "s": {"a": 1,\n "b": 2,\n "o": 1}\n}'),
        (
            '{\n  "s": {"a": {\n  }}\n}',
            '{\n  "s": {"a": {\n  },\n    "o": 1}\n}',
        ),
    ],
)
def test_what_is_added_looks_like_the_rest(text, expected):
    json_text = JsonText(text)
    servers = found(json_text.container("s", "{"))
    assert insert(text, json_text.insertions(servers.value, "o", 1))[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"s": {"o": 1}}', '{"s": {}}'),
        ('{"s": {"a": 1, "o": 1}}', '{"s": {"a": 1}}'),
        ('{"s": {"o": 1, "a": 1}}', '{"s": {"a": 1}}'),
        ('{"s": {"a": 1, "o": 1, "b": 1}}', '{"s": {"a": 1, "b": 1}}'),
        ('{"s": {\n  "o": 1\n}}', '{"s": {}}'),
        ('{"s": {\n  // mine\n  "o": 1\n}}', '{"s": {\n  // mine\n}}'),
        ('{"s": {\n  "a": 1, // one\n  "o": 1\n}}', '{"s": {\n  "a": 1 // one\n}}'),
        ('{"s": {\n  "a": 1,\n  "o": 1, // ours\n}}', '{"s": {\n  "a": 1,\n // ours\n}}'),
        ('{"s": {\r\n  "a": 1,\r\n  "o": 1,\r\n}}', '{"s": {\r\n  "a": 1,\r\n}}'),
        ('{"s": {\n  "o": 1,\n\n  "a": 1\n}}', '{"s": {\n\n  "a": 1\n}}'),
    ],
)
def test_what_is_taken_out_takes_its_line_and_its_comma_along(text, expected):
    json_text = JsonText(text)
    servers = found(json_text.container("s", "{")).value
    assert json_text.without(servers, found(json_text.member(servers, "o"))) == expected


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ('{"a": 1', 1, 8),
        ('{\n  "a": 1\n  "b": 2\n}', 3, 3),
        ('{"a": [1,,2]}', 1, 10),
        ('{"a": "x\ny"}', 1, 9),
        ('{"a": 1} // fine\n}', 2, 1),
        ("{ /* open", 1, 3),
        ("{,}", 1, 2),
        ('{"a": [ ,]}', 1, 9),
        ("{'a': 1}", 1, 2),
    ],
)
def test_what_is_not_valid_is_refused_with_the_place(text, line, column):
    with pytest.raises(UnreadableTextError) as caught:
        JsonText(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert "Expecting" not in str(caught.value)
